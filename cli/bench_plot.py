"""A picture of what ``cordee bench`` measured."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from schemas.errors import InvalidInputError, PermanentError

_SUFFIXES: Final = frozenset({".svg", ".png"})
_COLOURS: Final = ("#1b6ca8", "#e08e1b", "#7a3b8f", "#2d8659")  # told apart by colour-blind people
_INCHES: Final = (10.0, 6.0)
_BAR: Final = 0.8  # of the room that a scenario has


def require_plotting(file: Path) -> None:
    """Refuse before anything is measured what could not be drawn afterwards.

    Raises:
        InvalidInputError: If the file's name does not end in .svg or .png.
        PermanentError: If matplotlib is not installed.
    """
    if file.suffix.lower() not in _SUFFIXES:
        raise InvalidInputError(f"--plot writes .svg or .png and not {file.name}.")
    if find_spec("matplotlib") is None:
        raise PermanentError("--plot needs matplotlib: install cordee[dev].")


def draw(report: dict[str, Any], file: Path) -> None:
    """Draw p50 as bars and p95 as whiskers, on a logarithmic scale, for every number of clients."""
    import matplotlib as mpl

    mpl.use("agg")  # no display is looked for
    from matplotlib import pyplot as plt

    rounds = report["scenarios"]
    names = list(dict.fromkeys(each["name"] for each in rounds))
    clients = list(dict.fromkeys(each["clients"] for each in rounds))
    height = _BAR / len(clients)
    figure, axes = plt.subplots(figsize=_INCHES, layout="constrained")
    for n, count in enumerate(clients):
        own = {each["name"]: each["latency_ms"] for each in rounds if each["clients"] == count}
        places = [names.index(name) + n * height for name in own]
        middle = [ms["p50"] for ms in own.values()]
        above = [ms["p95"] - ms["p50"] for ms in own.values()]
        axes.barh(
            places,
            middle,
            height=height,
            xerr=([0.0] * len(above), above),
            color=_COLOURS[n % len(_COLOURS)],
            label=f"{count} clients" if count > 1 else "1 client",
        )
    axes.set_yticks([n + _BAR / 2 - height / 2 for n in range(len(names))], names)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("milliseconds: bar p50, whisker p95")
    axes.set_title(f"{report['passages']} passages")
    axes.legend()
    figure.savefig(file)
    plt.close(figure)
