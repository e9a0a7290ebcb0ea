"""One suite for every lexical index: the fake and the real one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.entries import A_DAY_S, an_entry, by_document
from fixtures.fakes import FakePassageIndex
from indexer.analysis.analyzer import phrase
from indexer.lexical.index import TantivyIndex
from indexer.ports import Form, LexicalQuery, PassageIndex
from indexer.retrieval.understanding import lexical_query
from schemas.document import DocumentKind
from schemas.ids import DocumentId, PassageId, PersonId, TagId
from schemas.passage import IndexEntry
from schemas.query import Filter

EVERYBODY = Filter(audiences=frozenset({"everyone"}))


@pytest.fixture(params=["fake", "tantivy"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PassageIndex]:
    if request.param == "fake":
        yield FakePassageIndex()
        return
    opened = TantivyIndex(tmp_path / "lexical")
    yield opened
    opened.close()


def put(index: PassageIndex, *entries: IndexEntry) -> None:
    for document_id, own in by_document(entries).items():
        index.replace(document_id, own)
    index.commit()


def found(index: PassageIndex, text: str, where: Filter = EVERYBODY, limit: int = 10) -> list[int]:
    return [scored.passage_id for scored in index.search(lexical_query(text), where, limit=limit)]


def test_accents_case_and_inflection_do_not_matter(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "Les Économies d’énergie"), an_entry(2_000, "Autre chose"))

    assert found(index, "economie d'energie") == [1_000]


def test_a_rare_term_outranks_a_frequent_one(index: PassageIndex) -> None:
    common = [an_entry(1_000 * i, "facture client") for i in range(1, 6)]
    put(index, *common, an_entry(9_000, "facture dividende"))

    assert found(index, "client dividende")[0] == 9_000


def test_equal_scores_come_in_passage_id_order(index: PassageIndex) -> None:
    put(index, *(an_entry(1_000 * i, "devis") for i in (3, 1, 2)))

    assert found(index, "devis") == [1_000, 2_000, 3_000]


def test_the_title_counts_as_text(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "On y parle d'argent.", title="Le portage salarial"))

    assert found(index, "portage") == [1_000]


def test_stop_words_alone_find_nothing(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "Comment est-ce que vous êtes là ?"))

    assert found(index, "comment est-ce que") == []


def test_what_is_held_is_listed_by_id_a_page_at_a_time(index: PassageIndex) -> None:
    put(index, *(an_entry(1_000 * i, audiences=()) for i in (3, 1, 2)))

    pages = [index.held(after, 2) for after in (-1, 2_000, 3_000)]

    assert [[each.passage_id for each in page] for page in pages] == [[1_000, 2_000], [3_000], []]
    assert {e.document_id for page in pages for e in page} == {
        an_entry(1_000 * i).passage.document_id for i in (1, 2, 3)
    }


def test_no_more_than_the_limit_is_returned(index: PassageIndex) -> None:
    put(index, *(an_entry(1_000 * i, "devis") for i in range(1, 6)))

    assert found(index, "devis", limit=2) == [1_000, 2_000]


def test_writes_show_at_commit_and_not_before(index: PassageIndex) -> None:
    index.replace(DocumentId("d-1"), [an_entry(1_000, "devis")])
    assert found(index, "devis") == []

    index.commit()

    assert found(index, "devis") == [1_000]


def test_replacing_drops_what_is_not_given_again(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "devis"), an_entry(1_001, "devis"), an_entry(2_000, "devis"))

    put(index, an_entry(1_001, "devis neuf"))

    assert sorted(found(index, "devis")) == [1_001, 2_000]


def test_replacing_twice_changes_nothing(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "devis"))
    put(index, an_entry(1_000, "devis"))

    assert (found(index, "devis"), index.n_passages()) == ([1_000], 1)


def test_passages_with_a_term_are_counted_by_title_and_text(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "devis"), an_entry(1_001, "un devis", title="Devis"))
    put(index, an_entry(2_000, "facture", title="Le devis"))

    assert [index.n_with(term, EVERYBODY) for term in ("dev", "factur", "licorn")] == [3, 1, 0]


def test_hidden_and_deleted_passages_are_not_counted(index: PassageIndex) -> None:
    put(index, *(an_entry(i * 1_000, "devis") for i in range(1, 9)))
    put(index, an_entry(9_000, "devis zorglub", audiences=("mentors",)))
    put(index, an_entry(1_000, "facture"))
    own = Filter(audiences=frozenset({"everyone", "mentors"}))

    counted = [
        (index.n_with("dev", where), index.n_with("zorglub", where), index.n_passing(where))
        for where in (EVERYBODY, own, Filter(audiences=frozenset()))
    ]

    assert counted == [(7, 0, 8), (8, 1, 9), (0, 0, 0)]
    assert index.having("zorglub", EVERYBODY, limit=5) == set()
    assert index.having("zorglub", own, limit=5) == {9_000}


def test_a_word_of_every_passage_is_covered_after_an_edit(index: PassageIndex) -> None:
    put(index, *(an_entry(i * 1_000, "facture") for i in range(1, 9)))
    put(index, an_entry(1_000, "facture client"))

    (covered,) = index.coverage(lexical_query("facture"), [PassageId(1_000)], EVERYBODY)

    assert covered == pytest.approx(1.0)


def test_hidden_passages_do_not_move_what_is_covered(index: PassageIndex) -> None:
    put(index, *(an_entry(i * 1_000, "domiciliation du siège") for i in range(1, 5)))
    query, ids = lexical_query("domiciliation zorglub"), [PassageId(1_000)]
    before = index.coverage(query, ids, EVERYBODY)

    put(index, an_entry(9_000, "domiciliation zorglub", audiences=("mentors",)))

    assert index.coverage(query, ids, EVERYBODY) == before


def test_passages_with_a_term_are_found_up_to_a_limit(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "devis"), an_entry(1_001, "un", title="Devis"), an_entry(1_002, "x"))

    assert index.having("dev", EVERYBODY, limit=5) == {1_000, 1_001}
    assert len(index.having("dev", EVERYBODY, limit=1)) == 1


def test_replacing_by_nothing_deletes(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "devis", title="Devis"))

    index.replace(DocumentId("d-1"), [])
    index.commit()

    assert found(index, "devis") == []
    assert index.cards([PassageId(1_000)]) == {}
    assert index.recent(EVERYBODY, limit=5) == []
    assert index.titles("devis", EVERYBODY, limit=5) == []


@pytest.mark.parametrize(
    "where",
    [
        Filter(frozenset({"person:s-1"})),
        Filter(frozenset({"everyone"}), kinds=frozenset({DocumentKind.COURSE})),
        Filter(frozenset({"everyone"}), tags=frozenset({TagId("a")})),
        Filter(
            frozenset({"everyone"}),
            tag_groups=(frozenset({TagId("a"), TagId("b")}), frozenset({TagId("c")})),
        ),
        Filter(frozenset({"everyone"}), speakers=frozenset({PersonId("m-1")})),
        Filter(frozenset({"everyone"}), mentors=frozenset({PersonId("m-1")})),
        Filter(frozenset({"everyone"}), documents=frozenset({"d-2"})),
        Filter(frozenset({"everyone"}), since=datetime.fromtimestamp(A_DAY_S + 5, UTC)),
        Filter(frozenset({"everyone"}), until=datetime.fromtimestamp(A_DAY_S, UTC)),
    ],
)
def test_each_condition_of_a_filter_hides_what_does_not_meet_it(
    index: PassageIndex, where: Filter
) -> None:
    put(
        index,
        an_entry(1_000, "devis", tags=("a",)),
        an_entry(
            2_000,
            "devis",
            kind="course",
            tags=("a", "c"),
            audiences=("everyone", "person:s-1"),
            speaker_ids=("m-1", "s-2"),
            mentor_ids=("m-1",),
            created_at_s=A_DAY_S + 5,
        ),
        an_entry(3_000, "devis", audiences=("mentors",), tags=("c",)),
        an_entry(4_000, "devis", created_at_s=A_DAY_S - 1),
    )
    expected = {
        str(Filter(frozenset({"everyone"}), tags=frozenset({TagId("a")}))): [1_000, 2_000],
        str(Filter(frozenset({"everyone"}), until=datetime.fromtimestamp(A_DAY_S, UTC))): [4_000],
    }.get(str(where), [2_000])

    assert found(index, "devis", where) == expected
    assert sorted(s.passage_id for s in index.recent(where, limit=9)) == expected


def test_without_an_audience_nothing_is_seen(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "devis", title="Devis"))
    nobody = Filter(audiences=frozenset())

    assert found(index, "devis", nobody) == []
    assert index.recent(nobody, limit=5) == []
    assert index.titles("devis", nobody, limit=5) == []


def test_scores_come_in_the_order_asked_and_agree_with_the_ranking(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "devis devis client"), an_entry(2_000, "client fidèle"))
    ranked = dict(index.search(lexical_query("devis client"), EVERYBODY, limit=5))
    ids: Sequence[PassageId] = [PassageId(i) for i in (2_000, 77, 1_000)]

    scores = index.score(lexical_query("devis client"), ids)

    assert [score.passage_id for score in scores] == ids
    assert scores[0].words == pytest.approx(ranked[PassageId(2_000)], rel=1e-5)
    assert scores[2].words == pytest.approx(ranked[PassageId(1_000)], rel=1e-5)
    assert (scores[1].words, scores[1].grams) == (0.0, 0.0)


def test_scores_of_words_that_are_known_are_handed_back(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "devis client"), an_entry(2_000, "devis"))
    query = lexical_query("devis client")

    first, second = index.score(
        query, [PassageId(1_000), PassageId(2_000)], known={PassageId(1_000): 7.5}
    )

    assert first.words == 7.5
    assert second == index.score(query, [PassageId(2_000)])[0]
    assert first.grams > 0


def test_many_terms_add_up_as_few_do(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "devis facture client stock bail loyer taxe"))
    words = ("devis", "facture", "client", "stock", "bail", "loyer", "taxe")

    (together,) = index.score(lexical_query(" ".join(words)), [PassageId(1_000)])

    alone = [index.score(lexical_query(word), [PassageId(1_000)])[0].words for word in words]
    assert together.words == pytest.approx(sum(alone), rel=1e-5)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"everyone"}, [1_000]),
        ({"everyone", "person:s-1"}, [1_000, 2_000]),
        ({"everyone", "person:s-2", "mentors"}, [1_000, 3_000]),
        ({"mentors"}, [3_000]),
        ({"person:s-1"}, [1_000, 2_000]),
    ],
)
def test_words_find_what_any_of_the_keys_may_see_and_nothing_else(
    index: PassageIndex, keys: set[str], expected: list[int]
) -> None:
    put(
        index,
        an_entry(1_000, "devis", audiences=("everyone", "person:s-1")),
        an_entry(2_000, "devis", audiences=("person:s-1", "person:s-3")),
        an_entry(3_000, "devis", audiences=("mentors",)),
    )

    assert sorted(found(index, "devis", Filter(audiences=frozenset(keys)))) == expected


def test_grams_forgive_a_typing_mistake(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "la micro-entreprise"), an_entry(2_000, "le portage"))

    right, wrong = index.score(
        lexical_query("micro-entrprise"), [PassageId(1_000), PassageId(2_000)]
    )

    assert right.grams > wrong.grams


def test_cards_follow_a_change_of_tags(index: PassageIndex) -> None:
    put(index, an_entry(1_000, tags=("a",), speaker_ids=("m-1",)))
    assert index.cards([PassageId(1_000)])[PassageId(1_000)].tags == ("a",)

    put(index, an_entry(1_000, tags=("b",), speaker_ids=("m-1",)))

    assert index.cards([PassageId(1_000)])[PassageId(1_000)].tags == ("b",)


def test_recent_gives_one_passage_per_document_newest_first(index: PassageIndex) -> None:
    put(
        index,
        an_entry(1_000, created_at_s=10),
        an_entry(1_001, created_at_s=10),
        an_entry(2_000, created_at_s=30),
        an_entry(3_000, created_at_s=20),
    )

    assert [s.passage_id for s in index.recent(EVERYBODY, limit=2)] == [2_000, 3_000]


def test_titles_complete_any_word_and_obey_the_filter(index: PassageIndex) -> None:
    put(
        index,
        an_entry(1_000, title="L’Étude de marché"),
        an_entry(2_000, title="Bien étudier ses coûts"),
        an_entry(3_000, title="Étude secrète", audiences=("mentors",)),
    )

    assert set(index.titles("etud", EVERYBODY, limit=5)) == {
        ("d-1", "L’Étude de marché"),
        ("d-2", "Bien étudier ses coûts"),
    }


def asked(index: PassageIndex, query: LexicalQuery) -> list[int]:
    return [scored.passage_id for scored in index.search(query, EVERYBODY, limit=10)]


def test_another_form_of_a_word_is_found_and_counts_less(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "le référencement du site"), an_entry(2_000, "le seo du site"))
    query = LexicalQuery(words=((Form(("seo",)), Form(("referenc",), 0.5)),))

    assert asked(index, query) == [2_000, 1_000]


def test_a_form_of_several_words_stands_together(index: PassageIndex) -> None:
    put(
        index,
        an_entry(1_000, "Le plan d'affaires tient en dix pages."),
        an_entry(2_000, "Mes affaires suivent un plan."),
    )

    assert asked(index, LexicalQuery(words=((Form(("plan", "", "affair")),),))) == [1_000]


def test_the_best_form_of_a_group_counts_and_groups_add_up(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "seo référencement"), an_entry(2_000, "seo client"))
    query = LexicalQuery(words=((Form(("seo",)), Form(("referenc",))), (Form(("client",)),)))

    assert asked(index, query) == [2_000, 1_000]


def test_coverage_is_the_share_of_what_is_asked_by_how_rare_it_is(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "facture client"), an_entry(2_000, "facture dividende"))
    query = lexical_query("facture dividende prudhomal")
    # In both, in one and in none of two passages: ln(1 + 0.5 / 2.5), ln(1 + 1.5 / 1.5), ln(1 + 5).
    both, one, none = (math.sqrt(math.log(x)) for x in (1.2, 2.0, 6.0))

    covered = index.coverage(
        query, [PassageId(2_000), PassageId(1_000), PassageId(9_000)], EVERYBODY
    )

    asked = both + one + none
    assert covered == pytest.approx([(both + one) / asked, both / asked, 0.0])


def test_any_form_covers_what_it_stands_for_and_none_counts_twice(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "un plan d'affaires"), an_entry(2_000, "un bilan"))
    typed = tuple((Form(phrase(word)),) for word in ("business", "plan"))
    synonyms = (Form(phrase("plan d'affaires"), 0.5), Form(phrase("bilan"), 0.5))
    query = LexicalQuery(words=(*typed, synonyms))

    covered = index.coverage(query, [PassageId(1_000), PassageId(2_000)], EVERYBODY)

    assert 0 < covered[1] < covered[0] <= 1


def test_nothing_covers_what_asks_nothing(index: PassageIndex) -> None:
    put(index, an_entry(1_000, "un devis"))

    assert index.coverage(LexicalQuery(), [PassageId(1_000)], EVERYBODY) == [0.0]
    assert index.coverage(lexical_query("devis"), [], EVERYBODY) == []


def test_what_is_required_is_there_and_what_is_excluded_is_not(index: PassageIndex) -> None:
    put(
        index,
        an_entry(1_000, "Fixer un prix de vente juste."),
        an_entry(2_000, "Un prix, puis la vente."),
        an_entry(3_000, "Le prix de vente en micro-entreprise."),
    )
    query = LexicalQuery(
        words=((Form(("prix",)),),), required=(("prix", "", "vent"),), excluded=(("micro",),)
    )

    assert asked(index, query) == [1_000]
    everything = [PassageId(1_000), PassageId(2_000), PassageId(3_000)]
    assert index.meeting(query, everything) == {1_000}
    assert index.meeting(LexicalQuery(), everything) == set(everything)


def test_the_start_of_a_word_finds_the_words_that_start_so(index: PassageIndex) -> None:
    put(
        index,
        an_entry(1_000, "La trésorerie de l'été"),
        an_entry(2_000, "Un trésor de guerre"),
        an_entry(3_000, "Un devis"),
    )

    assert sorted(asked(index, LexicalQuery(prefix="treso"))) == [1_000, 2_000]
    assert asked(index, LexicalQuery(prefix="tresore")) == [1_000]
    assert asked(index, LexicalQuery(prefix="zzz")) == []


def test_the_vocabulary_counts_passages_by_folded_word(index: PassageIndex) -> None:
    put(
        index,
        an_entry(1_000, "Un prix, des prix"),
        an_entry(2_000, "Prix d’été à Évry"),
        an_entry(3_000, "Prix secret", audiences=("person:s-17",)),
    )

    found = index.vocabulary(EVERYBODY)

    assert found == {"prix": 2, "evry": 1}


def test_a_title_that_starts_so_can_be_told_from_one_that_holds_it(index: PassageIndex) -> None:
    put(
        index,
        an_entry(1_000, title="Étude de marché"),
        an_entry(2_000, title="L'étude des prix"),
        an_entry(3_000, title="Étude secrète", audiences=("mentors",)),
    )

    assert index.titles("etud", EVERYBODY, limit=5, whole=True) == [("d-1", "Étude de marché")]
    assert len(index.titles("etud", EVERYBODY, limit=5)) == 2
    assert index.titles("l etude", EVERYBODY, limit=5, whole=True) == [("d-2", "L'étude des prix")]


def test_tags_and_mentors_are_counted_in_what_passes_the_filter(index: PassageIndex) -> None:
    put(
        index,
        an_entry(1_000, tags=("a", "b"), mentor_ids=("m-1",)),
        an_entry(1_001, tags=("a", "b"), mentor_ids=("m-1",)),
        an_entry(2_000, tags=("a",), mentor_ids=("m-1", "m-2"), kind="course"),
        an_entry(3_000, tags=("c",), mentor_ids=("m-3",), audiences=("mentors",)),
    )
    courses = Filter(frozenset({"everyone"}), kinds=frozenset({DocumentKind.COURSE}))

    assert index.tag_counts(EVERYBODY) == {"a": 3, "b": 2}
    assert index.mentor_counts(EVERYBODY) == {"m-1": 3, "m-2": 1}
    assert index.tag_counts(courses) == {"a": 1}
    assert index.tag_counts(Filter(frozenset())) == {}
    assert index.mentor_counts(Filter(frozenset())) == {}


def test_who_speaks_is_counted_in_what_passes_the_filter(index: PassageIndex) -> None:
    camille, noe = PersonId("m-1"), PersonId("s-1")
    put(
        index,
        an_entry(1_000, speaker_ids=(camille, noe)),
        an_entry(2_000, speaker_ids=(camille,)),
        an_entry(3_000, speaker_ids=(noe, PersonId("s-2")), audiences=("mentors",)),
    )

    assert index.speaker_counts(EVERYBODY) == {camille: 2, noe: 1}
    assert index.speaker_counts(Filter(frozenset())) == {}


def test_what_was_counted_is_counted_again_after_a_change(index: PassageIndex) -> None:
    mentors = Filter(frozenset({"mentors"}))
    put(index, an_entry(1_000, tags=("a",), mentor_ids=("m-1",), audiences=("everyone",)))
    assert index.tag_counts(EVERYBODY) == {"a": 1}
    assert index.mentor_counts(EVERYBODY) == {"m-1": 1}
    assert index.tag_counts(mentors) == {}

    put(index, an_entry(1_000, tags=("b",), mentor_ids=("m-2",), audiences=("mentors",)))

    assert index.tag_counts(EVERYBODY) == index.mentor_counts(EVERYBODY) == {}
    assert index.tag_counts(mentors) == {"b": 1}
    assert index.mentor_counts(mentors) == {"m-2": 1}


def test_a_rare_word_that_starts_so_counts_no_more_than_a_frequent_one(index: PassageIndex) -> None:
    put(
        index,
        *(an_entry(1_000 * n, "prix juste") for n in range(1, 5)),
        an_entry(5_000, "prisme juste"),
        *(an_entry(1_000 * n, "devis juste") for n in range(6, 20)),
    )

    found = index.search(LexicalQuery(prefix="pri"), EVERYBODY, limit=10)

    scores = {scored.passage_id: scored.score for scored in found}
    assert set(scores) == {1_000, 2_000, 3_000, 4_000, 5_000}
    assert scores[PassageId(5_000)] == pytest.approx(scores[PassageId(1_000)], rel=1e-3)
