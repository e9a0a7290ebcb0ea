"""What is of the searcher's own sector and stage stands a little higher, and no more than that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.ports import PassageCard
from indexer.retrieval.fusion import ComponentScores, FusedScores
from indexer.retrieval.personal import fit, for_project, own_grounds
from indexer.retrieval.profiles import PROFILES
from indexer.retrieval.ranking import RankedDocument, group_by_document
from schemas.hit import GroundCode
from schemas.ids import DocumentId, PassageId, TagId
from schemas.query import Project

PROFILE = PROFILES["default"]
FOOD = TagId("sector.food")
LAUNCH = TagId("stage.launch")
BAKER = Project(frozenset({FOOD}), LAUNCH)

Described = dict[str, tuple[float, tuple[str, ...]]]
"""Score of the one passage and tags, by document."""


def ranked(documents: Described, project: Project | None) -> list[RankedDocument]:
    cards = {
        PassageId(n): PassageCard(DocumentId(name), "sheet", "fr", 0, tags)
        for n, (name, (_, tags)) in enumerate(documents.items())
    }
    fused = [
        FusedScores(ComponentScores(PassageId(n), None, None, None), 0.0, 0.0, score)
        for n, (score, _) in enumerate(documents.values())
    ]
    grouped = group_by_document(sorted(fused, key=lambda each: -each.fused), cards, PROFILE)
    return for_project(grouped, cards, project, PROFILE)


def names(documents: Described, project: Project | None) -> list[str]:
    return [each.document_id for each in ranked(documents, project)]


def test_of_near_equals_the_one_of_the_own_sector_comes_first() -> None:
    documents: Described = {"other": (1.0, ()), "own": (0.95, (FOOD,))}

    assert names(documents, None) == ["other", "own"]
    assert names(documents, BAKER) == ["own", "other"]


def test_what_answers_clearly_better_stays_above() -> None:
    documents: Described = {"other": (1.2, ()), "own": (1.0, (FOOD, LAUNCH))}

    assert names(documents, BAKER) == ["other", "own"]


def test_nobody_s_project_changes_nothing() -> None:
    documents: Described = {"a": (1.0, (FOOD,)), "b": (1.0, ()), "c": (0.5, (LAUNCH,))}

    without = ranked(documents, None)

    assert ranked(documents, Project()) == without
    assert all(each.personal == 0 for each in without)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [((), 0.0), ((FOOD,), 2 / 3), ((LAUNCH,), 1 / 3), ((FOOD, LAUNCH, "topic.vat"), 1.0)],
)
def test_a_sector_weighs_twice_as_much_as_a_stage(tags: tuple[str, ...], expected: float) -> None:
    assert fit(tags, BAKER) == pytest.approx(expected)


def test_a_hit_says_what_is_the_searcher_s_own() -> None:
    codes = [ground.code for ground in own_grounds((LAUNCH, FOOD), BAKER)]

    assert codes == [GroundCode.SECTOR, GroundCode.STAGE]
    assert list(own_grounds(("sector.arts",), Project(frozenset({FOOD})))) == []


@given(
    st.dictionaries(
        st.text("abcdef", min_size=1, max_size=3),
        st.tuples(
            st.floats(-3, 3),
            st.lists(st.sampled_from([FOOD, LAUNCH, "sector.arts"]), unique=True).map(tuple),
        ),
        max_size=8,
    )
)
def test_nothing_gains_more_than_the_profile_says(documents: Described) -> None:
    before = {each.document_id: each.score for each in ranked(documents, None)}
    after = ranked(documents, BAKER)

    assert {each.document_id for each in after} == set(before)
    for each in after:
        assert 0 <= each.personal <= PROFILE.personal + 1e-12
        assert each.score == before[each.document_id] + each.personal
    assert [each.score for each in after] == sorted((e.score for e in after), reverse=True)
