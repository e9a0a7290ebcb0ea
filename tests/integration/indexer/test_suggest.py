"""suggest() over a real catalog and real indexes: what is offered, to whom, in which order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.builders import A_MOMENT, a_judgment, a_mentor, a_student, a_tag
from indexer.retrieval.suggest import MAX_SUGGESTIONS, suggest
from schemas.document import Document, DocumentKind, Visibility
from schemas.errors import InvalidInputError
from schemas.identity import MENTORS
from schemas.ids import PersonId
from schemas.judgment import Verdict

if TYPE_CHECKING:
    from tests.integration.indexer.conftest import School

PRIVATE: dict[str, Any] = {
    "kind": DocumentKind.EXCHANGE,
    "visibility": Visibility.PARTICIPANTS,
    "participants": (a_student("s-17"), a_mentor("m-9", "Ludovic Quokka")),
}


def offered(school: School, text: str, *audiences: str, limit: int = 8) -> list[tuple[str, str]]:
    keys = frozenset(audiences or {"everyone"})
    found = suggest(text, keys, school.handle.engine, limit=limit)
    return [(each.type.value, each.text) for each in found]


def helped(school: School, document: Document, query: str, n_people: int) -> None:
    for number in range(n_people):
        school.catalog.judgments.record(
            a_judgment(
                document,
                person_id=PersonId(f"s-{number}"),
                query_text=query,
                judged_at=A_MOMENT + timedelta(seconds=number),
            )
        )


def test_any_word_of_a_title_starts_it_whatever_the_accents(school: School) -> None:
    school.publish("a", ["Texte."], title="Gérer la trésorerie d’été")

    for typed in ("ger", "TRESO", "tréso", "la treso", "ete", "d'été"):
        assert offered(school, typed) == [("document", "Gérer la trésorerie d’été")]


def test_what_starts_as_typed_comes_before_what_contains_it(school: School) -> None:
    for title in ("Autres devis", "Devis signé", "Bons devis", "Devis refusé"):
        school.publish(title, ["Texte."], title=title, is_awaited=False)
    school.wait()

    assert [text for _, text in offered(school, "dev")] == [
        "Devis refusé",
        "Devis signé",
        "Autres devis",
        "Bons devis",
    ]


def test_a_title_that_starts_as_typed_is_found_among_very_many_others(school: School) -> None:
    for n in range(120):
        title = f"{n} prix aaa"
        school.publish(title, ["Texte."], title=title, is_awaited=False)
    school.publish("z", ["Texte."], title="Prix zzz")

    assert offered(school, "pri")[0] == ("document", "Prix zzz")


def test_a_title_of_several_documents_is_offered_once_and_first(school: School) -> None:
    for source, title in (("a", "Devis A"), ("b", "Devis Z"), ("c", "Devis Z")):
        school.publish(source, ["Texte."], title=title)

    assert [text for _, text in offered(school, "dev")] == ["Devis Z", "Devis A"]


def test_a_tag_is_offered_by_any_of_its_names_while_somebody_carries_it(school: School) -> None:
    tag = next(tag for tag in school.handle.engine.taxonomy.tags if tag.id == "topic.pricing")
    school.publish("a", ["Texte."], title="Sujet", tags=[a_tag(tag.id)])

    assert offered(school, tag.label[:6]) == [("tag", tag.label)]
    assert ("tag", tag.label) in offered(school, tag.aliases[0])
    assert offered(school, "restaur") == []


def test_a_mentor_is_offered_by_first_or_last_name(school: School) -> None:
    school.publish("a", ["Texte."], title="Sujet", participants=(a_mentor("m-7", "Zoé Wallaby"),))
    school.publish("b", ["Texte."], title="Autre", participants=(a_student("s-7", "Zoé Wombat"),))

    assert offered(school, "zoe") == [("mentor", "Zoé Wallaby")]
    assert offered(school, "walla") == [("mentor", "Zoé Wallaby")]
    assert suggest("walla", frozenset({"everyone"}), school.handle.engine)[0].id == "m-7"


def test_mentors_and_titles_of_private_exchanges_are_offered_to_who_may_see_them(
    school: School,
) -> None:
    school.publish("a", ["Texte."], title="Quokka secret", tags=[a_tag("sector.food")], **PRIVATE)

    expected = [("document", "Quokka secret"), ("mentor", "Ludovic Quokka")]
    assert offered(school, "quok") == []
    assert offered(school, "quok", "everyone", "person:s-18") == []
    assert offered(school, "quok", "everyone", "person:s-17") == expected
    assert offered(school, "quok", MENTORS) == expected
    assert offered(school, "restaur") == []
    assert offered(school, "quokak") == []


def test_a_query_that_helped_enough_people_is_offered(school: School) -> None:
    document = school.publish("a", ["Texte."], title="Sujet")
    helped(school, document, "Combien facturer l’été ?", 4)
    assert offered(school, "combien") == []

    helped(school, document, "Combien facturer l’été ?", 5)

    expected = [("query", "Combien facturer l’été ?")]
    assert offered(school, "comb") == expected
    assert offered(school, "factu") == expected
    assert offered(school, "l'ete") == expected
    assert offered(school, "combien facturer l'été ?") == []


def test_a_query_is_offered_no_more_once_too_few_stand_by_it(school: School) -> None:
    document = school.publish("a", ["Texte."], title="Sujet")
    helped(school, document, "combien facturer", 5)
    assert offered(school, "comb") != []

    withdrawn = a_judgment(
        document,
        person_id=PersonId("s-0"),
        query_text="combien facturer",
        value=Verdict.WITHDRAWN,
    )
    school.catalog.judgments.record(withdrawn)

    assert offered(school, "comb") == []


def test_a_query_that_helped_with_hidden_documents_is_offered_to_who_may_see_them(
    school: School,
) -> None:
    private = school.publish("a", ["Texte."], title="Secret", **PRIVATE)
    public = school.publish("b", ["Texte."], title="Sujet")
    helped(school, private, "combien facturer", 5)
    helped(school, public, "combien facturer", 1)

    assert offered(school, "comb") == []
    assert offered(school, "comb", "everyone", "person:s-17") == [("query", "combien facturer")]


def test_a_query_whose_document_is_gone_is_offered_no_more(school: School) -> None:
    document = school.publish("a", ["Texte."], title="Sujet")
    helped(school, document, "combien facturer", 5)
    assert offered(school, "comb") != []

    school.catalog.documents.delete(document.id)
    school.wait()

    assert offered(school, "comb") == []


@pytest.mark.parametrize("typed", ["trésoreire", "tresorrie", "la trezorerie", "tresorie"])
def test_a_typing_mistake_still_finds_the_title(school: School, typed: str) -> None:
    school.publish("a", ["Texte."], title="Gérer la trésorerie")
    school.publish("b", ["Texte."], title="Trois devis")

    assert offered(school, typed) == [("document", "Gérer la trésorerie")]


def test_a_typing_mistake_still_finds_the_tag(school: School) -> None:
    school.publish("a", ["Texte."], title="Sujet", tags=[a_tag("sector.food")])
    label = school.handle.engine.taxonomy.by_id[a_tag("sector.food").tag_id].label

    assert label[:6] == "Restau"
    assert offered(school, "resturation") == [("tag", label)]


def test_no_kind_crowds_out_the_others(school: School) -> None:
    for n in range(10):
        mentor = a_mentor(f"m-{n}", f"Prisca {n}")
        school.publish(f"d{n}", ["Texte."], title=f"Prix {n}", participants=(mentor,))
    document = school.publish("a", ["Texte."], title="Sujet")
    for n in range(4):
        helped(school, document, f"prix numéro {n}", 5)

    kinds = [kind for kind, _ in offered(school, "pri")]

    assert kinds == ["query"] * 2 + ["document"] * 4 + ["mentor"] * 2
    assert [kind for kind, _ in offered(school, "prisca")] == ["mentor"] * 8


@pytest.mark.parametrize("limit", [1, 2, 3, MAX_SUGGESTIONS])
def test_no_more_than_the_limit_are_offered(school: School, limit: int) -> None:
    for n in range(4):
        school.publish(f"d{n}", ["Texte."], title=f"Prix {n}", is_awaited=False)
    school.wait()

    assert len(offered(school, "pri", limit=limit)) == min(limit, 4)


def test_limits_out_of_bounds_are_refused(school: School) -> None:
    for limit in (0, MAX_SUGGESTIONS + 1):
        with pytest.raises(InvalidInputError, match="limit"):
            offered(school, "pri", limit=limit)


def test_a_whole_question_is_near_no_short_name_within_it(school: School) -> None:
    """The tag goes by "CA", which stands in every second question."""
    school.publish("a", ["Texte."], title="Fiche", tags=[a_tag("topic.revenue")])

    assert offered(school, "comment facturer un client") == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40), start=st.sampled_from(["", "dev", "le prix d'"]))
def test_no_typed_text_makes_suggestions_raise(school: School, text: str, start: str) -> None:
    offered(school, start + text)
