"""instant() over real indexes: what shows while the query is still being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.builders import a_mentor, a_student, an_exchange
from indexer.retrieval.instant import instant
from schemas.document import DocumentKind, Visibility
from schemas.errors import InvalidInputError
from schemas.hit import Hit, ResultPage, TotalRelation
from schemas.query import MAX_QUERY_CHARS, Filter

if TYPE_CHECKING:
    from tests.integration.indexer.conftest import School


def typed(school: School, text: str, *audiences: str, limit: int = 10) -> ResultPage:
    where = Filter(audiences=frozenset(audiences or {"everyone"}))
    return instant(text, where, school.handle.engine, limit=limit)


def titles(school: School, text: str, *audiences: str) -> list[str]:
    return [hit.document.title for hit in typed(school, text, *audiences).hits]


def marked(hit: Hit) -> list[str]:
    (passage,) = hit.passages
    text = passage.snippet.text
    return [text[span.start : span.end] for span in passage.snippet.highlights]


def test_two_letters_find_words_that_start_so_without_accents(school: School) -> None:
    school.publish("a", ["Les économies d'énergie."], title="Sobriété")
    school.publish("b", ["La météo est clémente."], title="Divers")

    (hit,) = typed(school, "ec").hits

    assert hit.document.title == "Sobriété"
    assert marked(hit) == ["économies"]


def test_a_whole_word_counts_beside_the_one_being_typed(school: School) -> None:
    school.publish("a", ["La facture du client."], title="A")
    school.publish("b", ["Les factures impayées se relancent."], title="B")

    hits = typed(school, "facture imp").hits

    assert [hit.document.title for hit in hits] == ["B", "A"]
    assert marked(hits[0]) == ["factures", "impayées"]


def test_a_space_ends_the_word(school: School) -> None:
    school.publish("a", ["Un prix juste."], title="A")
    school.publish("b", ["Une prixfixe pour tous."], title="B")

    assert sorted(titles(school, "prix")) == ["A", "B"]
    assert titles(school, "prix ") == ["A"]


def test_a_last_word_that_is_whole_finds_its_other_forms(school: School) -> None:
    school.publish("a", ["Une économie de temps."], title="A")

    assert titles(school, "économies") == ["A"]


def test_a_document_is_one_hit_with_its_best_place(school: School) -> None:
    school.publish("a", ["Rien ici.", "La trésorerie, toute la trésorerie."], title="A")

    (hit,) = typed(school, "treso").hits

    assert [passage.snippet.text for passage in hit.passages] == [
        "La trésorerie, toute la trésorerie."
    ]
    assert hit.explanation.dense is None


def test_nobody_finds_by_a_prefix_what_they_may_not_see(school: School) -> None:
    private = an_exchange(participants=(a_student("s-17"),))
    school.publish(
        private.source,
        ["La faillite évitée."],
        title="Faillite",
        kind=DocumentKind.EXCHANGE,
        visibility=Visibility.PARTICIPANTS,
        participants=private.participants,
    )

    assert titles(school, "fail") == []
    assert titles(school, "fail", "everyone", "person:s-18") == []
    assert titles(school, "fail", "everyone", "person:s-17") == ["Faillite"]


def test_hidden_words_that_start_so_take_no_place_of_visible_ones(school: School) -> None:
    """Of very many continuations only the most frequent count: those of what one may see."""
    hidden = [f"comp{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(120)]
    for number in range(2):
        school.publish(
            f"hidden:{number}",
            [" ".join(hidden)],
            title="Caché",
            visibility=Visibility.MENTORS,
            is_awaited=False,
        )
    school.publish("a", ["Le comptable."], title="Visible")
    school.wait()

    assert titles(school, "comp") == ["Visible"]


def test_no_more_documents_than_the_limit_come_and_the_total_says_how_many(school: School) -> None:
    for n in range(4):
        school.publish(f"s{n}", [f"Le devis numéro {n}."], title=f"Devis {n}", is_awaited=False)
    school.wait()

    page = typed(school, "dev", limit=3)

    assert len(page.hits) == 3
    assert (page.total, page.total_relation, page.facets) == (4, TotalRelation.EXACT, {})


def test_less_than_two_letters_find_nothing(school: School) -> None:
    school.publish("a", ["Le devis."], title="Devis")

    assert [titles(school, text) for text in ("", " ", "d", "?")] == [[], [], [], []]


def test_texts_and_limits_out_of_bounds_are_refused(school: School) -> None:
    with pytest.raises(InvalidInputError, match="longer"):
        typed(school, "x" * (MAX_QUERY_CHARS + 1))
    with pytest.raises(InvalidInputError, match="per page"):
        typed(school, "devis", limit=0)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_no_typed_text_raises(school: School, text: str) -> None:
    typed(school, text)


def test_a_filter_is_obeyed_while_typing(school: School) -> None:
    school.publish("a", ["Le devis."], title="Fiche")
    school.publish("b", ["Le devis."], title="Cours", kind=DocumentKind.COURSE)
    where = Filter(audiences=frozenset({"everyone"}), kinds=frozenset({DocumentKind.COURSE}))

    page = instant("dev", where, school.handle.engine)

    assert [hit.document.title for hit in page.hits] == ["Cours"]
    assert page.total == 1


def test_a_total_that_stopped_at_the_candidates_is_a_lower_bound(school: School) -> None:
    for n in range(51):
        school.publish(f"s{n}", ["Le devis."], title=f"Cas {n}", is_awaited=False)
    school.wait()

    page = typed(school, "dev")

    assert (page.total, page.total_relation) == (50, TotalRelation.AT_LEAST)


def test_conditions_hold_while_one_types(school: School) -> None:
    school.publish("a", ["La facture du micro."], title="Micro", kind=DocumentKind.COURSE)
    school.publish("b", ["La facture se relance."], title="Relance", kind=DocumentKind.COURSE)
    school.publish("c", ["Une facture impayée."], title="Fiche", kind=DocumentKind.SHEET)

    assert sorted(titles(school, "kind:cours fact")) == ["Micro", "Relance"]
    assert titles(school, "facture kind:fiche") == ["Fiche"]
    assert titles(school, "fact -micro kind:cours") == []  # "fact" is whole: a condition follows it
    assert titles(school, "-micro kind:cours fact") == ["Relance"]
    assert titles(school, '"facture impayée"') == ["Fiche"]


def test_what_is_excluded_is_nowhere_in_the_document(school: School) -> None:
    school.publish("a", ["La facture.", "Le micro, plus tard."], title="A")
    school.publish("b", ["La facture."], title="B")

    assert titles(school, "-micro fact") == ["B"]


def test_conditions_alone_list_what_meets_them(school: School) -> None:
    school.publish("a", ["La facture."], title="A", kind=DocumentKind.COURSE)
    school.publish("b", ["Le devis."], title="B", kind=DocumentKind.SHEET)

    assert titles(school, "kind:fiche") == ["B"]
    assert titles(school, "") == []


def test_a_mentor_is_named_only_to_who_may_see_something_of_theirs(school: School) -> None:
    claire = a_mentor("m-claire", "Claire Dupont")
    school.publish(
        "a", ["La facture."], title="A", participants=(claire,), visibility=Visibility.MENTORS
    )

    assert titles(school, "mentor:claire fact", "mentors") == ["A"]
    assert titles(school, "mentor:claire fact") == []
