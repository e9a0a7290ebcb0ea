"""Pack units into Passages under a token budget, with an overlap of whole sentences."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import groupby
from typing import Final

from indexer.masking import parted, zone_of
from pipelines.segmentation.units import CountTokens, Unit, to_units
from schemas.content import Content
from schemas.ids import DocumentId, Revision, passage_id_for
from schemas.passage import Passage, WordAnchor
from schemas.span import BlockSpan, Locator, MessageSpan, PageSpan, TimeSpan

LanguageOf = Callable[[str], str]
_SECTION_SHARE: Final = 3
"""A heading begins a new passage once the running one holds a third of the budget; shorter
sections are kept together, because passages of a few words are found for everything."""
_GROUP_SHARE: Final = 2
"""A paragraph or turn that does not fit begins a new passage once half the budget is used."""


def segment(  # noqa: PLR0913 - the brief of the stage: content, identity, and how to count
    content: Content,
    *,
    document_id: DocumentId,
    revision: Revision,
    title: str,
    audiences: Collection[str],
    language_of: LanguageOf,
    count_tokens: CountTokens,
    budget: int,
    overlap: int,
    hidden: Sequence[Locator] = (),
) -> list[Passage]:
    """Return the content as passages, in order, covering every unflagged sentence.

    A passage holds whole sentences, table rows and headings, of at most ``budget`` tokens in
    sum; only a sentence that is longer by itself is cut, between words. It begins with up to
    ``overlap`` tokens of sentences that also end the passage before it, except after a heading
    that begins a section. A question and its answers stay together where the budget allows. The
    texts of messages are kept clean of names: who speaks is in ``speaker_ids``.

    Args:
        content: Transcript or body.
        document_id: Names the document; part of the passage ids.
        revision: Change token; part of the passage ids.
        title: Put before each passage by both retrievers, so it is not repeated as a heading.
        audiences: Who may see all of it.
        language_of: Names the language of a text (ISO 639-1).
        count_tokens: Encoder tokens of each text, special tokens not counted.
        budget: Most tokens of a passage, at least 1.
        overlap: Most tokens shared with the passage before, less than ``budget``.
        hidden: Places that not everybody may see: no passage reaches over the edge of one.

    Returns:
        Passages with ordinals from 0; none when the content holds no usable text.
    """
    if not 0 <= overlap < budget:
        raise ValueError("0 <= overlap < budget is required")
    units = to_units(
        parted(content, hidden), count_tokens=count_tokens, budget=budget, hidden=hidden
    )
    return [
        Passage(
            id=passage_id_for(document_id, revision, ordinal),
            document_id=document_id,
            ordinal=ordinal,
            text=text,
            locator=_locator(chosen),
            language=language_of(text),
            heading=_heading(chosen, title),
            speaker_ids=tuple(dict.fromkeys(u.speaker_id for u in chosen if u.speaker_id)),
            audiences=tuple(sorted(audiences)),
            anchors=anchors,
            on_screen=chosen[0].slide is not None,
        )
        for ordinal, chosen in enumerate(_pack_all(units, hidden, budget, overlap))
        for text, anchors in [_join(chosen)]
    ]


def _pack_all(
    units: Sequence[Unit], hidden: Sequence[Locator], budget: int, overlap: int
) -> list[Sequence[Unit]]:
    """Pack written and timed parts apart, each slide, and what is hidden: all of one kind."""

    def kind_of(unit: Unit) -> tuple[object, ...]:
        return type(unit.locator), unit.slide, zone_of(unit.locator, hidden)

    packed: list[Sequence[Unit]] = []
    for _, same_kind in groupby(units, key=kind_of):
        packed += _pack(_Plan(list(same_kind), budget, overlap))
    return packed


class _Plan:
    """Units to pack, and the numbers that every decision about them needs."""

    def __init__(self, units: Sequence[Unit], budget: int, overlap: int) -> None:
        self.units = units
        self.budget = budget
        self.overlap = overlap
        self.group_tokens = {
            group: sum(u.n_tokens for u in own)
            for group, own in groupby(units, key=lambda u: u.group)
        }

    def size_of_group(self, at: int) -> int:
        """Return the tokens of everything that should stay with unit ``at``."""
        return self.group_tokens[self.units[at].group]


def _pack(plan: _Plan) -> list[Sequence[Unit]]:
    packed: list[Sequence[Unit]] = []
    first = new = 0  # the passage begins at `first`; units before `new` are overlap
    while new < len(plan.units):
        end = _passage_end(plan, first, new)
        packed.append(plan.units[first:end])
        first, new = _overlap_start(plan, first, end), end
    return packed


def _passage_end(plan: _Plan, first: int, new: int) -> int:
    units = plan.units
    used = sum(u.n_tokens for u in units[first : new + 1])
    end = new + 1
    while end < len(units) and used + units[end].n_tokens <= plan.budget:
        if _cuts_before(plan, end, used):
            break
        used += units[end].n_tokens
        end += 1
    return _before_headings(units, new, end)


def _cuts_before(plan: _Plan, at: int, used: int) -> bool:
    """Tell whether to end the passage at this border although the next unit would fit."""
    unit, above = plan.units[at], plan.units[at - 1]
    if unit.is_heading and not above.is_heading:
        return used * _SECTION_SHARE >= plan.budget
    size = plan.size_of_group(at)
    if unit.group == above.group or used + size <= plan.budget:
        return False
    keeps_answer = isinstance(unit.locator, MessageSpan) and size <= plan.budget
    return keeps_answer or used * _GROUP_SHARE >= plan.budget


def _before_headings(units: Sequence[Unit], new: int, end: int) -> int:
    """Move headings at the end of a passage to the next one, unless nothing would be left."""
    if end == len(units):
        return end
    while end > new + 1 and units[end - 1].is_heading:
        end -= 1
    return end


def _overlap_start(plan: _Plan, first: int, end: int) -> int:
    """Return where the next passage begins so that it repeats whole sentences of this one."""
    units = plan.units
    if end >= len(units) or units[end].is_heading:
        return end
    # What comes next must still fit: a whole answer where it can, else its first sentence.
    size = plan.size_of_group(end)
    room = plan.budget - (size if size <= plan.budget else units[end].n_tokens)
    start, shared = end, 0
    while start - 1 > first and shared + units[start - 1].n_tokens <= min(plan.overlap, room):
        start -= 1
        shared += units[start].n_tokens
    while start < end and units[start].is_heading:
        start += 1
    return start


def _join(units: Sequence[Unit]) -> tuple[str, tuple[WordAnchor, ...]]:
    """Return the passage's text, parts on lines of their own, and the anchors moved along."""
    text = ""
    anchors: list[WordAnchor] = []
    for unit in units:
        if text:
            text += unit.lead
        anchors += (a._replace(offset=a.offset + len(text)) for a in unit.anchors)
        text += unit.text
    return text, tuple(anchors)


def _heading(units: Sequence[Unit], title: str) -> str:
    """Return the heading above the first text, so that a passage after a heading has that one."""
    heading = next((u.heading for u in units if not u.is_heading), units[0].heading)
    return "" if heading == title else heading


def _locator(units: Sequence[Unit]) -> Locator:
    spans = [u.locator for u in units]
    first, last = spans[0], spans[-1]
    match first, last:
        case TimeSpan(), TimeSpan():
            timed = [s for s in spans if isinstance(s, TimeSpan)]
            return TimeSpan(min(s.start_ms for s in timed), max(s.end_ms for s in timed))
        case PageSpan(), PageSpan():
            return PageSpan(first.start_page, last.end_page)
        case MessageSpan(), MessageSpan():
            return MessageSpan(first.start_message, last.end_message)
        case BlockSpan(), BlockSpan():
            return BlockSpan(first.start_block, last.end_block)
        case _:
            raise ValueError("a passage has one kind of locator")
