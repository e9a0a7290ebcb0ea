"""English questions find French documents, and French questions find English ones."""

from __future__ import annotations

import pytest

from tests.quality.retrieval.conftest import LANGUAGES, Ask

FIRST = 3


@pytest.mark.slow
@pytest.mark.parametrize("asked_in", ["english", "french"])
def test_a_question_in_the_other_language_finds_its_answer(ask: Ask, asked_in: str) -> None:
    found = {each["ask"]: ask(each["ask"])[:FIRST] for each in LANGUAGES[asked_in]}

    missed = {
        each["ask"]: found[each["ask"]]
        for each in LANGUAGES[asked_in]
        if not set(each["answers"]).intersection(found[each["ask"]])
    }
    share = 1 - len(missed) / len(found)
    assert share >= LANGUAGES["floors"][asked_in], missed


def test_every_answer_is_a_document_of_the_collection(collection: object) -> None:
    known = {each.id for each in collection.documents}  # type: ignore[attr-defined]
    wanted = {a for part in ("english", "french") for q in LANGUAGES[part] for a in q["answers"]}
    assert wanted <= known
