"""A picture of what a simulation measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

_COLOURS: Final = {"voted": "#1b6ca8", "reworded": "#e08e1b", "unrelated": "#7a3b8f"}
_INCHES: Final = (10.0, 4.5)


def draw(reports: Sequence[dict[str, Any]], file: Path) -> None:
    """Draw nDCG@10 of each part over the searches, one picture for each report side by side."""
    import matplotlib as mpl

    mpl.use("agg")  # no display is looked for
    mpl.rcParams["svg.hashsalt"] = "loop"  # the same figures make the same file
    from matplotlib import pyplot as plt

    figure, row = plt.subplots(
        1, len(reports), figsize=_INCHES, layout="constrained", squeeze=False
    )
    for axes, report in zip(row[0], reports, strict=True):
        points = report["over_time"]
        for part, colour in _COLOURS.items():
            delta = report["parts"][part]["delta"]
            axes.plot(
                [point["searches"] for point in points],
                [point[part] for point in points],
                marker="o",
                color=colour,
                label=f"{part} ({delta:+.3f})",
            )
        axes.set_title(report["dataset"])
        axes.set_xlabel("searches")
        axes.set_ylabel("nDCG@10")
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)
    plt.close(figure)
