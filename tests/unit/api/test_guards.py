"""Whose request a cookie proves: our own pages', and nobody else's for anything but reading."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Request, delete
from litestar.testing import RequestFactory

from api.guards import SESSION_COOKIE, require_own_page, token_of
from schemas.errors import ForbiddenError, UnauthenticatedError

AnyRequest = Request[Any, Any, Any]
OURS = "school.example"
OWN = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://school.example"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Origin": "http://school.example"},
    {"Origin": "http://School.Example"},
]
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "Same-Origin"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://school.example"},
    {"Sec-Fetch-Site": "none", "Origin": "http://school.example"},
    {"Origin": "http://evil.example"},
    {"Origin": "https://school.example"},
    {"Origin": "http://school.example:8000"},
    {"Origin": "http://school.example.evil.example"},
    {"Origin": "http://portail.school.example"},
    {"Origin": "null"},
    {"Origin": ""},
]


@delete("/")
async def a_route() -> None: ...


def a_request(method: str, headers: dict[str, str], *, cookie: bool = True) -> AnyRequest:
    sent = {"Host": OURS, **headers}
    if cookie:
        sent["Cookie"] = f"{SESSION_COOKIE}=proof"
    factory = RequestFactory(server=OURS, port=80)
    makers = {
        "GET": factory.get,
        "POST": factory.post,
        "PUT": factory.put,
        "PATCH": factory.patch,
        "DELETE": factory.delete,
    }
    return makers[method]("/v1/anything", headers=sent)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("headers", OWN, ids=str)
def test_a_cookie_writes_for_our_own_pages(method: str, headers: dict[str, str]) -> None:
    assert token_of(a_request(method, headers)) == "proof"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("headers", [*FOREIGN, {}], ids=str)
def test_a_cookie_writes_for_nobody_else(method: str, headers: dict[str, str]) -> None:
    with pytest.raises(UnauthenticatedError, match="Authorization header"):
        token_of(a_request(method, headers))


@pytest.mark.parametrize("headers", [*OWN, *FOREIGN, {}], ids=str)
def test_a_cookie_reads_whoever_asks(headers: dict[str, str]) -> None:
    assert token_of(a_request("GET", headers)) == "proof"


@pytest.mark.parametrize("headers", [*OWN, *FOREIGN, {}], ids=str)
def test_a_bearer_token_writes_whoever_asks(headers: dict[str, str]) -> None:
    request = a_request("POST", headers | {"Authorization": "Bearer own"})

    assert token_of(request) == "own"


def test_an_own_page_without_a_cookie_proves_nobody() -> None:
    with pytest.raises(UnauthenticatedError, match="Sign in"):
        token_of(a_request("POST", OWN[0], cookie=False))


@pytest.mark.parametrize("cookie", [True, False])
@pytest.mark.parametrize("headers", OWN, ids=str)
def test_signing_in_is_for_our_own_pages(headers: dict[str, str], *, cookie: bool) -> None:
    require_own_page(a_request("POST", headers, cookie=cookie), a_route)


@pytest.mark.parametrize("cookie", [True, False])
@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_signing_in_is_not_for_other_sites(headers: dict[str, str], *, cookie: bool) -> None:
    with pytest.raises(ForbiddenError):
        require_own_page(a_request("POST", headers, cookie=cookie), a_route)


def test_a_program_that_names_no_origin_signs_in_without_a_cookie_only() -> None:
    require_own_page(a_request("POST", {}, cookie=False), a_route)

    with pytest.raises(ForbiddenError):
        require_own_page(a_request("POST", {}), a_route)
