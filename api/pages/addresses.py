"""The address of a page of results: it holds the query and every filter, so that it can be kept."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, TypeVar
from urllib.parse import urlencode

import msgspec
from litestar.datastructures import MultiDict

from schemas.document import DocumentKind
from schemas.errors import InvalidInputError
from schemas.query import MAX_PAGE, MAX_QUERY_CHARS, Order
from schemas.wire import MAX_FILTER_VALUES, SearchRequest

PER_PAGE: Final = 10
FILTERS: Final = ("kind", "tag", "mentor", "speaker")
"""Filters that take several values, in the order that pages show them."""
_MAX_VALUE_CHARS: Final = 200
_SWITCHES: Final = ("personal", "reading")
_PARTS: Final = frozenset({"q", *FILTERS, "since", "until", "sort", *_SWITCHES, "page", "lang"})
_FOLLOWED: Final = ("utm_", "mc_", "pk_", "mtm_")  # what newsletters hang on the links in them
_FOLLOWED_WHOLE: Final = frozenset({"fbclid", "gclid", "msclkid", "ref", "source"})
_OFF: Final = "false"
_MOST_UNKNOWN: Final = 3
_MAX_NAME_CHARS: Final = 40
FROM: Final = "from"
"""The part of a document's address that holds the id of the answer that led there."""
_QUERY_ID: Final = re.compile(r"[\w-]{1,64}", re.ASCII)
DATES: Final = "dates"
"""The part of an address that is wrong when its first date lies after its last one."""


class AddressError(InvalidInputError):
    """A part of an address asks for what cannot be; pages say which and how it is meant."""

    def __init__(self, message: str, part: str = "", value: str = "") -> None:
        """Take what is wrong, the name of the part, and what stands there."""
        super().__init__(message, part, value)
        self.part = part
        self.value = value


class SearchAddress(msgspec.Struct, frozen=True):
    """What an address asks for."""

    q: str = ""
    kind: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    mentor: tuple[str, ...] = ()
    speaker: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    sort: str = Order.RELEVANCE
    page: int = 1
    personal: bool = True
    """Whether what is of the reader's own sector and stage is lifted a little."""
    reading: bool = True
    """Whether plain words may ask for what somebody says."""

    @property
    def is_home(self) -> bool:
        """Whether nothing is asked for."""
        return msgspec.structs.replace(self, personal=True, reading=True) == SearchAddress()

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter is set."""
        return any(self.chosen(name) for name in FILTERS) or bool(self.since or self.until)

    def chosen(self, name: str) -> tuple[str, ...]:
        """Return the values of a filter."""
        values: tuple[str, ...] = getattr(self, name)
        return values

    def url(self, **changes: object) -> str:
        """Return the address with some parts changed; another page only when that is the change."""
        there = msgspec.structs.replace(self, **{"page": 1, **changes})
        pairs = [("q", there.q)] if there.q else []
        pairs += [(name, value) for name in FILTERS for value in there.chosen(name)]
        pairs += [(name, value) for name in ("since", "until") if (value := getattr(there, name))]
        if there.sort != Order.RELEVANCE:
            pairs.append(("sort", there.sort))
        if not there.personal:
            pairs.append(("personal", _OFF))
        if not there.reading:
            pairs.append(("reading", _OFF))
        if there.page > 1:
            pairs.append(("page", str(there.page)))
        return f"/?{urlencode(pairs)}" if pairs else "/"

    def with_value(self, name: str, value: str) -> str:
        """Return the address with one more value of a filter."""
        return self.url(**{name: tuple(dict.fromkeys((*self.chosen(name), value)))})

    def without_value(self, name: str, value: str) -> str:
        """Return the address with one value of a filter less."""
        return self.url(**{name: tuple(one for one in self.chosen(name) if one != value)})

    def request(self) -> SearchRequest:
        """Return the search that the address asks for.

        Raises:
            AddressError: If a value is none that its filter knows, or is no date.
        """
        first, last = _date("since", self.since), _date("until", self.until)
        if first and last and first.date() > last.date():
            raise AddressError("The first date lies after the last one.", DATES)
        return SearchRequest(
            q=self.q,
            page=self.page,
            per_page=PER_PAGE,
            kind=tuple(_one_of(DocumentKind, "kind", kind) for kind in self.kind),
            tag=self.tag,
            speaker=self.speaker,
            mentor=self.mentor,
            since=self.since or None,
            until=self.until or None,
            sort=_one_of(Order, "sort", self.sort),
            personal=self.personal,
            reading=self.reading,
        )


def read_address(params: MultiDict[str]) -> SearchAddress:
    """Read the address of a page of results; parts that it does not know are passed over.

    Raises:
        AddressError: If the query or a filter is longer than the API's limits, or the page is none.
    """
    q = str(params.get("q", "")).strip()
    if len(q) > MAX_QUERY_CHARS:
        raise AddressError(f"The query is longer than {MAX_QUERY_CHARS} characters.", "q")
    chosen = {name: tuple(filter(None, params.getall(name, []))) for name in FILTERS}
    for name, values in chosen.items():
        if len(values) > MAX_FILTER_VALUES or any(len(one) > _MAX_VALUE_CHARS for one in values):
            raise AddressError(f"The filter {name} asks for too much.", name)
    return SearchAddress(
        q=q,
        **chosen,
        since=str(params.get("since", "")),
        until=str(params.get("until", "")),
        sort=str(params.get("sort", "")) or Order.RELEVANCE,
        page=_page(str(params.get("page", "1"))),
        personal=str(params.get("personal", "")) != _OFF,
        reading=str(params.get("reading", "")) != _OFF,
    )


def unknown_parts(params: MultiDict[str]) -> tuple[str, ...]:
    """Return the names in an address that mean nothing here, the first few, shortened.

    Pages pass them over and say so: a misspelled filter looks like one that was obeyed. What
    newsletters and social sites hang on links is no filter, and not worth a word.
    """
    found = (
        name
        for name in params
        if name not in _PARTS
        and name not in _FOLLOWED_WHOLE
        and not name.lower().startswith(_FOLLOWED)
    )
    return tuple(name[:_MAX_NAME_CHARS] for name in list(dict.fromkeys(found))[:_MOST_UNKNOWN])


def with_query(url: str, q: str, query_id: str = "") -> str:
    """Return a portal address that carries the query along, so that its page can mark the words.

    With the id of the answer that it stands in, what is done on the page counts for that search:
    the reader's own one, and nobody else's who follows the same link.
    """
    if not q:
        return url
    path, mark, place = url.partition("#")
    carried = {"q": q, FROM: query_id} if query_id else {"q": q}
    return f"{path}{'&' if '?' in path else '?'}{urlencode(carried)}{mark}{place}"


def read_from(params: MultiDict[str]) -> str:
    """Return the id of the answer that led to a page; empty where none did, or it is no id."""
    given = str(params.get(FROM, ""))
    return given if _QUERY_ID.fullmatch(given) else ""


_Closed = TypeVar("_Closed", DocumentKind, Order)


def _one_of(known: type[_Closed], part: str, value: str) -> _Closed:
    try:
        return known(value)
    except ValueError as exc:
        raise AddressError(f"{part}: unknown.", part, value[:_MAX_VALUE_CHARS]) from exc


def _date(part: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as exc:
        raise AddressError(f"{part} is no date.", part, text[:_MAX_VALUE_CHARS]) from exc


def _page(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MAX_PAGE:
        raise AddressError(f"The page must be between 1 and {MAX_PAGE}.", "page", text)
    return int(text)
