"""Corrections outlive another recognition and a new revision, in the turns that they fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pipelines.correcting import (
    HEARD_ALIKE,
    WRITTEN_ALIKE,
    carried,
    unfit,
    with_corrections,
)
from schemas.content import Extraction
from schemas.correction import Correction
from schemas.document import MediaKind

if TYPE_CHECKING:
    from pipelines.workflows.steps import StageRun

STRAY_WARNING: Final = (
    "Corrected turns that are not heard in the same place any more, and stay as heard: {}."
)


def as_corrected(run: StageRun, extraction: Extraction) -> tuple[Extraction, list[Correction]]:
    """Put in what people corrected, in this revision or before, and return what was carried over.

    What fits no turn stays where it is kept, and is counted in a warning.
    """
    document_id, revision = run.submission.document_id, run.submission.revision
    made = run.pipeline.catalog.corrections.of(document_id, revision)
    before = run.pipeline.catalog.corrections.of_others(document_id, revision)
    heard = extraction.content
    homeless = unfit(heard, made)
    own = {correction.place for correction in made}
    is_sent = extraction.media_kind is MediaKind.TRANSCRIPT
    alike = WRITTEN_ALIKE if is_sent else HEARD_ALIKE
    found = carried(heard, [*before, *homeless], revision, alike=alike)
    moved = [correction for correction in found if correction.place not in own]
    placed = {_what(each) for each in (*moved, *made)} - {
        _what(each) for each in homeless if _what(each) not in {_what(m) for m in moved}
    }
    stray = {_what(each) for each in (*before, *homeless) if each.is_change} - placed
    if stray:
        warning = STRAY_WARNING.format(len(stray))
        extraction = msgspec.structs.replace(extraction, warnings=(*extraction.warnings, warning))
    content = with_corrections(heard, [*moved, *made])
    return msgspec.structs.replace(extraction, content=content), moved


def keep_moved(run: StageRun) -> None:
    """Make what was carried over corrections of the revision that was published just now."""
    if not run.has("moved"):
        return
    now = run.pipeline.clock()
    for correction in run.load("moved", list[Correction]):
        applied = msgspec.structs.replace(correction, applied_at=now)
        run.pipeline.catalog.corrections.save(applied)


def _what(correction: Correction) -> tuple[str, object]:
    """Return what tells one correction from another, wherever it was carried."""
    return correction.text, correction.corrected_at
