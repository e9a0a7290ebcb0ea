"""Tables, progress bars and messages: the only module of the command line that prints."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


def plain(text: str) -> None:
    """Write text to standard output as it is: what programs read."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """Write a line of Rich markup for people to standard error, so that pipes stay clean."""
    _err.print(text)


def fail(message: str) -> None:
    """Write why a command failed; the text is never read as markup."""
    _err.print(Text.assemble(("error: ", "bold red"), message))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Print a table on standard output; cells are shown as text, never read as markup."""
    drawn = Table(*columns, title=title or None, title_justify="left", header_style="bold")
    for row in rows:
        drawn.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    _out.print(drawn)


def show(renderable: object) -> None:
    """Print any Rich renderable on standard output."""
    _out.print(renderable)


def progress(*, counted: bool = False) -> Progress:
    """Return a progress display on standard error, to be used as a context manager."""
    middle = [MofNCompleteColumn()] if counted else [TextColumn("{task.percentage:>3.0f}%")]
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        *middle,
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=_err,
    )


def console() -> Console:
    """Return the console for people (standard error), for live displays."""
    return _err
