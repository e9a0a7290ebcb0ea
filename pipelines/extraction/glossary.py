"""The school's own terms: what speech recognition listens for, and what it mishears them as."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from schemas.errors import SettingsError

SHIPPED_GLOSSARY: Final = Path(__file__).with_name("glossary.txt")
_SAID_AS: Final = "="


class GlossaryTerm(msgspec.Struct, frozen=True):
    """One term, and how it comes out when nobody knows it."""

    term: str
    """As it is written; with a capital it is a name or an acronym."""
    said_as: tuple[str, ...] = ()
    """What it is heard as or how it is said, where its spelling does not tell."""


def load_glossary(path: Path = SHIPPED_GLOSSARY) -> tuple[GlossaryTerm, ...]:
    """Return the terms of a glossary file, in its order.

    One a line, as ``term`` or ``term = said so, or so``; blank lines and ``#`` lines are skipped.

    Raises:
        SettingsError: If the file cannot be read, or a line names no term.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")  # as editors on Windows write it
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"The glossary {path} cannot be read: {exc}") from exc
    lines = (line.strip() for line in text.splitlines())
    return tuple(_term(line) for line in lines if line and not line.startswith("#"))


def _term(line: str) -> GlossaryTerm:
    term, _, said = line.partition(_SAID_AS)
    if not term.strip():
        raise SettingsError(f"The glossary says how a term is heard, but not which: {line!r}.")
    ways = (" ".join(way.split()) for way in said.split(","))
    return GlossaryTerm(" ".join(term.split()), tuple(way for way in ways if way))
