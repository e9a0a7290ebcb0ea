"""Documents as their pages show them: turns cut into lines, words of the query marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from indexer.retrieval.snippets import mark_texts, query_terms
from schemas.span import CharSpan
from schemas.wire import SearchPassage, UtteranceView, WordView
from schemas.wire_body import BlockView

LONG_MS: Final = 10_000
"""A turn of speech that is shorter stays one line."""
_SENTENCE_MS: Final = 2_000  # a full stop ends a line that is at least this long
_CLAUSE_MS: Final = 6_000  # and a comma one that is at least this long
_LINE_MS: Final = 12_000  # speech without any punctuation is cut here
_SHARED_CHARS: Final = 24  # in a row: long enough that two paragraphs do not share them by chance
_AROUND: Final = re.compile(r"^\W+|\W+$")


class Mending(msgspec.Struct, frozen=True):
    """Where the glossary replaced a word of a line, and what was heard in its place."""

    start: int
    end: int
    """Code point offsets in the line, without marks around the word."""
    heard: str


class Line(msgspec.Struct, frozen=True):
    """One line of a transcript: a turn, a part of a long one, or a message."""

    ordinal: int
    """Position of its turn in the transcript, from 0."""
    text: str
    marks: tuple[CharSpan, ...]
    speaker_id: str | None
    is_new_speaker: bool
    start_ms: int | None
    end_ms: int | None
    is_doubtful: bool
    is_matched: bool
    """Whether it lies in a passage that the search found."""
    is_current: bool
    """Whether it is spoken at the second that the address names."""
    mended: tuple[Mending, ...] = ()
    """In order, without overlap."""


class MarkedBlock(msgspec.Struct, frozen=True):
    """A block of a text with the words of the query."""

    block: BlockView
    marks: tuple[CharSpan, ...]
    is_matched: bool


def lines_of(
    utterances: Sequence[UtteranceView],
    passages: Sequence[SearchPassage],
    q: str,
    *,
    at_s: float | None = None,
) -> list[Line]:
    """Return the lines of a transcript in order, with their marks; ``at_s`` is one's second."""
    parts = [part for utterance in utterances for part in _parts(utterance)]
    marks = mark_texts([part.text for part in parts], query_terms(q)) if q else [()] * len(parts)
    current = _index_at(parts, at_s * 1000) if at_s is not None else None
    lines, before = [], None
    for index, (part, spans) in enumerate(zip(parts, marks, strict=True)):
        lines.append(
            Line(
                ordinal=part.ordinal,
                text=part.text,
                marks=spans,
                speaker_id=part.speaker_id,
                is_new_speaker=part.speaker_id is not None and part.speaker_id != before,
                start_ms=part.start_ms,
                end_ms=part.end_ms,
                is_doubtful=bool(part.flags),
                is_matched=any(_meets(passage, part) for passage in passages),
                is_current=index == current,
                mended=tuple(_mendings(part)),
            )
        )
        before = part.speaker_id
    return lines


def marked_blocks(
    blocks: Sequence[BlockView], passages: Sequence[SearchPassage], q: str
) -> list[MarkedBlock]:
    """Return the blocks of a text in order, with their marks."""
    texts = [block.text for block in blocks]
    marks = mark_texts(texts, query_terms(q)) if q else [()] * len(blocks)
    return [
        MarkedBlock(block, spans, any(_holds(passage, block) for passage in passages))
        for block, spans in zip(blocks, marks, strict=True)
    ]


def _index_at(parts: Sequence[UtteranceView], time_ms: float) -> int | None:
    """Return the index of the last part that has begun at a time."""
    begun = [i for i, p in enumerate(parts) if p.start_ms is not None and p.start_ms <= time_ms]
    return max(begun, default=None)


def _mendings(part: UtteranceView) -> Iterator[Mending]:
    offset = 0
    for word in part.words:
        text = word.text.strip()
        start = part.text.find(text, offset)
        if start < 0:
            continue
        offset = start + len(text)
        if word.heard is not None and (bare := _bare(text)):
            start += text.index(bare)
            yield Mending(start, start + len(bare), _bare(word.heard) or word.heard)


def _bare(text: str) -> str:
    return _AROUND.sub("", text)


def _meets(passage: SearchPassage, part: UtteranceView) -> bool:
    if passage.start_ms is not None and passage.end_ms is not None:
        if part.start_ms is None or part.end_ms is None:
            return False
        return part.start_ms < passage.end_ms and passage.start_ms < part.end_ms
    if passage.message is None or passage.last_message is None:
        return False
    return passage.message <= part.ordinal <= passage.last_message


def _holds(passage: SearchPassage, block: BlockView) -> bool:
    if passage.block is not None and passage.last_block is not None:
        return passage.block <= block.ordinal <= passage.last_block
    if passage.page is None or block.page is None:
        return False
    is_there = passage.page <= block.page <= (passage.last_page or passage.page)
    return is_there and _overlaps(_squeezed(block.text), _squeezed(passage.snippet.text))


def _overlaps(block: str, snippet: str) -> bool:
    if len(block) < _SHARED_CHARS:
        return bool(block) and block in snippet
    starts = range(0, len(block) - _SHARED_CHARS + 1, _SHARED_CHARS)
    return any(block[at : at + _SHARED_CHARS] in snippet for at in starts)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _parts(utterance: UtteranceView) -> Iterator[UtteranceView]:
    """Cut a long turn of speech into lines short enough to jump to."""
    words, start, end = utterance.words, utterance.start_ms, utterance.end_ms
    if not words or start is None or end is None or end - start < LONG_MS:
        yield utterance
        return
    line: list[WordView] = []
    is_first = True
    for word in words:
        line.append(word)
        if _ends_line(line) or word is words[-1]:
            yield msgspec.structs.replace(
                utterance,
                text=" ".join(each.text.strip() for each in line),
                words=tuple(line),
                start_ms=start if is_first else line[0].start_ms,
                end_ms=line[-1].end_ms,
            )
            line, is_first = [], False


def _ends_line(line: Sequence[WordView]) -> bool:
    length_ms = line[-1].end_ms - line[0].start_ms
    match line[-1].text[-1:]:
        case "." | "!" | "?" | "…":
            return length_ms >= _SENTENCE_MS
        case "," | ";" | ":":
            return length_ms >= _CLAUSE_MS
        case _:
            return length_ms >= _LINE_MS
