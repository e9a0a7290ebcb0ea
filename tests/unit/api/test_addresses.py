from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.datastructures import MultiDict

from api.pages.addresses import (
    DATES,
    AddressError,
    SearchAddress,
    read_address,
    read_from,
    unknown_parts,
    with_query,
)
from schemas.document import DocumentKind
from schemas.errors import InvalidInputError
from schemas.query import MAX_QUERY_CHARS, Order

WORD = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs")), min_size=1)


def _read(url: str) -> SearchAddress:
    return read_address(MultiDict(parse_qsl(urlsplit(url).query)))


@given(
    st.builds(
        SearchAddress,
        q=WORD.map(str.strip),
        kind=st.lists(st.sampled_from([str(kind) for kind in DocumentKind]), unique=True).map(
            tuple
        ),
        tag=st.lists(WORD, unique=True, max_size=3).map(tuple),
        since=st.sampled_from(["", "2026-03-01"]),
        sort=st.sampled_from(list(Order)),
        personal=st.booleans(),
        reading=st.booleans(),
        page=st.integers(1, 100),
    )
)
def test_an_address_reads_back_as_what_it_asks_for(address: SearchAddress) -> None:
    assert _read(address.url(page=address.page)) == address


def test_another_filter_goes_back_to_the_first_page() -> None:
    address = SearchAddress(q="prix", page=4)

    assert _read(address.with_value("kind", "sheet")) == SearchAddress(q="prix", kind=("sheet",))


def test_a_value_taken_off_leaves_the_others() -> None:
    address = SearchAddress(q="prix", tag=("topic.vat", "topic.prices"))

    assert _read(address.without_value("tag", "topic.vat")).tag == ("topic.prices",)


def test_an_address_that_asks_for_nothing_is_the_first_page() -> None:
    assert SearchAddress(q="prix").url(q="") == "/"
    assert read_address(MultiDict([("utm_source", "mail")])).is_home
    assert read_address(MultiDict([("personal", "false")])).is_home


@pytest.mark.parametrize(
    "pairs",
    [
        [("q", "x" * (MAX_QUERY_CHARS + 1))],
        [("page", "0")],
        [("page", "-1")],
        [("page", "²")],
        [("page", "99999999999999999999")],
        [("tag", "x" * 500)],
        [("tag", f"topic.{n}") for n in range(500)],
    ],
)
def test_an_address_beyond_the_limits_is_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidInputError):
        read_address(MultiDict(pairs))


@pytest.mark.parametrize("name", ["kind", "sort", "since", "until"])
def test_an_unknown_value_is_refused_by_name(name: str) -> None:
    address = read_address(MultiDict([("q", "prix"), (name, "nothing")]))

    with pytest.raises(AddressError) as refused:
        address.request()

    assert (refused.value.part, refused.value.value) == (name, "nothing")


def test_dates_the_wrong_way_round_are_refused() -> None:
    address = SearchAddress(q="prix", since="2026-03-02", until="2026-03-01")

    with pytest.raises(AddressError) as refused:
        address.request()

    assert refused.value.part == DATES


def test_names_that_mean_nothing_are_told_and_those_of_newsletters_are_not() -> None:
    names = ["q", "knd", "lang", "utm_source", "fbclid", "knd", "x" * 99, "tri", "ordre"]

    found = unknown_parts(MultiDict([(name, "1") for name in names]))

    assert found == ("knd", "x" * 40, "tri")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/documents/d-1", "/documents/d-1?q=le+prix"),
        ("/documents/d-1?t=12.5", "/documents/d-1?t=12.5&q=le+prix"),
        ("/documents/d-1#page=2", "/documents/d-1?q=le+prix#page=2"),
    ],
)
def test_a_place_carries_the_query_along(url: str, expected: str) -> None:
    assert with_query(url, "le prix") == expected
    assert with_query(url, "") == url
    assert with_query(url, "", "q-1") == url


def test_an_address_names_the_answer_that_led_to_it() -> None:
    url = with_query("/documents/d-1?t=3#page=2", "prix", "q-1")

    assert url == "/documents/d-1?t=3&q=prix&from=q-1#page=2"
    assert read_from(MultiDict(parse_qsl(urlsplit(url).query))) == "q-1"


@pytest.mark.parametrize("given", ["", "a b", "q-1\n", "é", "x" * 65, "<q>"])
def test_what_is_no_id_of_an_answer_names_none(given: str) -> None:
    assert not read_from(MultiDict({"from": given}))
