"""Floors of the tagger on labelled texts; lowering one is a decision for docs/decisions.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.tagging import Score, encode, open_tagger, read_labelled, score
from indexer.dense.passage_encoder import open_passage_encoder
from schemas.settings import ModelSettings, Settings

if TYPE_CHECKING:
    from pathlib import Path

PRECISION_FLOOR = 0.9
RECALL_FLOOR = 0.72


@pytest.fixture(scope="module")
def held(models_dir: Path) -> Score:
    settings = Settings(models=ModelSettings(directory=str(models_dir), threads=2))
    encoder = open_passage_encoder(settings, settings.models.encoder)
    texts = [text for text in read_labelled() if text.split == "held"]
    return score(open_tagger(encoder), texts, encode(encoder, texts))


@pytest.mark.slow
def test_tags_of_texts_that_chose_nothing_stay_right_and_complete(held: Score) -> None:
    assert held.texts == 30
    assert held.precision >= PRECISION_FLOOR
    assert held.recall >= RECALL_FLOOR


def test_both_halves_are_there_and_name_known_tags() -> None:
    from indexer.taxonomy import load_taxonomy

    texts, known = read_labelled(), load_taxonomy(None).by_id
    assert [text.split for text in texts].count("choose") == 30
    assert all(text.expected and text.expected | text.accepted <= known.keys() for text in texts)
