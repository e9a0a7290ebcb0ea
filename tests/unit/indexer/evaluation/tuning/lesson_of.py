"""Lessons from rows of numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.evaluation.tuning.lessons import Asked, Lesson
from schemas.ids import DocumentId

Row = tuple[int, float, float, float | None]
"""Number of the document, then words, grams and cosine of a passage."""


def lesson_of(
    rows: Sequence[Row],
    *,
    grades: Sequence[int] | None = None,
    exact: Sequence[bool] | None = None,
    group: str = "g",
    id_: str = "q",
) -> Lesson:
    """Return a lesson; documents are named in order of their numbers, and graded in it."""
    ordered = sorted(rows, key=lambda row: row[0])
    owners = sorted({row[0] for row in ordered})
    ids = tuple(DocumentId(f"d{owner}") for owner in owners)
    document = np.array([owners.index(row[0]) for row in ordered])
    given = list(grades or [0] * len(ids))
    ideal = np.sort(np.array(given, dtype=float))[::-1][:10]
    return Lesson(
        asked=Asked(id_, id_, group, dict(zip(ids, given, strict=True))),
        words=np.array([row[1] for row in ordered], dtype=float),
        grams=np.array([row[2] for row in ordered], dtype=float),
        cosine=np.array([np.nan if row[3] is None else row[3] for row in ordered], dtype=float),
        document=document,
        starts=np.searchsorted(document, np.arange(len(ids))),
        counts=np.bincount(document, minlength=len(ids)),
        ids=ids,
        grades=np.array(given, dtype=float),
        exact=np.array(exact or [False] * len(ids), dtype=bool),
        extra=np.column_stack((
            np.zeros(len(ids)),
            np.bincount(document, minlength=len(ids)),
            np.zeros(len(ids)),
            np.zeros(len(ids)),
        )),
        best_dcg=float(np.sum(ideal / np.log2(np.arange(2, len(ideal) + 2)))) or 1.0,
    )
