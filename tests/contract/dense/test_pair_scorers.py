"""Every pair scorer does what the port says: the fake, and a real cross-encoder made small."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fixtures.fakes import FakePairScorer
from fixtures.small_models import MANIFEST, write_small_encoder, write_small_reranker
from indexer.dense.cross_encoder import open_pair_scorer
from indexer.models.pull import pull_models
from schemas.errors import NotFoundError, PermanentError, SettingsError
from schemas.settings import ModelSettings, Settings

if TYPE_CHECKING:
    from indexer.ports import PairScorer

TEXTS = ("Le devis engage.", "La météo est clémente.", "Un devis, puis une facture.") * 3


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def small_settings(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings over models brought by hand: a reranker and an encoder of random weights."""
    data_dir = tmp_path_factory.mktemp("small")
    tokenizer = models_dir / "multilingual-e5-small" / "tokenizer.json"
    write_small_reranker(data_dir / "by-hand" / "small-reranker", tokenizer)
    write_small_reranker(data_dir / "by-hand" / "classifier", tokenizer, n_labels=3)
    write_small_encoder(data_dir / "by-hand" / "small-encoder", tokenizer)
    (data_dir / "models.toml").write_text(MANIFEST, encoding="utf-8")
    settings = Settings(
        data_dir=data_dir, models=ModelSettings(manifest=str(data_dir / "models.toml"), threads=1)
    )
    pull_models(settings, ["small-reranker", "classifier", "small-encoder"])
    return settings


@pytest.fixture(
    params=["fake", pytest.param("cross-encoder", marks=pytest.mark.slow)], scope="module"
)
def scorer(request: pytest.FixtureRequest) -> Iterator[PairScorer]:
    if request.param == "fake":
        yield FakePairScorer()
    else:
        yield open_pair_scorer(request.getfixturevalue("small_settings"), "small-reranker")


def test_every_text_has_a_score(scorer: PairScorer) -> None:
    scores = scorer.score_pairs("devis", TEXTS, is_over=never)

    assert scores is not None
    assert len(scores) == len(TEXTS)
    assert all(isinstance(score, float) for score in scores)


def test_the_same_pair_has_the_same_score_wherever_it_stands(scorer: PairScorer) -> None:
    forwards = scorer.score_pairs("devis", TEXTS, is_over=never)
    backwards = scorer.score_pairs("devis", TEXTS[::-1], is_over=never)

    assert forwards is not None
    assert backwards is not None
    assert backwards[::-1] == pytest.approx(forwards, abs=1e-5)


def test_no_texts_have_no_scores(scorer: PairScorer) -> None:
    assert scorer.score_pairs("devis", (), is_over=never) == []


@pytest.mark.parametrize("after", [0, 1])
def test_nothing_is_returned_once_the_time_is_over(scorer: PairScorer, after: int) -> None:
    looks = count()

    assert scorer.score_pairs("devis", TEXTS, is_over=lambda: next(looks) >= after) is None


@pytest.mark.slow
def test_a_pair_longer_than_the_model_reads_is_cut(small_settings: Settings) -> None:
    scorer = open_pair_scorer(small_settings, "small-reranker")

    scores = scorer.score_pairs("devis", ["mot " * 2_000], is_over=never)

    assert scores is not None
    assert len(scores) == 1


@pytest.mark.slow
def test_a_model_with_several_labels_is_refused(small_settings: Settings) -> None:
    with pytest.raises(PermanentError, match="3 labels"):
        open_pair_scorer(small_settings, "classifier")


def test_an_encoder_is_no_reranker() -> None:
    with pytest.raises(SettingsError, match="kind encoder"):
        open_pair_scorer(Settings(), "multilingual-e5-small")


def test_a_reranker_that_was_not_pulled_is_named(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text(MANIFEST, encoding="utf-8")
    settings = Settings(
        data_dir=tmp_path, models=ModelSettings(manifest=str(tmp_path / "models.toml"))
    )
    with pytest.raises(NotFoundError, match="cordee models pull small-reranker"):
        open_pair_scorer(settings, "small-reranker")
