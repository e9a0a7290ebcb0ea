"""Team drafts of two rankings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from indexer.retrieval.contest import Coins
from indexer.retrieval.duplicates import Collapsed
from indexer.retrieval.interleaving import Draft, draft
from indexer.retrieval.ranking import RankedDocument
from schemas.ids import DocumentId

NAMES = ("old@1", "new@1")


def ranked(ids: Iterable[str], **similar: tuple[str, ...]) -> list[Collapsed]:
    return [
        Collapsed(
            RankedDocument(DocumentId(each), (), 0.0),
            tuple(DocumentId(i) for i in similar.get(each, ())),
        )
        for each in ids
    ]


def mixed(first: list[Collapsed], second: list[Collapsed], seed: str = "seed") -> Draft:
    return draft(first, second, coins=Coins(seed), names=NAMES)


def order(found: Draft) -> str:
    return "".join(each.document.document_id for each in found.documents)


@given(st.permutations("abcdefgh"), st.permutations("abcdefgh"), st.text())
def test_a_draft_has_every_document_once_and_picks_by_turns(
    first: list[str], second: list[str], seed: str
) -> None:
    found = mixed(ranked(first), ranked(second), seed)
    teams = [found.teams.get(each.document.document_id, "") for each in found.documents]
    picked = [team for team in teams if team]

    assert sorted(order(found)) == sorted(first)
    for n in range(0, len(picked) - 1, 2):
        assert set(picked[n : n + 2]) == set(NAMES)


@given(st.permutations("abcdefgh"), st.text())
def test_two_equal_rankings_make_the_same_one(ids: list[str], seed: str) -> None:
    found = mixed(ranked(ids), ranked(ids), seed)

    assert order(found) == "".join(ids)
    assert found.teams == {}


def test_what_both_put_first_belongs_to_neither() -> None:
    found = mixed(ranked("abcd"), ranked("abdc"))

    assert order(found)[:2] == "ab"
    assert found.teams == {DocumentId("c"): "old@1", DocumentId("d"): "new@1"}


def test_each_team_takes_the_first_place_half_of_the_time() -> None:
    firsts = Counter(order(mixed(ranked("abc"), ranked("cba"), str(n)))[0] for n in range(2_000))

    assert set(firsts) == {"a", "c"}
    assert 900 < firsts["a"] < 1_100


def test_the_same_seed_makes_the_same_page() -> None:
    pages = {order(mixed(ranked("abcdef"), ranked("fedcba"), "s")) for _ in range(5)}

    assert len(pages) == 1


def test_documents_that_say_the_same_come_once() -> None:
    found = mixed(ranked("ac", a=("b",)), ranked("bc", b=("a",)))
    shown = [i for each in found.documents for i in (each.document.document_id, *each.similar)]

    assert sorted(shown) == ["a", "b", "c"]
    assert len(found.documents) == 2


def test_coins_fall_the_same_way_again_and_on_both_sides() -> None:
    one, other = Coins("a", "b"), Coins("a", "b")
    tossed = [one.toss() for _ in range(200)]

    assert tossed == [other.toss() for _ in range(200)]
    assert 60 < sum(tossed) < 140
    assert tossed[:64] != tossed[64:128]
