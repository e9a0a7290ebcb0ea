"""What is told of corrections that are carried over, and what is not."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import msgspec

from fixtures.builders import a_correction, a_document, a_transcript
from pipelines.workflows.carrying import STRAY_WARNING, as_corrected
from pipelines.workflows.steps import StageRun
from schemas.content import Extraction, Transcript
from schemas.correction import Correction
from schemas.document import MediaKind
from schemas.span import TimeSpan

TALK = a_transcript(["Bonjour à tous.", "La TVA est un impopayé par le client."])
TURN = TALK.utterances[1]
FIRST = a_correction(TURN, "La TVA est un impôt.")
LATER = msgspec.structs.replace(
    FIRST, text="La TVA est une taxe.", corrected_at=FIRST.corrected_at + timedelta(days=1)
)
ELSEWHERE = msgspec.structs.replace(TURN, span=TimeSpan(900_000, 905_000))
LOST = a_correction(ELSEWHERE, "Merci.")


def corrected(
    *, made: list[Correction], before: list[Correction]
) -> tuple[Extraction, list[Correction]]:
    catalog = SimpleNamespace(
        corrections=SimpleNamespace(of=lambda *_: made, of_others=lambda *_: before),
        namings=SimpleNamespace(of=lambda *_: []),
        documents=SimpleNamespace(get=lambda _: None),
    )
    document = a_document()
    run = SimpleNamespace(
        submission=SimpleNamespace(document_id=document.id, revision=document.revision),
        pipeline=SimpleNamespace(catalog=catalog),
    )
    extraction, carried = as_corrected(cast("StageRun", run), Extraction(MediaKind.VIDEO, TALK))
    return extraction, list(carried.corrections)


def text_of(extraction: Extraction) -> str:
    assert isinstance(extraction.content, Transcript)
    return extraction.content.utterances[1].text


def test_one_that_another_took_the_place_of_is_not_told_as_lost() -> None:
    carried, moved = corrected(made=[], before=[FIRST, LATER])
    own, none = corrected(made=[LATER], before=[FIRST])

    assert text_of(carried) == text_of(own) == LATER.text
    assert ([c.text for c in moved], none) == ([LATER.text], [])
    assert carried.warnings == own.warnings == ()


def test_one_that_was_taken_back_is_neither_carried_nor_told_as_lost() -> None:
    taken_back = msgspec.structs.replace(LATER, text=TURN.text)

    extraction, moved = corrected(made=[], before=[FIRST, taken_back])

    assert (text_of(extraction), moved, extraction.warnings) == (TURN.text, [], ())


def test_one_whose_turn_is_not_heard_any_more_is_told_once() -> None:
    extraction, moved = corrected(made=[LOST, FIRST], before=[LOST])

    assert (text_of(extraction), moved) == (FIRST.text, [])
    assert extraction.warnings == (STRAY_WARNING.format(1),)


def test_one_that_was_carried_before_is_at_home_in_its_copy() -> None:
    copy = msgspec.structs.replace(LOST, heard=TURN)

    extraction, _ = corrected(made=[copy], before=[LOST])

    assert (text_of(extraction), extraction.warnings) == ("Merci.", ())
