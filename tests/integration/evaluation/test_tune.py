"""Tuning over real indexes, without a model: what may serve, what may not, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
import pytest

from fixtures.builders import A_MOMENT
from fixtures.fakes import HashingEncoder
from indexer.evaluation.dataset import CorpusDocument, Dataset
from indexer.evaluation.judged import id_of
from indexer.evaluation.run import Tools, open_collection
from indexer.evaluation.tuning.lessons import Asked
from indexer.evaluation.tuning.promoting import promote
from indexer.evaluation.tuning.questions import Questions
from indexer.evaluation.tuning.tune import Floor, Tuned, floors_of, tune
from indexer.retrieval.contest import FixedRanking
from indexer.retrieval.profiles import PROFILES, RankingProfile
from schemas.errors import InvalidInputError
from schemas.ranking import MadeProfile, ServiceChange
from schemas.settings import ModelSettings, Settings
from tests.integration.evaluation.test_evaluate import cut_in_two

N = 50
BAD = msgspec.structs.replace(
    PROFILES["default"], name="bad", version=1, lexical=0.05, dense=0.95, exact_words=0
)


class NoEncoder(HashingEncoder):
    """Knows nothing: every text means the same, but for its length."""

    def encode_query(self, text: str) -> object:  # type: ignore[override]
        return super().encode_query(str(len(text) % 7))

    def encode_passages(self, texts: Sequence[str]) -> object:  # type: ignore[override]
        return super().encode_passages([str(len(text) % 7) for text in texts])


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tuned]:
    texts = [f"mot{n} mot{n + 1} {'long ' * (n % 9)}" for n in range(N)]
    documents = tuple(CorpusDocument(f"d{n}", f"{t}|{t}", "") for n, t in enumerate(texts))
    asked = [
        Asked(f"q{n}", f"mot{n} mot{n + 1} ici", f"g{n}", {id_of(f"d{n}"): 1}) for n in range(N)
    ]
    questions = Questions("tiny", tuple(asked[::2]), tuple(asked[1::2]))
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("tune"), models=ModelSettings(encoder="hashing")
    )
    tools = Tools(cut_in_two, NoEncoder(), NoEncoder)  # type: ignore[arg-type]
    found = {}
    with open_collection(Dataset("tiny", documents, (), {}), settings, tools) as (engine, _):
        parts = (("tiny", asked),)
        for name, base in (("bad", BAD), ("good", _best(BAD))):
            there = msgspec.structs.replace(engine, ranking=FixedRanking(base))
            found[name] = tune(questions, there, floors=floors_of(parts, there))
        there = msgspec.structs.replace(engine, ranking=FixedRanking(BAD))
        found["floored"] = tune(questions, there, floors=_falling)
        with pytest.raises(InvalidInputError, match="20 answered queries"):
            tune(Questions("few", questions.learned[:5], questions.apart), there, floors=_falling)
    return found


def _best(profile: RankingProfile) -> RankingProfile:
    return msgspec.structs.replace(profile, lexical=0.95, dense=0.05)


def _falling(_: RankingProfile) -> list[Floor]:
    return [Floor("demo recall@100", 0.93, 0.91)]


def test_weights_that_surely_win_may_serve(tuned: dict[str, Tuned]) -> None:
    found = tuned["bad"]

    assert found.reasons == ()
    assert found.profile.lexical > BAD.lexical
    assert found.apart.after > found.apart.before
    assert found.apart.p_value < 0.05
    assert [row.model for row in found.rows] == [
        "bad@1",
        "logistic regression",
        "coordinate ascent",
        "LambdaMART",
    ]


def test_the_table_measures_as_searches_do(tuned: dict[str, Tuned]) -> None:
    found = tuned["bad"]

    assert found.rows[0].apart == pytest.approx(found.apart.before)


def test_weights_that_do_not_win_say_why(tuned: dict[str, Tuned]) -> None:
    assert len(tuned["good"].reasons) == 1
    assert "surely win" in tuned["good"].reasons[0] or "other weights" in tuned["good"].reasons[0]


def test_weights_that_lose_on_a_floor_say_on_which(tuned: dict[str, Tuned]) -> None:
    assert tuned["floored"].reasons == ("It would lose on demo recall@100: 0.9100 against 0.9300.",)


class FakeStore:
    def __init__(self) -> None:
        self.made: list[MadeProfile] = []
        self.served: list[str] = []

    def add(self, made: MadeProfile) -> MadeProfile:
        self.made.append(msgspec.structs.replace(made, version=len(self.made) + 1))
        return self.made[-1]

    def use(self, profile: str, now: datetime, *, by: str, reason: str) -> ServiceChange:
        self.served.append(profile)
        return ServiceChange(profile, now, by, reason)


@pytest.mark.parametrize(
    ("name", "keep", "dry_run", "made", "served"),
    [
        ("bad", False, False, 1, ["tuned@1"]),
        ("bad", False, True, 0, []),
        ("floored", False, False, 0, []),
        ("floored", True, False, 1, []),
        ("floored", True, True, 0, []),
    ],
)
def test_only_what_has_nothing_against_it_serves(
    tuned: dict[str, Tuned], name: str, *, keep: bool, dry_run: bool, made: int, served: list[str]
) -> None:
    store = FakeStore()
    outcome = promote(tuned[name], store, now=A_MOMENT, keep=keep, dry_run=dry_run)

    assert (len(store.made), store.served) == (made, served)
    assert (outcome.served is not None) is bool(served)
