"""Content without what is hidden of it: cut at the edges, a neutral mark in place, times kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

import msgspec

from schemas.content import Block, BlockRole, Body, Content, Transcript, Utterance, Word
from schemas.correction import Correction
from schemas.document import Document
from schemas.hiding import is_hidden, overlaps
from schemas.span import BlockSpan, Locator, MessageSpan, PageSpan, TimeSpan

MARK: Final = "[passage réservé aux mentors]"
"""Stands where something is hidden: in the language of the content, as it is part of it."""


def parted(content: Content, places: Sequence[Locator]) -> Content:
    """Return the content with turns of speech cut, between words, at the edges of these places.

    Parts keep the ordinal of their turn. A turn without word times stays whole, and so belongs to
    every place that it meets.
    """
    if not places or not isinstance(content, Transcript):
        return content
    turns = (part for turn in content.utterances for part in _parts(turn, places))
    return msgspec.structs.replace(content, utterances=tuple(turns))


def masked(content: Content, hidden: Sequence[Locator]) -> Content:
    """Return the content as somebody sees it from whom these places are hidden.

    Each hidden stretch becomes one turn or block that says so. Chapters that meet one lose their
    title, which may come from it; holes and slides in it and who speaks nowhere else are left out.
    """
    if not hidden:
        return content
    match parted(content, hidden):
        case Transcript() as transcript:
            return _masked_transcript(transcript, hidden)
        case Body(blocks):
            return Body(tuple(_masked_blocks(blocks, hidden)))


def shown_corrections(made: Iterable[Correction], hidden: Sequence[Locator]) -> list[Correction]:
    """Return the corrections of turns that these places do not meet."""
    return [
        each
        for each in made
        if not is_hidden(TimeSpan(each.place.start_ms, each.place.end_ms), hidden)
    ]


def zone_of(place: Locator, places: Sequence[Locator]) -> tuple[int, ...]:
    """Return which of these places a place meets: passages never reach over two zones."""
    return tuple(n for n, each in enumerate(places) if overlaps(place, each))


def places_of(document: Document | None) -> tuple[Locator, ...]:
    """Return every place that is hidden from somebody, each once; none of no document."""
    return tuple(dict.fromkeys(each.place for each in document.hidden)) if document else ()


def _parts(turn: Utterance, places: Sequence[Locator]) -> Iterator[Utterance]:
    if not turn.words or turn.span is None or not zone_of(turn.span, places):
        yield turn
        return
    runs = [list(run) for _, run in groupby(turn.words, lambda w: zone_of(_when(w), places))]
    if len(runs) == 1 and zone_of(_when_all(runs[0]), places) == zone_of(turn.span, places):
        yield turn
        return
    for run in runs:
        yield msgspec.structs.replace(
            turn,
            text=" ".join(word.text.strip() for word in run),
            span=_when_all(run),
            words=tuple(run),
        )


def _when(word: Word) -> TimeSpan:
    return TimeSpan(word.start_ms, word.end_ms)


def _when_all(words: Sequence[Word]) -> TimeSpan:
    return TimeSpan(words[0].start_ms, max(word.end_ms for word in words))


def _place(turn: Utterance) -> Locator:
    return turn.span or MessageSpan(turn.ordinal, turn.ordinal + 1)


def _masked_transcript(transcript: Transcript, hidden: Sequence[Locator]) -> Transcript:
    turns: list[Utterance] = []
    for is_gone, run in groupby(transcript.utterances, lambda u: is_hidden(_place(u), hidden)):
        own = list(run)
        turns += [_marked(own)] if is_gone else own
    heard = {turn.speaker_id for turn in turns}
    return Transcript(
        utterances=tuple(turns),
        speakers=tuple(each for each in transcript.speakers if each.id in heard),
        holes=tuple(hole for hole in transcript.holes if not is_hidden(hole, hidden)),
        chapters=tuple(
            msgspec.structs.replace(each, title=MARK) if is_hidden(each.span, hidden) else each
            for each in transcript.chapters
        ),
        slides=tuple(each for each in transcript.slides if not is_hidden(each.span, hidden)),
    )


def _marked(turns: Sequence[Utterance]) -> Utterance:
    spans = [turn.span for turn in turns if turn.span is not None]
    span = TimeSpan(spans[0].start_ms, max(s.end_ms for s in spans)) if spans else None
    return Utterance(turns[0].ordinal, MARK, span=span, sent_at=turns[0].sent_at)


def _masked_blocks(blocks: Sequence[Block], hidden: Sequence[Locator]) -> Iterator[Block]:
    for (is_gone, page), run in groupby(blocks, lambda b: (_is_gone(b, hidden), b.page)):
        if is_gone:
            yield Block(next(run).ordinal, MARK, BlockRole.PARAGRAPH, page=page)
        else:
            yield from run


def _is_gone(block: Block, hidden: Sequence[Locator]) -> bool:
    if block.page is not None:
        return is_hidden(PageSpan(block.page, block.page + 1), hidden)
    return is_hidden(BlockSpan(block.ordinal, block.ordinal + 1), hidden)
