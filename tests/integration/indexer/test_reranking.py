"""A search with a cross-encoder switched on, and without the one that the settings name."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from structlog.testing import capture_logs

from fixtures.fakes import FakePairScorer
from indexer.bootstrap import EngineHandle, open_engine
from indexer.ports import PairScorer
from indexer.retrieval.reranking import Outcome
from schemas.errors import NotFoundError, SettingsError
from schemas.query import Order, RetrieverChoice
from schemas.settings import Settings
from tests.integration.indexer.conftest import School

# Words alone rank "a" first, which says "devis" twice and is short; "b" has every word asked for.
QUERY = "devis acompte solde"


class ReadingSchool(School):
    """A school whose first documents are read by a scorer that counts words."""

    def open(self) -> EngineHandle:
        return open_engine(
            self.settings,
            self.catalog,
            open_encoder=self.encoders.__getitem__,
            open_scorer=self.load,
        )

    def load(self, name: str) -> PairScorer:
        if name != "fake-reranker":
            raise NotFoundError(f"Model {name!r} is not in models. Run: cordee models pull {name}")
        return FakePairScorer(name)

    def fill(self) -> None:
        self.publish("a", ["Le devis du devis."], title="Premier")
        self.publish(
            "b",
            ["Un devis, un acompte à la commande, un solde à la livraison : " + "les mots " * 90],
            title="Second",
        )
        self.publish("c", ["La météo."], title="Tiers")


def read_by(settings: Settings, reranker: str, **changes: float) -> Settings:
    search = msgspec.structs.replace(settings.search, reranker=reranker, **changes)
    return msgspec.structs.replace(settings, search=search)


@pytest.fixture
def reading(school_settings: Settings) -> Iterator[ReadingSchool]:
    school = ReadingSchool(read_by(school_settings, "fake-reranker", rerank_within_ms=60_000))
    school.fill()
    yield school
    school.close()


def test_what_was_read_ranks_by_the_reading_and_the_hit_says_so(reading: ReadingSchool) -> None:
    first, *_ = found = reading.search(QUERY).hits

    assert first.document.title == "Second"
    assert [hit.explanation.reranker for hit in found] == [3.0, 1.0, 0.0]
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    assert reading.handle.reranks()[Outcome.READ] == 1


@pytest.mark.parametrize("choice", list(RetrieverChoice))
def test_every_choice_of_retrievers_is_read(
    reading: ReadingSchool, choice: RetrieverChoice
) -> None:
    assert reading.titles(QUERY, retrievers=choice)[0] == "Second"


def test_lists_and_orders_by_date_are_not_read(reading: ReadingSchool) -> None:
    reading.search("")
    reading.search(QUERY, order=Order.NEWEST)

    assert not any(reading.handle.reranks().values())


def test_the_time_of_reading_is_told(reading: ReadingSchool) -> None:
    assert "rerank" in reading.search(QUERY).timings_ms


def test_without_time_the_fused_order_stands(school_settings: Settings) -> None:
    plain = School(
        msgspec.structs.replace(school_settings, data_dir=school_settings.data_dir / "p")
    )
    late = ReadingSchool(read_by(school_settings, "fake-reranker", rerank_within_ms=0.0))
    late.fill()
    ReadingSchool.fill(plain)  # type: ignore[arg-type]

    assert late.titles(QUERY) == plain.titles(QUERY)
    assert late.search(QUERY).hits[0].explanation.reranker is None
    assert late.handle.reranks()[Outcome.LATE] == 2
    plain.close()
    late.close()


def test_a_reranker_that_is_not_there_is_logged_and_left_out(school_settings: Settings) -> None:
    with capture_logs() as logs:
        school = ReadingSchool(read_by(school_settings, "elsewhere"))
    school.fill()

    assert [each["model"] for each in logs if each["event"] == "reranker.missing"] == ["elsewhere"]
    assert len(school.titles(QUERY)) == 3
    assert school.handle.reranks() == {}
    school.close()


def test_a_reranker_that_no_manifest_knows_is_an_error(school_settings: Settings) -> None:
    with pytest.raises(SettingsError, match="mistyped"):
        School(read_by(school_settings, "mistyped"))
