"""The page on which a document is changed: who gets it, and what it says of what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from schemas.document import Visibility
from schemas.identity import Caller
from schemas.ids import TagId
from tests.e2e.api.school import (
    ADMIN,
    CLAIRE,
    KARIM,
    LEA,
    YOUSSEF,
    School,
    exchange_of,
    open_school,
)
from tests.e2e.api.test_console import open_page

MISSING = "d-00000000000000000000"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school of its own: what is published here would fill the lists of other tests."""
    with open_school(tmp_path_factory.mktemp("editing")) as opened:
        yield opened


@pytest.mark.parametrize("who", [LEA, KARIM])
def test_students_change_no_document_whether_they_may_see_it_or_not(
    school: School, who: Caller
) -> None:
    document = exchange_of(school, "exchange:edit", "Le mot managua.", title="Managua")

    there, nowhere = (
        open_page(school, who, f"/documents/{document_id}/edit")
        for document_id in (document.id, MISSING)
    )

    assert (there.status_code, nowhere.status_code) == (403, 403)
    assert there.text.replace(document.id, MISSING) == nowhere.text
    assert "Managua" not in there.text


def test_who_has_not_signed_in_is_shown_the_way_in(school: School) -> None:
    document = exchange_of(school, "exchange:edit", "Le mot managua.", title="Managua")

    answer = open_page(school, None, f"/documents/{document.id}/edit")

    assert answer.status_code == 401
    assert "Managua" not in answer.text


def test_a_document_that_does_not_exist_cannot_be_changed(school: School) -> None:
    assert open_page(school, CLAIRE, f"/documents/{MISSING}/edit").status_code == 404


@pytest.mark.parametrize(("who", "has_link"), [(LEA, False), (CLAIRE, True), (ADMIN, True)])
def test_only_who_may_change_a_document_is_led_there(
    school: School, who: Caller, *, has_link: bool
) -> None:
    document = exchange_of(school, "exchange:edit", "Le mot managua.", title="Managua")

    page = open_page(school, who, f"/documents/{document.id}").text

    assert (f'href="/documents/{document.id}/edit"' in page) == has_link


def test_each_tag_says_who_or_what_put_it_there(school: School) -> None:
    document = exchange_of(school, "exchange:tags", "Le mot tegucigalpa.")
    wanted = [TagId("sector.food"), TagId("topic.pricing")]
    school.services.catalog.documents.set_person_tags(document.id, wanted, CLAIRE.person_id)

    mine, theirs = (
        unescape(open_page(school, who, f"/documents/{document.id}/edit").text)
        for who in (CLAIRE, YOUSSEF)
    )

    assert re.search(r'value="topic.pricing" checked>.*<small>ajoutée par vous', mine)
    assert re.search(r'value="topic.pricing" checked>.*<small>ajoutée par Claire', theirs)
    assert re.search(r'value="sector.food" checked>.*<small>\w+', mine)
    assert len(re.findall(r'name="tag".* checked', mine)) == 2


def test_the_visibility_in_force_is_the_one_that_is_chosen(school: School) -> None:
    document = school.publish("sheet:seen", "Le mot belmopan.", visibility=Visibility.MENTORS)

    page = open_page(school, CLAIRE, f"/documents/{document.id}/edit").text

    assert re.findall(r'name="visibility" value="(\w+)" checked', page) == ["mentors"]


def test_each_turn_can_be_heard_and_says_what_was_corrected_in_it(school: School) -> None:
    document = school.publish("talk:turns", "La TVA est un impopayé.", title="La TVA")
    body = {"text": "La TVA est un impôt payé.", "revision": document.revision}
    school.client.put(
        f"/v1/documents/{document.id}/utterances/0", json=body, headers=school.headers(CLAIRE)
    )

    answer = open_page(school, YOUSSEF, f"/documents/{document.id}/edit")
    page = unescape(answer.text).replace("\u00a0", " ")

    assert f'data-revision="{document.revision}"' in page
    assert f'<audio id="player" src="/v1/documents/{document.id}/media"' in page
    assert 'data-ordinal="0" data-start="1500" data-heard="La TVA est un impopayé."' in page
    assert '<p class="turn-text" dir="auto">La TVA est un impôt payé.</p>' in page
    assert re.search(
        r"Corrigé le .* par Claire ; entendu : « La TVA est un impopayé. »",
        page,
    )
    assert "En attente de traitement" in page
