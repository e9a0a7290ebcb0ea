"""Queries are encoded by one program and passages by another: they must mean the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from indexer.dense.encoder import SentenceEncoder, open_sentence_encoder
from indexer.dense.passage_encoder import LoadedEncoder, candidates_of, open_with
from indexer.dense.query_encoder import Int8QueryEncoder, open_query_encoder
from indexer.models.tokens import open_token_counter
from schemas.settings import ModelSettings, Precision, Settings

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

MODEL = "multilingual-e5-small"
SUBJECTS = (
    "fixer mon tarif journalier", "ouvrir un food truck", "choisir entre SASU et EURL",
    "trouver mes premiers clients", "déposer ma marque à l'INPI", "négocier un bail commercial",
    "écrire une newsletter", "calculer ma marge", "embaucher un apprenti", "pitcher devant un jury",
)  # fmt: skip
FORMS = (
    "Comment {} ?", "{}", "je voudrais {} mais je ne sais pas par où commencer",
    "Est-ce qu'il faut {} avant de lancer mon activité ?", "{} : les erreurs à éviter",
)  # fmt: skip
TEXTS = [form.format(subject) for subject in SUBJECTS for form in FORMS]


@pytest.fixture(scope="module")
def settings(models_dir: Path) -> Settings:
    return Settings(models=ModelSettings(directory=str(models_dir), threads=2))


@pytest.fixture(scope="module")
def passages(settings: Settings) -> SentenceEncoder:
    return open_sentence_encoder(settings, MODEL)


@pytest.fixture(scope="module")
def candidates(settings: Settings) -> dict[Precision, LoadedEncoder]:
    return {each: open_with(settings, MODEL, each) for each in candidates_of(settings, MODEL)}


@pytest.fixture(scope="module")
def queries(settings: Settings) -> Int8QueryEncoder:
    encoder = open_query_encoder(settings, MODEL)
    assert isinstance(encoder, Int8QueryEncoder)
    return encoder


def test_both_programs_make_the_same_query_vectors(
    passages: SentenceEncoder, queries: Int8QueryEncoder
) -> None:
    quick = np.array([queries.encode_query(text) for text in TEXTS])
    slow = np.array([passages.encode_query(text) for text in TEXTS])
    cosines = (quick * slow).sum(axis=1)
    assert len(TEXTS) == 50
    assert cosines.mean() >= 0.999
    assert cosines.min() >= 0.998


def test_vectors_are_float32_of_length_one(
    passages: SentenceEncoder, queries: Int8QueryEncoder
) -> None:
    rows = np.vstack([passages.encode_passages(TEXTS[:3]), queries.encode_query(TEXTS[0])])
    assert rows.dtype == np.float32
    assert rows.shape == (4, passages.dimensions)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_passages_come_back_in_the_order_given(passages: SentenceEncoder) -> None:
    texts = ["court", "une phrase bien plus longue que sa voisine " * 5, "moyen, sans plus"]
    together = passages.encode_passages(texts)
    alone = np.vstack([passages.encode_passages([text]) for text in texts])
    assert (together * alone).sum(axis=1) == pytest.approx(1.0, abs=2e-3)


def test_a_question_is_nearest_to_the_passage_that_answers_it(
    passages: SentenceEncoder, queries: Int8QueryEncoder
) -> None:
    rows = passages.encode_passages([
        "Additionnez vos charges et divisez par les jours vendus : c'est votre tarif plancher.",
        "Arrosez le matin, paillez le sol et laissez les engrais verts couvrir les planches.",
        "Le volcan s'est endormi il y a six mille ans ; un lac remplit son cratère.",
    ])
    assert int(np.argmax(rows @ queries.encode_query("à quel prix vendre ma journée"))) == 0


def test_queries_in_parallel_threads_do_not_disturb_each_other(
    queries: Int8QueryEncoder,
) -> None:
    alone = np.array([queries.encode_query(text) for text in TEXTS[:16]])
    with ThreadPoolExecutor(4) as pool:
        together = np.array(list(pool.map(queries.encode_query, TEXTS[:16])))
    np.testing.assert_array_equal(together, alone)


def test_a_query_has_the_same_vector_alone_and_among_others(queries: Int8QueryEncoder) -> None:
    alone = np.array([queries.encode_query(text) for text in TEXTS])
    with ThreadPoolExecutor(32) as pool:
        together = np.array(list(pool.map(queries.encode_query, TEXTS)))
    # Bit for bit where the library multiplies any number of rows alike; this is the promise.
    assert (alone * together).sum(axis=1).min() >= 0.9999


def test_all_that_a_machine_may_choose_from_make_the_same_passage_vectors(
    candidates: dict[Precision, LoadedEncoder], passages: SentenceEncoder
) -> None:
    texts = [f"{text} {' '.join(TEXTS[i : i + 9])}" for i, text in enumerate(TEXTS[:16])]
    expected = passages.encode_passages([*texts, *TEXTS[:4], ""])
    for precision, encoder in candidates.items():
        rows = encoder.encode_passages([*texts, *TEXTS[:4], ""])
        assert rows.dtype == np.float32
        assert (rows * expected).sum(axis=1).min() >= 0.995, precision
        assert encoder.encode_passages([]).shape == (0, 384)
        assert encoder.count_tokens(TEXTS) == passages.count_tokens(TEXTS)


def test_an_int8_passage_has_the_same_vector_alone_and_among_others(
    candidates: dict[Precision, LoadedEncoder],
) -> None:
    texts = ["court", "une phrase bien plus longue que sa voisine " * 5, *TEXTS, "moyen"]
    together = candidates[Precision.INT8].encode_passages(texts)
    alone = np.vstack([candidates[Precision.INT8].encode_passages([text]) for text in texts])
    assert (together * alone).sum(axis=1).min() >= 0.9999


def test_no_text_makes_no_vector(passages: SentenceEncoder) -> None:
    assert passages.encode_passages([]).shape == (0, 384)


def test_an_empty_and_an_endless_query_still_make_a_vector(queries: Int8QueryEncoder) -> None:
    for text in ("", "prix " * 5000):
        assert np.linalg.norm(queries.encode_query(text)) == pytest.approx(1.0, abs=1e-5)


def test_both_count_tokens_alike_and_without_special_tokens(
    settings: Settings, passages: SentenceEncoder
) -> None:
    counter = open_token_counter(settings, MODEL)
    assert counter.count_tokens(["", "prix"]) == [0, 1]
    assert counter.count_tokens(TEXTS) == passages.count_tokens(TEXTS)
