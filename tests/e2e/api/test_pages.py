"""The portal's pages as a browser without scripts gets them, for every role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Final
from urllib.parse import quote

import msgspec
import pytest
from httpx import Response

from api.guards import SESSION_COOKIE
from api.views.places import place_url
from fixtures.builders import a_document, a_mentor, a_profile, a_student
from schemas.content import Block, Body
from schemas.document import Document, DocumentKind, Visibility
from schemas.identity import Caller
from schemas.span import PageSpan
from tests.e2e.api.school import ADMIN, CLAIRE, KARIM, LEA, School, exchange_of, open_school

HOSTILE: Final = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
OWN: Final = {"Origin": "http://testserver.local"}
"""What a browser says of a form on one of our own pages."""
MISSING: Final = "d-00000000000000000000"


class _Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    with open_school(tmp_path_factory.mktemp("demo"), demo=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school of this file's own: what is new depends on everything that is there."""
    with open_school(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


@pytest.fixture(scope="module")
def private(school: School) -> Document:
    return exchange_of(
        school,
        "exchange:pages",
        "Le mot singapour ne sort pas de cet échange.",
        title="Singapour entre nous",
        created_at=datetime(2040, 1, 1, tzinfo=UTC),  # newer than all others: the first page has it
    )


@pytest.fixture(scope="module")
def hostile(school: School) -> Document:
    return school.publish(
        "sheet:hostile",
        f"Le mot tombouctou et ce texte : {HOSTILE}",
        title=f"Tombouctou {HOSTILE} 🧗🏽‍♀️",
        kind=DocumentKind.SHEET,
        visibility=Visibility.STUDENTS,
    )


def open_page(school: School, who: Caller | None, path: str) -> Response:
    cookie = f"{SESSION_COOKIE}={school.token(who)}" if who else ""
    return school.client.get(path, headers={"Cookie": cookie, "Accept": "text/html"})


def test_results_and_documents_read_without_a_script(school: School, private: Document) -> None:
    results = open_page(school, LEA, "/?q=singapour")
    page = open_page(school, LEA, f"/documents/{private.id}?q=singapour")

    assert (results.status_code, page.status_code) == (200, 200)
    for answer in (results, page):
        assert "Singapour entre nous" in answer.text
        assert "<mark>singapour</mark>" in answer.text
    assert f'href="/documents/{private.id}?t=' in results.text


@pytest.mark.parametrize(
    ("who", "sees"), [(LEA, True), (CLAIRE, True), (ADMIN, True), (KARIM, False)]
)
@pytest.mark.parametrize("path", ["/", "/?q=singapour", "/?sort=newest", "/documents/{id}"])
def test_a_page_shows_what_its_reader_may_see_and_not_a_word_more(
    school: School, private: Document, path: str, who: Caller, *, sees: bool
) -> None:
    answer = open_page(school, who, path.format(id=private.id))

    assert ("singapour" in answer.text.lower().replace('value="singapour"', "")) >= sees
    assert ("Singapour entre nous" in answer.text) == sees
    assert (private.id in answer.text.replace(f"/documents/{private.id}?", "")) == sees


def test_a_page_one_may_not_see_is_a_page_that_does_not_exist(
    school: School, private: Document
) -> None:
    there, nowhere = (
        open_page(school, KARIM, f"/documents/{document_id}")
        for document_id in (private.id, MISSING)
    )

    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert there.text.replace(private.id, MISSING) == nowhere.text


@pytest.mark.parametrize("path", ["/", "/?q=singapour", "/documents/{id}"])
def test_who_has_not_signed_in_sees_the_way_in(
    school: School, private: Document, path: str
) -> None:
    answer = open_page(school, None, path.format(id=private.id))

    assert answer.status_code == 401
    assert 'name="token"' in answer.text
    assert "Singapour" not in answer.text


@pytest.mark.parametrize("path", ["/?q={hostile}", "/documents/{id}?q={hostile}", "/?q=tombouctou"])
def test_markup_in_titles_texts_and_queries_stays_text(
    school: School, hostile: Document, path: str
) -> None:
    answer = open_page(school, LEA, path.format(id=hostile.id, hostile=quote(HOSTILE)))

    tags = _Tags(answer.text).found
    assert answer.status_code == 200
    assert "alert(1)" in answer.text  # it is shown
    assert not [
        attrs
        for tag, attrs in tags
        if tag == "script" and "src" not in attrs and attrs.get("type") != "application/json"
    ]
    assert not [attrs for _, attrs in tags if any(name.startswith("on") for name in attrs)]
    assert not [attrs for tag, attrs in tags if tag == "img" and attrs.get("src") == "x"]


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("q=" + "x" * 5000, 400, "Raccourcissez"),
        ("q=" + "x" * 900, 200, ""),
        ("q=prix&kind=nothing", 400, "« nothing » n’est pas un type de document"),
        ("q=prix&since=yesterday", 400, "« yesterday » n’est pas une date"),
        ("q=prix&page=0", 400, "vont de 1 à"),
        ("q=%00%01", 200, ""),
        ("q=%F0%9F%A7%97", 200, ""),
        ("q=%22%28%5B", 200, ""),
        ("q=valparaiso&page=100", 200, ""),
    ],
)
def test_a_strange_address_is_answered_in_plain_words(
    school: School, query: str, status: int, says: str
) -> None:
    answer = open_page(school, LEA, f"/?{query}")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert says in answer.text


def test_an_address_that_leads_nowhere_is_a_page_for_people_and_a_problem_for_programs(
    school: School,
) -> None:
    people = open_page(school, LEA, "/nowhere")
    programs = school.client.get("/nowhere", headers=school.headers(LEA))
    api = open_page(school, LEA, "/v1/nowhere")

    assert (people.status_code, programs.status_code, api.status_code) == (404, 404, 404)
    assert "<h1>" in people.text
    assert programs.headers["content-type"] == "application/problem+json"
    assert api.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/?q=prix", "/nowhere"])
def test_the_policy_allows_neither_inline_nor_foreign_code(school: School, path: str) -> None:
    answer = open_page(school, LEA, path)
    policy = answer.headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["x-frame-options"] == "DENY"


def test_every_file_that_a_page_names_is_served(school: School, hostile: Document) -> None:
    pages = [
        open_page(school, LEA, path).text
        for path in ("/", "/?q=tombouctou", f"/documents/{hostile.id}")
    ]
    named = {name for page in pages for name in re.findall(r'"(/assets/[^"#]+)', page)}

    assert len(named) >= 7
    assert {school.client.get(path).status_code for path in named} == {200}


def test_pages_are_compressed_and_recordings_are_not(school: School, private: Document) -> None:
    page = open_page(school, LEA, "/")
    media = school.client.get(
        f"/v1/documents/{private.id}/media",
        headers=school.headers(LEA) | {"Range": "bytes=0-1199", "Accept-Encoding": "gzip"},
    )

    assert page.headers["content-encoding"] == "gzip"
    assert media.status_code == 206
    assert "content-encoding" not in media.headers
    assert len(media.content) == 1200


def test_the_language_is_french_until_another_is_chosen_and_then_kept(demo: School) -> None:
    french = demo.client.get("/")
    english = demo.client.get("/?lang=en&q=prix")
    later = demo.client.get("/")
    demo.client.get("/?lang=fr")

    assert '<html lang="fr">' in french.text
    assert '<html lang="en">' in english.text
    assert '<html lang="en">' in later.text
    assert 'href="/?q=prix&amp;lang=fr"' in english.text


def test_a_persona_is_chosen_by_a_form_and_nobody_is_one_outside_of_the_demo(
    demo: School, school: School
) -> None:
    form = {"persona": "m-claire", "next": "/?q=prix"}
    chosen = demo.client.post("/session", data=form, headers=OWN, follow_redirects=False)
    refused = school.client.post("/session", data=form, headers=OWN, follow_redirects=False)
    page = demo.client.get("/")

    assert (chosen.status_code, chosen.headers["location"]) == (303, "/?q=prix")
    assert 'value="m-claire" selected' in page.text
    assert refused.status_code == 404


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:alert(1)",
    ],
)
def test_signing_in_never_leads_to_another_site(demo: School, target: str) -> None:
    answer = demo.client.post(
        "/session", data={"persona": "s-lea", "next": target}, headers=OWN, follow_redirects=False
    )

    assert answer.headers["location"] == "/"


def test_a_token_opens_a_session_and_a_false_one_does_not(school: School) -> None:
    opened = school.client.post(
        "/session", data={"token": f" {school.token(LEA)} "}, follow_redirects=False
    )
    refused = school.client.post(
        "/session", data={"token": "nothing"}, headers=OWN, follow_redirects=False
    )
    school.client.cookies.clear()

    assert opened.status_code == 303
    assert "HttpOnly" in opened.headers["set-cookie"]
    assert "SameSite=strict" in opened.headers["set-cookie"]
    assert refused.status_code == 401
    assert "set-cookie" not in refused.headers


def test_sorting_by_date_puts_the_newest_first(school: School) -> None:
    for day in (1, 3, 2):
        school.publish(
            f"sheet:day-{day}",
            f"Le mot reykjavik du jour {day}.",
            title=f"Reykjavik {day}",
            kind=DocumentKind.SHEET,
            visibility=Visibility.STUDENTS,
            created_at=datetime(2031, 3, day, tzinfo=UTC),
        )

    def days(sort: str) -> list[str]:
        page = open_page(school, LEA, f"/?q=reykjavik&since=2031-01-01&sort={sort}").text
        return re.findall(r">Reykjavik (\d)</a></h2>", page)

    assert (days("newest"), days("oldest")) == (["3", "2", "1"], ["1", "2", "3"])


def test_related_questions_hold_none_that_the_reader_may_not_see(
    school: School, private: Document
) -> None:
    near = school.publish(
        "sheet:near",
        "Le mot singapour, encore.",
        title="Singapour entre autres",
        kind=DocumentKind.SHEET,
        visibility=Visibility.STUDENTS,
    )

    pages = {who.name: open_page(school, who, f"/documents/{near.id}").text for who in (LEA, KARIM)}

    assert private.id in pages["Léa"]
    assert private.id not in pages["Karim"]
    assert private.title not in pages["Karim"]


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)
def test_a_form_of_another_site_signs_nobody_in(demo: School, headers: dict[str, str]) -> None:
    answer = demo.client.post(
        "/session", data={"persona": "m-claire"}, headers=headers, follow_redirects=False
    )

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "<h1>" in answer.text


def test_the_first_page_shows_what_is_near_the_reader_s_project(
    school: School, private: Document
) -> None:
    for who in (LEA, KARIM):
        school.services.catalog.profiles.put(
            a_profile(who.person_id, project="Voyages <b>lents</b>", goals=("Aller à singapour",))
        )
    school.publish(
        "sheet:goal",
        "Aller à singapour sans avion.",
        title="Singapour par le rail",
        kind=DocumentKind.SHEET,
        visibility=Visibility.STUDENTS,
    )

    pages = {who: open_page(school, who, "/").text for who in (LEA, KARIM, CLAIRE)}
    shelves = {who: page.partition('class="shelf for-me"')[2] for who, page in pages.items()}

    assert "Voyages &lt;b&gt;lents&lt;/b&gt;" in shelves[LEA]
    assert "Singapour par le rail" in shelves[KARIM].partition("</section>")[0]
    assert private.title not in pages[KARIM]
    assert private.title not in shelves[LEA].partition("</section>")[0]  # she took part in it
    assert shelves[CLAIRE] == ""


def test_a_filter_tells_the_name_of_nobody_whose_exchanges_are_private(school: School) -> None:
    school.publish(
        "exchange:unnamed",
        "Rien.",
        title="Rien",
        kind=DocumentKind.EXCHANGE,
        visibility=Visibility.PARTICIPANTS,
        participants=(a_student("s-lea", "Léa"), a_mentor("m-unnamed", "Mentore Innommable")),
    )

    pages = {
        who: open_page(school, who, "/?q=tombouctou&kind=course&mentor=m-unnamed").text
        for who in (LEA, KARIM, CLAIRE)
    }

    assert "Mentore Innommable" in pages[LEA]
    assert "Mentore Innommable" in pages[CLAIRE]
    assert "Innommable" not in pages[KARIM]
    assert "m-unnamed" in pages[KARIM]  # the filter itself stays, to be taken off


def test_each_slide_is_a_place_that_its_number_opens(school: School) -> None:
    blocks = [Block(n, f"Diapo numéro {n}", page=n + 1) for n in range(2)]
    content = school.services.blobs.put(msgspec.json.encode(Body(tuple(blocks))))
    deck = a_document("sheet:deck", content=content, n_pages=2)
    school.services.catalog.publishing.publish(deck, [], {}, [])
    page = open_page(school, LEA, f"/documents/{deck.id}").text
    places = [tag[1]["id"] for tag in _Tags(page).found if "data-page" in tag[1]]
    assert places == ["page=1", "page=2"]
    assert "Diapositive 2 sur 2" in page
    assert place_url(deck.id, PageSpan(2, 3), None).endswith("#page=2")
