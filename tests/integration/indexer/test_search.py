"""search() over real indexes: ranking, filters, counts, pages, visibility."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.builders import A_MOMENT, a_mentor, a_student, a_tag, an_exchange
from indexer.retrieval.search import rank_documents
from indexer.retrieval.suggest import suggest
from schemas.document import DocumentKind, Visibility
from schemas.errors import InvalidInputError
from schemas.hit import ResultPage, TotalRelation
from schemas.identity import MENTORS
from schemas.ids import PersonId, TagId
from schemas.passage import WordAnchor
from schemas.query import MAX_QUERY_CHARS, Filter, Order, Query, RetrieverChoice
from schemas.span import TimeSpan

if TYPE_CHECKING:
    from tests.integration.indexer.conftest import School

TOPIC = TagId("topic.pricing")


def counts(page: ResultPage, facet: str) -> dict[str, int]:
    return {each.value: each.count for each in page.facets.get(facet, ())}


def test_the_document_that_answers_comes_first_and_says_why(school: School) -> None:
    school.publish("a", ["La météo est clémente."], title="Divers")
    school.publish("b", ["Calculer sa trésorerie de départ."], title="Trésorerie")

    hit = school.search("tresorerie depart").hits[0]

    assert (hit.rank, hit.document.title) == (1, "Trésorerie")
    assert hit.explanation.matched_terms == ("trésorerie", "départ")
    assert hit.explanation.lexical is not None
    assert hit.explanation.lexical > 0
    assert hit.explanation.second is None


def test_the_score_of_a_hit_follows_from_its_explanation(school: School) -> None:
    school.publish("a", ["Calculer sa trésorerie.", "La trésorerie de départ."], title="Trésorerie")
    school.publish("b", ["La météo est clémente."], title="Divers")
    profile = school.handle.engine.ranking.current()

    first, other = school.search("tresorerie").hits
    said, alone = first.explanation, other.explanation

    assert said.second is not None
    assert first.score == pytest.approx(said.fused + profile.second * (said.second - said.fused))
    assert other.score == pytest.approx(alone.fused - profile.second * profile.alone)


def test_a_document_is_one_hit_with_its_best_passages(school: School) -> None:
    school.publish("a", [f"Le devis numéro {n}." for n in range(6)], title="Devis")

    (hit,) = school.search("devis").hits

    assert len(hit.passages) == school.settings.search.passages_per_hit
    assert [p.score for p in hit.passages] == sorted((p.score for p in hit.passages), reverse=True)


@pytest.mark.parametrize("choice", list(RetrieverChoice))
def test_every_choice_of_retrievers_finds_the_answer(
    school: School, choice: RetrieverChoice
) -> None:
    school.publish("a", ["Rien à voir."], title="Divers")
    school.publish("b", ["Le portage salarial expliqué."], title="Portage")

    assert school.titles("portage salarial", retrievers=choice)[0] == "Portage"


def test_pages_are_stable_and_cut_from_one_ranking(school: School) -> None:
    for n in range(12):
        texts = [f"Le devis et la facture, cas {n}."]
        school.publish(f"s{n}", texts, title=f"Cas {n}", is_awaited=False)
    school.wait()
    query = Query(text="devis facture", filter=Filter(audiences=frozenset({"everyone"})))
    whole = [document_id for document_id, _ in rank_documents(query, school.handle.engine)]

    pages = [school.search("devis facture", page=n, per_page=5) for n in (1, 2, 3)]

    assert [hit.document.id for page in pages for hit in page.hits] == whole
    assert [hit.rank for page in pages for hit in page.hits] == list(range(1, 13))
    assert {(page.total, page.total_relation) for page in pages} == {(12, TotalRelation.EXACT)}
    assert pages[0].facets == pages[1].facets == pages[2].facets


def test_a_total_that_stopped_at_the_limit_is_a_lower_bound(school: School) -> None:
    limit = school.settings.search.candidates
    for n in range(limit + 5):
        school.publish(f"s{n}", ["Le devis."], title=f"Cas {n}", is_awaited=False)
    school.wait()

    page = school.search("devis")

    assert page.total_relation is TotalRelation.AT_LEAST
    assert limit <= page.total <= limit + 5


def test_a_private_exchange_leaves_no_trace_for_others(school: School) -> None:
    private = an_exchange("ex", title="Faillite évitée")
    school.publish("public", ["Le devis."], title="Devis")
    school.publish(
        "ex",
        ["Ma faillite personnelle et le devis."],
        tags=[a_tag(TOPIC)],
        passage=lambda _: {"speaker_ids": (PersonId("s-17"),)},
        **{
            name: getattr(private, name) for name in ("kind", "visibility", "participants", "title")
        },
    )

    other = school.search("faillite personnelle devis", "everyone", "person:s-99")

    assert [hit.document.title for hit in other.hits] == ["Devis"]
    assert other.total == 1
    assert set(other.facets) == {"kind", "language"}
    assert counts(other, "kind") == {"sheet": 1}
    assert suggest("fail", frozenset({"everyone"}), school.handle.engine) == []
    assert school.titles("faillite", "everyone", "person:s-17")[0] == "Faillite évitée"
    assert school.titles("faillite", MENTORS)[0] == "Faillite évitée"


def test_hiding_a_document_takes_it_out_of_everything(school: School) -> None:
    document = school.publish("a", ["Le devis."], title="Devis")

    school.wait(school.catalog.documents.set_visibility(document.id, Visibility.MENTORS))

    page = school.search("devis")
    assert (page.hits, page.total, page.facets) == ((), 0, {})
    assert school.titles("devis", MENTORS) == ["Devis"]


def test_tags_of_one_facet_are_alternatives_and_facets_are_joined(school: School) -> None:
    pricing, finance = TagId("topic.pricing"), TagId("topic.legal-status")
    launch = TagId("stage.launch")
    known = {tag.id for tag in school.handle.engine.taxonomy.tags}
    assert {pricing, finance, launch} <= known
    school.publish("a", ["Devis."], title="A", tags=[a_tag(pricing), a_tag(launch)])
    school.publish("b", ["Devis."], title="B", tags=[a_tag(finance)])
    school.publish("c", ["Devis."], title="C", tags=[a_tag(launch)])

    def found(*tags: TagId) -> list[str]:
        return sorted(school.titles("devis", where={"tags": frozenset(tags)}))

    assert found(pricing, finance) == ["A", "B"]
    assert found(pricing, finance, launch) == ["A"]
    assert found(TagId("topic.unheard-of")) == []


def test_facets_count_documents_and_predict_their_filter(school: School) -> None:
    people = (a_mentor("m-1", "Mentor Un"), a_mentor("m-2", "Mentor Deux"))
    speak: dict[str, Any] = {"passage": lambda _: {"speaker_ids": (PersonId("m-1"),)}}
    school.publish("a", ["Devis.", "Devis encore."], title="A", participants=people, **speak)
    school.publish("b", ["Devis."], title="B", participants=people[:1], kind=DocumentKind.COURSE)

    page = school.search("devis")

    assert counts(page, "kind") == {"sheet": 1, "course": 1}
    assert counts(page, "mentor") == {"m-1": 2, "m-2": 1}
    assert counts(page, "speaker") == {"m-1": 1}
    assert {each.label for each in page.facets["mentor"]} == {"Mentor Un", "Mentor Deux"}
    for person_id, count in counts(page, "mentor").items():
        narrowed = school.search("devis", where={"mentors": frozenset({person_id})})
        assert narrowed.total == count


def test_a_date_filter_includes_its_first_second_and_not_its_last(school: School) -> None:
    for days in (0, 1, 2):
        at = A_MOMENT + timedelta(days=days)
        school.publish(f"s{days}", ["Devis."], title=f"Jour {days}", created_at=at)

    span = {"since": A_MOMENT, "until": A_MOMENT + timedelta(days=2)}

    assert sorted(school.titles("devis", where=span)) == ["Jour 0", "Jour 1"]


def test_an_empty_query_lists_what_passes_the_filter_newest_first(school: School) -> None:
    for days in (1, 3, 2):
        at = A_MOMENT + timedelta(days=days)
        school.publish(f"s{days}", ["Texte.", "Suite."], title=f"Jour {days}", created_at=at)
    school.publish("x", ["Texte."], title="Cours", kind=DocumentKind.COURSE)

    page = school.search("   ", where={"kinds": frozenset({DocumentKind.SHEET})})

    assert [hit.document.title for hit in page.hits] == ["Jour 3", "Jour 2", "Jour 1"]
    assert (page.total, page.total_relation) == (3, TotalRelation.EXACT)


@pytest.mark.parametrize(
    ("order", "expected"), [(Order.NEWEST, ["3", "2", "1"]), (Order.OLDEST, ["1", "2", "3"])]
)
def test_what_was_found_can_be_put_in_order_of_date(
    school: School, order: Order, expected: list[str]
) -> None:
    for day in (1, 3, 2):
        text = "Le devis. " * day  # the order by relevance is another one
        school.publish(f"s{day}", [text], title=str(day), created_at=A_MOMENT + timedelta(day))

    page = school.search("devis", order=order)

    assert [hit.document.title for hit in page.hits] == expected
    assert [hit.rank for hit in page.hits] == [1, 2, 3]


def test_a_hit_jumps_to_the_moment_of_its_word(school: School) -> None:
    anchors = tuple(WordAnchor(i * 6, 1_000 * i, 1_000 * i + 400) for i in range(3))
    timed = {"locator": TimeSpan(0, 9_000), "anchors": anchors}
    school.publish("v", ["alors voici devis"], title="Vidéo", passage=lambda _: timed)

    (hit,) = school.search("devis").hits

    assert hit.passages[0].moment == TimeSpan(2_000, 2_400)


def test_the_same_query_twice_gives_the_same_page(school: School) -> None:
    for n in range(8):
        school.publish(f"s{n}", ["Le devis."], title="Devis", is_awaited=False)
    school.wait()

    first, second = school.search("devis"), school.search("devis")

    assert (first.hits, first.facets) == (second.hits, second.facets)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "x" * (MAX_QUERY_CHARS + 1)},
        {"page": 0},
        {"page": 101},
        {"per_page": 0},
        {"per_page": 51},
        {
            "where": {
                "since": datetime(2026, 2, 1, tzinfo=UTC),
                "until": datetime(2026, 1, 1, tzinfo=UTC),
            }
        },
        {"where": {"documents": frozenset(map(str, range(201)))}},
    ],
)
def test_what_exceeds_a_limit_is_refused(school: School, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        school.search(wrong.pop("text", "devis"), **wrong)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(categories=None), max_size=60))
def test_no_query_text_raises(school: School, text: str) -> None:
    for choice in RetrieverChoice:
        school.search(text, retrievers=choice)
    suggest(text, frozenset({"everyone"}), school.handle.engine)


def test_a_misspelled_query_finds_and_is_told_how_it_is_spelled(school: School) -> None:
    school.publish("a", ["La trésorerie se suit chaque semaine."], title="Trésorerie")
    school.publish("b", ["Un devis se signe."], title="Devis")

    page = school.search("tressorerie", retrievers=RetrieverChoice.LEXICAL)

    assert [hit.document.title for hit in page.hits] == ["Trésorerie"]
    assert page.suggestion == "trésorerie"
    assert school.search("trésorerie").suggestion is None
    (marked,) = [p.snippet for p in page.hits[0].passages]
    assert [marked.text[s.start : s.end] for s in marked.highlights] == ["trésorerie"]


def test_a_word_that_only_a_private_passage_has_is_never_offered(school: School) -> None:
    private: dict[str, Any] = {
        "visibility": Visibility.PARTICIPANTS,
        "participants": (a_student(),),
    }
    school.publish("a", ["Le projet marchandizz avance."], **private)
    school.publish("b", ["Un devis se signe."], title="Devis")

    page = school.search("marchandizz")

    # As if the word stood nowhere: were it known, nothing would be offered in its place.
    assert page.suggestion == "marchandise"
    assert all("marchandizz" not in repr(hit) for hit in page.hits)


def test_other_words_of_the_trade_are_found_after_the_ones_typed(school: School) -> None:
    school.publish("a", ["Le financement participatif demande une vidéo."], title="A")
    school.publish("b", ["Le crowdfunding demande une vidéo."], title="B")
    school.publish("c", ["La vitrine demande une couleur."], title="C")

    found = school.titles("crowdfunding", retrievers=RetrieverChoice.LEXICAL)

    assert found == ["B", "A"]


def test_quotes_and_a_minus_are_obeyed_by_both_retrievers(school: School) -> None:
    school.publish("a", ["Fixer un prix de vente juste."], title="Ensemble")
    school.publish("b", ["Un prix, puis une vente."], title="Séparés")
    school.publish("c", ["Un prix de vente en micro-entreprise."], title="Micro")

    for choice in RetrieverChoice:
        found = school.titles('"prix de vente" -micro', retrievers=choice)
        assert found == ["Ensemble"], choice


def test_a_mentor_named_in_the_box_narrows_and_a_stranger_finds_nothing(school: School) -> None:
    claire = msgspec.structs.replace(a_mentor(), id=PersonId("m-4"), name="Claire Vasseur")
    paul = msgspec.structs.replace(a_mentor(), id=PersonId("m-5"), name="Paul Ferrand")
    school.publish("a", ["Un devis se signe."], title="De Claire", participants=(claire,))
    school.publish("b", ["Un devis se date."], title="De Paul", participants=(paul,))

    assert school.titles("devis mentor:claire") == ["De Claire"]
    assert school.titles("mentor:paul") == ["De Paul"]
    assert school.titles("devis mentor:zoé") == []


def test_what_says_the_same_is_one_hit_and_names_only_what_may_be_seen(school: School) -> None:
    text = (
        "Pour relancer une facture impayée, on écrit d'abord un message aimable, puis une lettre "
        "recommandée, et l'on compte les pénalités de retard à partir de l'échéance convenue."
    )
    school.publish("a", [text], title="Relances")
    school.publish("b", [text + " Merci."], title="Relances, suite")
    private: dict[str, Any] = {
        "visibility": Visibility.PARTICIPANTS,
        "participants": (a_student(),),
    }
    school.publish("c", [text + " Bien à toi."], title="Relances privées", **private)
    school.publish("d", ["Une facture porte un numéro."], title="Numéro")

    page = school.search("relancer facture impayée")

    assert (page.total, len(page.hits)) == (2, 2)
    assert len(page.hits[0].similar) == 1
    assert {page.hits[0].document.title, page.hits[0].similar[0].title} == {
        "Relances",
        "Relances, suite",
    }
    assert sum(count.count for count in page.facets["kind"]) == 3


def test_a_total_is_a_lower_bound_when_what_was_left_out_filled_the_limit(school: School) -> None:
    limit = school.settings.search.candidates
    for n in range(limit + 5):
        text = f"Le devis numéro {n} en micro." if n % 2 else f"Le devis numéro {n}."
        school.publish(f"s{n}", [text], title=f"Cas {n}", is_awaited=False)
    school.wait()

    for choice in (RetrieverChoice.HYBRID, RetrieverChoice.DENSE):
        page = school.search("devis -micro", retrievers=choice)
        assert page.total_relation is TotalRelation.AT_LEAST, choice


def test_a_name_that_looks_like_a_mistake_is_found_as_typed(school: School) -> None:
    private: dict[str, Any] = {
        "visibility": Visibility.PARTICIPANTS,
        "participants": (a_student(),),
    }
    school.publish("a", ["Le client Facturio paie tard."], title="Privé", **private)
    school.publish("b", ["Une facture se date."], title="Facture")

    found = school.titles(
        "facturio", "everyone", f"person:{a_student().id}", retrievers=RetrieverChoice.LEXICAL
    )

    assert "Privé" in found


def test_what_is_excluded_is_nowhere_in_the_documents_that_are_left(school: School) -> None:
    opening = "Un devis se date et se signe."
    school.publish("a", [opening, "La micro a ses plafonds."], title="Micro plus loin")
    school.publish("b", [opening, "La société en a d'autres."], title="Société")
    school.publish("c", [opening, "Le plan de trésorerie."], title="Plan")

    for choice in RetrieverChoice:
        found = school.search('devis -micro -"plan de trésorerie"', retrievers=choice)
        assert [hit.document.title for hit in found.hits] == ["Société"], choice
        assert [each.count for each in found.facets["kind"]] == [1], choice
    assert set(school.titles("-micro")) == {"Plan", "Société"}


@pytest.mark.parametrize("text", ["?!", "🚀", "«  »", "€", "( )"])
def test_a_text_without_a_word_finds_nothing_and_says_so(school: School, text: str) -> None:
    school.publish("a", ["Un devis simple."], title="Simple")

    page = school.search(text)

    assert (page.hits, page.total, page.total_relation) == ((), 0, TotalRelation.EXACT)


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200d\ufeff", "\x00\x07"])
def test_what_nobody_can_see_is_an_empty_text(school: School, text: str) -> None:
    school.publish("a", ["Un devis simple."], title="Simple")

    assert school.titles(text) == ["Simple"]


def test_a_minus_alone_lists_what_lacks_the_word(school: School) -> None:
    school.publish("a", ["Un devis simple."], title="Simple")
    school.publish("b", ["La micro-entreprise."], title="Micro")

    assert school.titles("-micro") == ["Simple"]


def test_a_list_of_everything_and_a_whole_ranking_name_every_document(school: School) -> None:
    text = (
        "Pour relancer une facture impayée, on écrit d'abord un message aimable, puis une lettre "
        "recommandée, et l'on compte les pénalités de retard à partir de l'échéance convenue."
    )
    one = school.publish("a", [text], title="Relances")
    other = school.publish("b", [text + " Merci."], title="Relances, suite")
    query = Query(text="facture impayée", filter=Filter(audiences=frozenset({"everyone"})))

    assert sorted(school.titles("")) == ["Relances", "Relances, suite"]
    assert school.search("facture impayée").total == 1
    ranked = rank_documents(query, school.handle.engine)
    assert {document_id for document_id, _ in ranked} == {one.id, other.id}
    assert len({score for _, score in ranked}) == 1
