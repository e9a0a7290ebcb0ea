"""Corrections and namings outlive another recognition and a new revision, where they fit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import msgspec

from pipelines.correcting import (
    HEARD_ALIKE,
    WRITTEN_ALIKE,
    carried,
    turn_alike,
    unfit,
    with_corrections,
)
from pipelines.speaking import carried_namings, participants_with, unheard, with_speakers
from schemas.content import Content, Extraction, Transcript
from schemas.correction import Correction
from schemas.document import MediaKind
from schemas.naming import Naming

if TYPE_CHECKING:
    from pipelines.workflows.steps import StageRun

STRAY_WARNING: Final = (
    "Corrected turns that are not heard in the same place any more, and stay as heard: {}."
)
STRAY_NAMES_WARNING: Final = (
    "Speakers who were named and are not found again in this version, and so are not named in it: "
    "{}."
)


class Carried(msgspec.Struct, frozen=True):
    """What was said of another recognition or revision, as it goes on in this one."""

    corrections: tuple[Correction, ...] = ()
    namings: tuple[Naming, ...] = ()


def as_corrected(run: StageRun, extraction: Extraction) -> tuple[Extraction, Carried]:
    """Put in what people corrected and whom they named, in this revision or before.

    What fits no turn stays where it is kept, and is counted in a warning.

    Returns:
        The extraction with all of it, and what was carried over.
    """
    extraction, moved, corrections = _with_corrections(run, extraction)
    extraction, named, namings = _with_namings(run, extraction)
    content = with_speakers(extraction.content, namings, corrections)
    return msgspec.structs.replace(extraction, content=content), Carried(tuple(moved), tuple(named))


def _with_corrections(
    run: StageRun, extraction: Extraction
) -> tuple[Extraction, list[Correction], list[Correction]]:
    """Return it with the corrected words, what was carried over, and all that is in force."""
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
    in_place = [correction for correction in made if correction not in homeless]
    if n_stray := _n_stray(heard, in_place, [*before, *homeless], alike):
        warning = STRAY_WARNING.format(n_stray)
        extraction = msgspec.structs.replace(extraction, warnings=(*extraction.warnings, warning))
    content = with_corrections(heard, [*moved, *made])
    return msgspec.structs.replace(extraction, content=content), moved, [*moved, *made]


def _with_namings(
    run: StageRun, extraction: Extraction
) -> tuple[Extraction, list[Naming], list[Naming]]:
    """Return it with the named people, what was carried over, and all that is in force."""
    catalog, revision = run.pipeline.catalog, run.submission.revision
    made = catalog.namings.of(run.submission.document_id, revision)
    published = catalog.documents.get(run.submission.document_id)
    before: list[Naming] = []
    moved: list[Naming] = []
    if published is not None and published.revision != revision:
        before = catalog.namings.of(published.id, published.revision)
    if published is not None and before:
        stored = msgspec.json.decode(run.pipeline.blobs.read(published.content), type=Content)
        own = {naming.heard.id for naming in made}
        found = carried_namings(extraction.content, stored, before, revision)
        moved = [naming for naming in found if naming.heard.id not in own]
    namings = [*moved, *made]
    kept = {naming.named_at for naming in namings} - {
        naming.named_at for naming in unheard(extraction.content, made)
    }
    stray = [n for n in (*before, *made) if n.person is not None and n.named_at not in kept]
    warnings = extraction.warnings
    if stray:
        warnings = (*warnings, STRAY_NAMES_WARNING.format(len(stray)))
    participants = participants_with(extraction.participants, extraction.content, namings)
    again = msgspec.structs.replace(extraction, participants=participants, warnings=warnings)
    return again, moved, namings


def keep_carried(run: StageRun) -> None:
    """Make what was carried over that of the revision that was published just now."""
    if not run.has("carried"):
        return
    catalog, now = run.pipeline.catalog, run.pipeline.clock()
    carried = run.load("carried", Carried)
    for correction in carried.corrections:
        catalog.corrections.save(msgspec.structs.replace(correction, applied_at=now))
    for naming in carried.namings:
        catalog.namings.save(msgspec.structs.replace(naming, applied_at=now))


def _n_stray(
    heard: Content, in_place: Iterable[Correction], others: Iterable[Correction], alike: float
) -> int:
    """Count the corrections among ``others`` of which no copy has its turn in what is heard now.

    One whose turn is heard, and that a later one there replaced or took back, is not lost.
    """
    turns = heard.utterances if isinstance(heard, Transcript) else ()
    changes = [each for each in others if each.is_change]
    at_home = [each for each in changes if turn_alike(turns, each.heard, alike) is not None]
    return len({_what(each) for each in changes} - {_what(e) for e in (*at_home, *in_place)})


def _what(correction: Correction) -> tuple[str, object]:
    """Return what tells one correction from another, wherever it was carried."""
    return correction.text, correction.corrected_at
