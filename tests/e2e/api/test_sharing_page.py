"""The page on which mentors share an exchange, as forms without scripts use it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, Final

import pytest
from httpx import Response

from api.guards import SESSION_COOKIE
from schemas.document import Document
from schemas.identity import Caller
from schemas.sharing import SharingState
from tests.e2e.api.school import ADMIN, CLAIRE, KARIM, LEA, YOUSSEF, School, exchange_of

SAID: Final = "Bonjour Claire, c'est Léa, au 06 12 34 56 78. Le four de Quimperlé est prêt."


@pytest.fixture
def document(school: School, request: pytest.FixtureRequest) -> Document:
    return exchange_of(school, f"exchange:page:{request.node.name}", SAID)


def open_page(school: School, who: Caller | None, document: Document, query: str = "") -> Response:
    cookie = f"{SESSION_COOKIE}={school.token(who)}" if who else ""
    headers = {"Cookie": cookie, "Accept": "text/html"}
    return school.client.get(f"/documents/{document.id}/share{query}", headers=headers)


def send(
    school: School, who: Caller, document: Document, part: str = "", *, site: str = "same-origin",
    **fields: Any,
) -> Response:  # fmt: skip
    return school.client.post(
        f"/documents/{document.id}/share{part}",
        data=fields,
        headers={"Cookie": f"{SESSION_COOKIE}={school.token(who)}", "Sec-Fetch-Site": site},
        follow_redirects=False,
    )


def form_of(page: Response) -> dict[str, Any]:
    """Return what a browser sends of the form as it is."""
    html = page.text
    boxes = re.findall(r'name="hide" value="([^"]+)" aria-label="([^"]+)"( checked)?', html)
    (version,) = re.findall(r'name="version" value="([^"]+)"', html)
    ticked = {unescape(label).split(" (")[0]: value for value, label, on in boxes if on}
    return {"version": version, "ticked": ticked}


def state_of(school: School, document: Document) -> SharingState | None:
    sharing = school.services.catalog.sharings.get(document.id)
    return sharing.state if sharing else None


def copy_text(school: School, document: Document) -> str:
    sharing = school.services.catalog.sharings.get(document.id)
    assert sharing is not None
    assert sharing.plan is not None
    return school.services.blobs.read(sharing.plan).decode()


@pytest.mark.parametrize(("who", "status"), [(LEA, 403), (KARIM, 403), (None, 401)])
def test_the_page_is_for_mentors_alone(
    school: School, document: Document, who: Caller | None, status: int
) -> None:
    send(school, CLAIRE, document)

    page = open_page(school, who, document)

    assert page.status_code == status
    assert "Quimperlé" not in page.text
    assert "06 12" not in page.text


@pytest.mark.parametrize("part", ["", "/decisions", "/confirm", "/withdraw"])
@pytest.mark.parametrize("who", [LEA, KARIM])
def test_students_neither_ask_nor_decide_nor_share(
    school: School, document: Document, part: str, who: Caller
) -> None:
    send(school, CLAIRE, document)
    version = form_of(open_page(school, CLAIRE, document))["version"]

    answer = send(school, who, document, part, version=version)

    assert answer.status_code == 403
    assert state_of(school, document) is SharingState.REQUESTED


@pytest.mark.parametrize("part", ["", "/decisions", "/confirm", "/withdraw"])
def test_no_page_of_another_site_shares(school: School, document: Document, part: str) -> None:
    assert send(school, CLAIRE, document, part, site="cross-site").status_code == 403


def test_what_is_not_there_has_no_page(school: School, document: Document) -> None:
    missing = "/documents/d-00000000000000000000/share"
    headers = {"Cookie": f"{SESSION_COOKIE}={school.token(CLAIRE)}"}

    assert school.client.get(missing, headers=headers).status_code == 404
    assert send(school, CLAIRE, document, "/confirm", version="x").status_code == 404


@pytest.mark.parametrize(("who", "has_link"), [(CLAIRE, True), (ADMIN, True), (LEA, False)])
def test_a_document_leads_to_its_sharing(
    school: School, document: Document, who: Caller, *, has_link: bool
) -> None:
    headers = {"Cookie": f"{SESSION_COOKIE}={school.token(who)}"}

    page = school.client.get(f"/documents/{document.id}", headers=headers).text

    assert (f'href="/documents/{document.id}/share"' in page) == has_link


def test_a_mentor_asks_reads_unticks_adds_and_confirms(school: School, document: Document) -> None:
    before = unescape(open_page(school, CLAIRE, document).text)
    send(school, CLAIRE, document)
    page = open_page(school, CLAIRE, document)
    form = form_of(page)
    hide = [place for text, place in form["ticked"].items() if text != "06 12 34 56 78"]
    added = send(
        school, CLAIRE, document, "/confirm", version=form["version"], hide=hide, words="QUIMPERLÉ"
    )
    not_yet = state_of(school, document)
    again = open_page(school, YOUSSEF, document, "?said=added")
    sent = form_of(again)

    done = send(
        school, YOUSSEF, document, "/confirm", version=sent["version"],
        hide=list(sent["ticked"].values()),
    )  # fmt: skip

    assert "Chercher ce qui identifie quelqu’un" in before
    assert set(form["ticked"]) == {"Claire", "Léa", "06 12 34 56 78"}
    assert '<span class="said-instead">[téléphone]</span>' in page.text
    assert (added.headers["location"], not_yet) == (
        f"/documents/{document.id}/share?said=added#said",
        SharingState.REQUESTED,
    )
    assert set(sent["ticked"]) == {"Claire", "Léa", "Quimperlé"}
    assert done.status_code == 303
    assert state_of(school, document) is SharingState.CONFIRMED
    told = copy_text(school, document)
    assert "[mentor], c'est [élève], au 06 12 34 56 78. Le four de [masqué] est prêt." in told


def test_unticking_what_a_mentor_marked_forgets_the_mark(
    school: School, document: Document
) -> None:
    send(school, CLAIRE, document)
    form = form_of(open_page(school, CLAIRE, document))
    hide = list(form["ticked"].values())
    send(school, CLAIRE, document, "/decisions", version=form["version"], hide=hide, words="four")
    marked = form_of(open_page(school, CLAIRE, document))

    send(school, CLAIRE, document, "/decisions", version=marked["version"], hide=hide)

    assert "four" in marked["ticked"]
    assert form_of(open_page(school, CLAIRE, document)) == form


def test_mentors_who_stay_named_are_hidden_again_when_they_change_their_mind(
    school: School, document: Document
) -> None:
    send(school, CLAIRE, document)
    form = form_of(open_page(school, CLAIRE, document))
    hide = list(form["ticked"].values())
    named = {"version": form["version"], "hide": hide, "names_mentor": "yes"}
    send(school, CLAIRE, document, "/decisions", **named)
    agreed = form_of(open_page(school, CLAIRE, document))

    send(
        school, CLAIRE, document, "/decisions", version=agreed["version"],
        hide=list(agreed["ticked"].values()),
    )  # fmt: skip

    assert "Claire" not in agreed["ticked"]
    assert form_of(open_page(school, CLAIRE, document)) == form


@pytest.mark.parametrize("part", ["/decisions", "/confirm"])
def test_a_form_of_an_older_preview_changes_nothing(
    school: School, document: Document, part: str
) -> None:
    send(school, CLAIRE, document)
    form = form_of(open_page(school, CLAIRE, document))
    send(school, YOUSSEF, document, "/decisions", version=form["version"], hide=[])
    decided = form_of(open_page(school, CLAIRE, document))

    answer = send(school, CLAIRE, document, part, version=form["version"], hide=[])

    assert answer.headers["location"].endswith("?said=changed#said")
    assert form_of(open_page(school, CLAIRE, document)) == decided
    assert state_of(school, document) is SharingState.REQUESTED


@pytest.mark.parametrize("place", ["x", "0:1", "0:1:2:3"])
def test_a_place_that_is_none_is_refused(school: School, document: Document, place: str) -> None:
    send(school, CLAIRE, document)
    version = form_of(open_page(school, CLAIRE, document))["version"]

    answer = send(school, CLAIRE, document, "/decisions", version=version, hide=[place])

    assert answer.status_code == 400


def test_what_is_hidden_elsewhere_must_be_shown_first(school: School, document: Document) -> None:
    school.client.post(
        f"/v1/documents/{document.id}/restrictions",
        json={"place": {"start_ms": 0, "end_ms": 9_000}},
        headers=school.headers(CLAIRE),
    )
    send(school, CLAIRE, document)

    page = open_page(school, CLAIRE, document)
    form = form_of(page)
    answer = send(school, CLAIRE, document, "/confirm", version=form["version"], hide=[])

    assert "/share/confirm" not in page.text
    assert f'href="/documents/{document.id}/edit#hidden"' in page.text
    assert answer.headers["location"].endswith("?said=changed#said")
    assert state_of(school, document) is SharingState.REQUESTED


def test_the_page_tells_when_the_sound_is_silent_and_takes_the_sharing_back(
    school: School, document: Document
) -> None:
    send(school, CLAIRE, document)

    page = unescape(open_page(school, CLAIRE, document).text)
    gone = send(school, CLAIRE, document, "/withdraw")

    assert "pendant 7,5 s" in page  # words without times: the turn is silent as a whole
    assert gone.status_code == 303
    assert state_of(school, document) is None


def test_what_students_see_is_not_shared_again(school: School) -> None:
    document = school.publish("sheet:page:open", "Le mot lisbonne est à tous.")

    page = unescape(open_page(school, CLAIRE, document).text)

    assert "Les élèves voient déjà ce document" in page
    assert send(school, CLAIRE, document).status_code == 409
