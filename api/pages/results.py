"""A page of results as its template reads it: hits, the panel of facets, what is chosen, paging."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import urlencode

import msgspec

from api.pages.addresses import FILTERS, PER_PAGE, SearchAddress
from api.pages.texts import Texts
from api.pages.why import why_of
from indexer.analysis.normalize import well_formed
from indexer.retrieval.parser import parse
from indexer.taxonomy import Taxonomy
from schemas.hit import TotalRelation
from schemas.ids import TagId
from schemas.profile import Profile, project_of
from schemas.query import MAX_PAGE, Order
from schemas.tag import TagFacet
from schemas.wire import FacetValue, SearchResponse

N_CHOICES: Final = 6
"""Values of a facet shown before "more": a panel is scanned, not read."""
_TAG_FACETS: Final = tuple(facet.value for facet in TagFacet)
_PANEL: Final = ("kind", *_TAG_FACETS, "mentor", "speaker")


class Choice(msgspec.Struct, frozen=True):
    """A value to narrow by."""

    filter: str
    value: str
    label: str
    count: int
    is_chosen: bool


class FacetGroup(msgspec.Struct, frozen=True):
    """The values of one facet, those shown at once first."""

    name: str
    shown: tuple[Choice, ...]
    more: tuple[Choice, ...]


class Chip(msgspec.Struct, frozen=True):
    """A chosen filter, and the address without it."""

    label: str
    url: str


class OrderChoice(msgspec.Struct, frozen=True):
    """An order to choose."""

    order: str
    url: str
    is_chosen: bool


class Paging(msgspec.Struct, frozen=True):
    """Where the page stands among the others; ``None`` where there is no such page."""

    page: int
    last: int
    previous_url: str | None
    next_url: str | None


class Empty(msgspec.Struct, frozen=True):
    """What a page without a hit says, and the way on."""

    title: str
    text: str
    action: str
    url: str


class Switch(msgspec.Struct, frozen=True):
    """Whether results are lifted for the reader's project, and the address of the other way."""

    project: str
    is_on: bool
    url: str


class ResultsView(msgspec.Struct, frozen=True):
    """Everything that a page of results shows."""

    address: SearchAddress
    answer: SearchResponse
    why: Mapping[str, str]
    """One line per hit, by document id."""
    count: str
    groups: tuple[FacetGroup, ...]
    chips: tuple[Chip, ...]
    orders: tuple[OrderChoice, ...]
    paging: Paging | None
    unknown: tuple[str, ...]
    """Names in the address that mean nothing and were passed over."""
    empty: Empty | None
    """``None`` where there are hits."""
    ask_url: str
    """Where this is asked of a mentor; empty where no word was typed."""
    switch: Switch | None = None
    """``None`` where nothing would be lifted."""


class Labels:
    """Names of filter values in the language of the page."""

    def __init__(self, taxonomy: Taxonomy, t: Texts, people: Mapping[str, str]) -> None:
        """Take what names tags in both languages, and the names of people whom a filter names."""
        self._taxonomy = taxonomy
        self._t = t
        self._people = people

    def tag(self, tag_id: str) -> str:
        """Return the label of a tag; one that has left the taxonomy is its own label."""
        return self._taxonomy.label(TagId(tag_id), english=self._t.language == "en")

    def of(self, name: str, value: str, known: str = "") -> str:
        """Return the label of a filter's value; ``known`` is the one that the answer brought."""
        if name == "kind":
            return self._t(f"kind.{value}") if self._t.has(f"kind.{value}") else value
        if name == "tag":
            return self.tag(value)
        return self._people.get(value) or known or value


def results_view(
    address: SearchAddress,
    answer: SearchResponse,
    *,
    labels: Labels,
    t: Texts,
    unknown: tuple[str, ...] = (),
    profile: Profile | None = None,
) -> ResultsView:
    """Put a page of results together: what the address asked for, and the API's answer to it."""
    return ResultsView(
        address=address,
        answer=answer,
        why={hit.document_id: why_of(hit.explanation.grounds, t) for hit in answer.hits},
        count=_count(answer, t),
        groups=tuple(_groups(address, answer, labels)),
        chips=tuple(_chips(address, answer, labels, t)),
        orders=tuple(
            OrderChoice(order.value, address.url(sort=order.value), address.sort == order.value)
            for order in Order
            if address.q or order is not Order.RELEVANCE
        ),
        paging=_paging(address, answer),
        unknown=unknown,
        empty=None if answer.hits else _empty(address, answer, t),
        ask_url=_ask_url(address.q, answer.query_id) if any(map(str.isalnum, address.q)) else "",
        switch=_switch(address, profile) if answer.hits else None,
    )


def _switch(address: SearchAddress, profile: Profile | None) -> Switch | None:
    if profile is None or project_of(profile) is None or not address.q:
        return None
    other = address.url(personal=not address.personal)
    return Switch(profile.project, address.personal, other)


def _empty(address: SearchAddress, answer: SearchResponse, t: Texts) -> Empty:
    """Say why there is nothing, as far as that is known, and what to do about it."""
    title = t("empty.title", q=address.q) if address.q else t("results.none")
    if answer.total:
        last = min(MAX_PAGE, -(-answer.total // PER_PAGE))
        text = t("empty.page", n=last, last=last)
        title = t("empty.page.title", page=address.page)
        return Empty(title, text, t("empty.page.last"), address.url(page=last))
    if address.is_narrowed:
        without = address.url(kind=(), tag=(), mentor=(), speaker=(), since="", until="")
        return Empty(title, t("empty.narrowed"), t("filter.clear"), without)
    typed = parse(well_formed(address.q))
    if typed.has_syntax and typed.text:
        action = t("empty.typed.action", q=typed.text)
        return Empty(title, t("empty.typed"), action, address.url(q=typed.text))
    if typed.has_syntax:
        return Empty(title, t("empty.conditions"), t("home"), "/")
    has_word = any(map(str.isalnum, address.q))
    return Empty(title, t("empty.text" if has_word else "empty.wordless"), t("home"), "/")


def _ask_url(q: str, query_id: str) -> str:
    return f"/questions/new?{urlencode({'q': q, 'query_id': query_id})}"


def _count(answer: SearchResponse, t: Texts) -> str:
    if not answer.total:
        return t("results.none")
    is_exact = answer.total_relation is TotalRelation.EXACT
    return t("results.count" if is_exact else "results.at-least", n=answer.total)


def _groups(address: SearchAddress, answer: SearchResponse, labels: Labels) -> Iterator[FacetGroup]:
    for name in _PANEL:
        filter_name = "tag" if name in _TAG_FACETS else name
        chosen = address.chosen(filter_name)
        counted = answer.facets.get(name, ())
        if filter_name == "tag":
            chosen = tuple(tag for tag in chosen if tag.split(".", 1)[0] == name)
        values = [*counted, *_absent(chosen, counted)]
        choices = [
            Choice(
                filter_name,
                each.value,
                labels.of(filter_name, each.value, each.label),
                each.count,
                each.value in chosen,
            )
            for each in values
        ]
        shown = tuple(c for i, c in enumerate(choices) if i < N_CHOICES or c.is_chosen)
        if choices:
            yield FacetGroup(name, shown, tuple(c for c in choices if c not in shown))


def _absent(chosen: Iterable[str], counted: Iterable[FacetValue]) -> list[FacetValue]:
    """Return chosen values that no result has: they must stay in the panel to be taken off."""
    present = {each.value for each in counted}
    return [FacetValue(value, value, 0) for value in chosen if value not in present]


def _chips(
    address: SearchAddress, answer: SearchResponse, labels: Labels, t: Texts
) -> Iterator[Chip]:
    if answer.reading:
        names = t.few_names(list(dict.fromkeys(each.name for each in answer.reading.speakers)), 4)
        yield Chip(t("reading.said-by", names=names), address.url(reading=False))
    known = {each.value: each.label for values in answer.facets.values() for each in values}
    for name in FILTERS:
        for value in address.chosen(name):
            label = labels.of(name, value, known.get(value, ""))
            yield Chip(label, address.without_value(name, value))
    for name in ("since", "until"):
        if day := getattr(address, name):
            yield Chip(f"{t(name)} {day}", address.url(**{name: ""}))


def _paging(address: SearchAddress, answer: SearchResponse) -> Paging | None:
    last = min(MAX_PAGE, -(-answer.total // PER_PAGE))
    if last <= 1:
        return None
    page = address.page
    return Paging(
        page=page,
        last=last,
        previous_url=address.url(page=min(page - 1, last)) if page > 1 else None,
        next_url=address.url(page=page + 1) if page < last else None,
    )
