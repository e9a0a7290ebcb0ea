"""What people and programs send by mistake or on purpose: a page or a problem that says so.

One row for each kind of input, one column for each route. Nothing is a server's error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import pytest
from httpx import Response

from api.guards import SESSION_COOKIE
from tests.e2e.api.school import KARIM, School, open_school

FOUND: Final = "found"
EMPTY: Final = "empty"
TOO_LONG: Final = "too long"
HOME: Final = "home"


class Row(NamedTuple):
    """What is typed, what the API answers, and what the page says (a part of its text)."""

    name: str
    q: str
    answer: str
    says: str


ROWS: Final = (
    Row("nothing", "", FOUND, HOME),
    Row("spaces", " \t\n\N{NO-BREAK SPACE} ", FOUND, HOME),
    Row("zero-width characters", "\u200b\u200d\ufeff", FOUND, "Résultats"),
    Row("10 000 characters", "prix " * 2_000, TOO_LONG, "dépasse 1 000 caractères"),
    Row("a word of 10 000 letters", "x" * 10_000, TOO_LONG, "dépasse 1 000 caractères"),
    Row("a word of 1 000 letters", "x" * 1_000, FOUND, "Résultats"),
    Row("1 000 characters", "prix " * 200, FOUND, "Le prix du pain"),
    Row("stop words", "le la les de du", FOUND, "Résultats"),
    Row("the start of a question", "comment est-ce que", FOUND, "Résultats"),
    Row("punctuation", "?!… ;: ()", EMPTY, "ni mot ni chiffre"),
    Row("empty quotes", '«  » "" “”', EMPTY, "ni mot ni chiffre"),
    Row("an emoji", "🚀", EMPTY, "ni mot ni chiffre"),
    Row("an emoji of several", "👩🏽‍👩‍👧‍👦", EMPTY, "ni mot ni chiffre"),
    Row("a word and an emoji", "prix 🥖", FOUND, "Le prix du pain"),
    Row("Hebrew", "מחיר הלחם", FOUND, "Résultats"),
    Row("Arabic, turned round", "\u202eسعر الخبز\u202c", FOUND, "Résultats"),
    Row("control characters", "prix\x00\x07\x1b[31m", FOUND, "Le prix du pain"),
    Row("marks on one letter", "e" + "\u0301" * 500, FOUND, "Résultats"),
    Row("a regular expression", "(a+)+$" * 100, FOUND, "Résultats"),
    Row("another one", "^(([a-z])+.)+[A-Z]([a-z])+$ prix", FOUND, "Le prix du pain"),
    Row("a query language", "prix^2 AND (pain OR *:*) ~0.5 [a TO z] \\", FOUND, "Le prix du pain"),
    Row("a statement", "prix'; DROP TABLE documents; --", FOUND, "Le prix du pain"),
    Row("an open quote", '"prix du pain', FOUND, "Le prix du pain"),
    Row("an open guillemet", "« prix du pain", FOUND, "Le prix du pain"),
    Row("quotes all over", '"""" prix " « »» “', FOUND, "Le prix du pain"),
    Row("a field that does not exist", "couleur:bleu prix", FOUND, "Le prix du pain"),
    Row("a kind that does not exist", "kind:poème prix", FOUND, "Le prix du pain"),
    Row("fields without values", "kind: mentor: tag: type:", FOUND, "Résultats"),
    Row("a mentor who does not exist", "prix mentor:zorglub", EMPTY, "Vos conditions"),
    Row("a tag that does not exist", "tag:zorglub", EMPTY, "Aucun document ne remplit"),
    Row("a minus and its word", "prix -prix", EMPTY, "Vos conditions"),
    Row("minuses", "- -- --- -", EMPTY, "ni mot ni chiffre"),
)


class Address(NamedTuple):
    """What follows ``q=prix`` in an address, what the API says, and what the page says."""

    params: tuple[tuple[str, str], ...]
    status: int
    detail: str
    page_status: int
    says: str


ADDRESSES: Final = (
    Address((("page", "10000"),), 400, "page", 400, "vont de 1 à 100"),
    Address((("page", "0"),), 400, "page", 400, "vont de 1 à 100"),
    Address((("page", "deux"),), 400, "page", 400, "vont de 1 à 100"),
    Address((("page", "100"),), 200, "", 200, "Il n’y a pas de page 100"),
    Address((("kind", "poem"),), 400, "kind", 400, "« poem » n’est pas un type de document"),
    Address((("knd", "sheet"),), 400, "knd", 200, "« knd » dans l’adresse n’est pas un filtre"),
    Address((("utm_source", "mail"),), 400, "utm_source", 200, "Le prix du pain"),
    Address((("tag", "zorglub"),), 200, "", 200, "Vos filtres écartent peut-être la réponse"),
    Address((("mentor", "zorglub"),), 200, "", 200, "Vos filtres écartent peut-être la réponse"),
    Address((("tag", "x" * 500),), 200, "", 400, "Trop de tags à la fois"),
    Address((("since", "hier"),), 400, "since", 400, "« hier » n’est pas une date"),
    Address((("until", "2026-13-01"),), 400, "until", 400, "« 2026-13-01 » n’est pas une date"),
    Address((("since", "2026-03-02"), ("until", "2026-03-01")), 400, "date", 400, "Échangez-les"),
    Address((("sort", "bof"),), 400, "sort", 400, "« bof » n’est pas un ordre"),
)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    with open_school(tmp_path_factory.mktemp("bad")) as opened:
        for n in range(12):
            text = f"Le prix du pain numéro {n} se calcule."
            opened.publish(f"sheet:{n}", text, title=f"Le prix du pain {n}")
        yield opened


def ask(school: School, path: str, params: Any) -> Response:
    return school.client.get(path, params=params, headers=school.headers(KARIM))


def page(school: School, params: Any) -> tuple[Response, str]:
    """Return a page and what it says, without its tags."""
    cookie = {"Cookie": f"{SESSION_COOKIE}={school.token(KARIM)}", "Accept": "text/html"}
    answer = school.client.get(f"/?{urlencode(params)}", headers=cookie)
    return answer, " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def assert_answers(answer: Response, expected: str) -> None:
    if expected == TOO_LONG:
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert re.search(r"\bq\b.*1000", answer.json()["detail"])
        return
    assert answer.status_code == 200, answer.text
    assert (answer.json()["total"] > 0) == (expected == FOUND)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_search_finds_or_says_what_is_wrong(school: School, row: Row) -> None:
    by_address = ask(school, "/v1/search", {"q": row.q})
    by_body = school.client.post("/v1/search", json={"q": row.q}, headers=school.headers(KARIM))

    assert_answers(by_address, row.answer)
    assert_answers(by_body, row.answer)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_one_of_several_searches_takes_the_others_along(school: School, row: Row) -> None:
    body = {"searches": [{"q": "pain"}, {"q": row.q}]}

    answer = school.client.post("/v1/multi-search", json=body, headers=school.headers(KARIM))

    good, bad = answer.json()["results"]
    assert good["total"] > 0
    assert bad.get("status") == (400 if row.answer == TOO_LONG else None)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize(
    ("path", "more"), [("/v1/search", {"mode": "instant"}), ("/v1/suggest", {"limit": "20"})]
)
def test_what_shows_while_one_types_never_fails(
    school: School, path: str, more: dict[str, str], row: Row
) -> None:
    answer = ask(school, path, {"q": row.q, **more})

    assert answer.status_code == (400 if row.answer == TOO_LONG else 200)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_page_says_what_was_found_or_why_nothing(school: School, row: Row) -> None:
    answer, text = page(school, {"q": row.q})

    assert answer.status_code == (400 if row.answer == TOO_LONG else 200)
    if row.says == HOME:
        assert 'data-view="home"' in answer.text
    else:
        assert row.says in text


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: str(address.params)[:60])
def test_an_address_is_obeyed_or_says_which_part_is_wrong(school: School, address: Address) -> None:
    params = [("q", "prix"), *address.params]

    answer = ask(school, "/v1/search", params)
    shown, text = page(school, params)

    assert answer.status_code == address.status
    if address.status == 400:
        assert answer.json()["code"] == "invalid-input"
        assert address.detail in answer.json()["detail"]
    assert shown.status_code == address.page_status
    assert address.says in text


def test_a_page_that_is_refused_offers_the_same_search_without_what_was_wrong(
    school: School,
) -> None:
    answer, text = page(school, {"q": "prix", "kind": "poem"})

    assert 'href="/?q=prix"' in answer.text
    assert "Chercher « prix » sans cela" in text


@pytest.mark.parametrize(
    "raw", ["q=%FF%FE", "q=%ED%A0%80", "q=%", "q=%00", "q=a&q=b", "q[]=a&q=prix", "&&q=prix&="]
)
def test_bytes_that_are_no_text_never_fail(school: School, raw: str) -> None:
    by_api = school.client.get(f"/v1/search?{raw}", headers=school.headers(KARIM))
    cookie = {"Cookie": f"{SESSION_COOKIE}={school.token(KARIM)}", "Accept": "text/html"}
    by_page = school.client.get(f"/?{raw}", headers=cookie)

    assert by_api.status_code in {200, 400}
    assert by_page.status_code in {200, 400}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"[]", b'{"q": 7}', b'{"q": "\\ud800"}', b"\xff", b'{"q":"a"}x']
)
def test_a_body_that_is_no_search_is_a_problem(school: School, body: bytes) -> None:
    headers = {**school.headers(KARIM), "Content-Type": "application/json"}

    for path in ("/v1/search", "/v1/multi-search"):
        answer = school.client.post(path, content=body, headers=headers)
        assert answer.status_code in {200, 400}, path
