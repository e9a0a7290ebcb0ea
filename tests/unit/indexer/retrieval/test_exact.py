"""Which word decides the order of a look-up, and what it does to that order."""

from __future__ import annotations

import pytest

from fixtures.builders import a_document, a_passage
from fixtures.fakes import FakePassageIndex
from indexer.ports import Form, LexicalQuery
from indexer.retrieval.exact import exact_first, exact_word
from indexer.retrieval.fusion import ComponentScores, FusedScores
from indexer.retrieval.profiles import RankingProfile
from indexer.retrieval.ranking import RankedDocument
from indexer.retrieval.understanding import lexical_query
from schemas.ids import DocumentId, PassageId
from schemas.passage import IndexEntry
from schemas.query import Filter

EVERYBODY = Filter(audiences=frozenset({"everyone"}))
PROFILE = RankingProfile(name="test", version=1, exact_words=2)
# Of a hundred passages: "ulule" in 2, "devis" in 10, "client" in 40.
TEXTS = [
    " ".join(word for word, n in (("ulule", 2), ("devis", 10), ("client", 40)) if i < n) or "météo"
    for i in range(100)
]


@pytest.fixture(scope="module")
def index() -> FakePassageIndex:
    filled = FakePassageIndex()
    document = a_document("a", title="")
    filled.replace(
        document.id,
        [
            IndexEntry(
                a_passage(document, n, text=text),
                title="",
                kind="sheet",
                tags=(),
                mentor_ids=(),
                created_at_s=0,
            )
            for n, text in enumerate(TEXTS)
        ],
    )
    filled.commit()
    return filled


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Ulule", "ulul"),
        ("client Ulule", "ulul"),
        ("c'est quoi Ulule ?", "ulul"),
        ("devis", "dev"),  # in a tenth of the passages, and all that is asked for
        ("client", None),  # in more than a fifth
        ("devis client", None),  # neither of two is in 2 % at most
        ("devis client Ulule", None),  # three words say more than a name
        ("licorne", None),
        ("", None),
    ],
)
def test_the_rarest_word_of_a_look_up_decides(
    index: FakePassageIndex, text: str, word: str | None
) -> None:
    assert exact_word(lexical_query(text), EVERYBODY, index, PROFILE) == word


def test_a_corrected_word_decides_nothing(index: FakePassageIndex) -> None:
    corrected = LexicalQuery(words=((Form(("ulul",)), Form(("ululle",))),))

    assert exact_word(corrected, EVERYBODY, index, PROFILE) is None


def test_synonyms_do_not_keep_a_word_from_deciding(index: FakePassageIndex) -> None:
    expanded = LexicalQuery(words=((Form(("ulul",)), Form(("crowdfund",), 0.5)),))

    assert exact_word(expanded, EVERYBODY, index, PROFILE) == "ulul"


def test_a_profile_can_leave_it_out(index: FakePassageIndex) -> None:
    off = RankingProfile(name="test", version=1, exact_words=0)

    assert exact_word(lexical_query("Ulule"), EVERYBODY, index, off) is None


def ranked(*scores: float) -> list[RankedDocument]:
    return [
        RankedDocument(
            DocumentId(f"d{n}"),
            (FusedScores(ComponentScores(PassageId(n), 1.0, 1.0, 1.0), 0.0, 0.0, score),),
            score,
        )
        for n, score in enumerate(scores)
    ]


def test_what_has_the_word_comes_first_and_no_score_rises_down_the_page() -> None:
    found = exact_first(ranked(3.0, 2.0, 1.0, 0.5), {PassageId(1), PassageId(3)})

    assert [(each.document_id, each.score) for each in found] == [
        ("d1", 4.5),
        ("d3", 3.0),
        ("d0", 3.0),
        ("d2", 1.0),
    ]


@pytest.mark.parametrize("having", [set[PassageId](), {PassageId(0)}, {PassageId(0), PassageId(1)}])
def test_nothing_moves_where_the_order_is_right_already(having: set[PassageId]) -> None:
    documents = ranked(3.0, 2.0)

    assert exact_first(documents, having) == documents
