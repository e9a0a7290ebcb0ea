"""Which stretch of a passage to show, what to mark in it, and when the mark is said."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import msgspec
from rapidfuzz import fuzz

from indexer.analysis.analyzer import WordTerm, word_terms, words_among
from indexer.analysis.normalize import fold
from schemas.hit import Snippet
from schemas.passage import Passage
from schemas.span import CharSpan, MessageSpan, TimeSpan

WINDOW_CHARS: Final = 260  # three lines of a results page
_LEAD_CHARS: Final = 60  # shown before the first mark, so that it is read in its sentence
_SENTENCE_ENDS: Final = ".!?…\n"
_NEAR: Final = 84.0  # rapidfuzz ratio: one wrong letter in six, two in twelve
_REMEMBERED_WORDS: Final = 20_000  # with accents, about 4 MB
_SHORTEST_NEAR: Final = 5  # letters; shorter words are near too many others


class MarkedPassage(msgspec.Struct, frozen=True):
    """A passage dressed for a hit."""

    snippet: Snippet
    matched_terms: tuple[str, ...]
    """Marked words of the whole passage, as written, each once."""
    moment: TimeSpan | None
    """When the snippet's first mark is said; the passage's span when nothing is marked."""
    turn: MessageSpan | TimeSpan | None = None
    """Message or moment that the first mark stands in; ``None`` where nothing tells it."""
    words: tuple[WordTerm, ...] = ()
    """Every word of the passage that is one of the query's; none where only near ones are."""


class QueryTerms(msgspec.Struct, frozen=True):
    """The words of a query as they are compared with words of a passage."""

    terms: frozenset[str]
    folded: tuple[str, ...]
    prefix: str = ""
    """Start of a word that is still being typed, folded; empty for none."""


def query_terms(query_text: str, *, prefix: str = "") -> QueryTerms:
    """Return the terms that marks are placed by; stop words mark nothing.

    With a ``prefix`` every word that starts so is marked too.
    """
    words = [word for word in word_terms(query_text) if word.term]
    folded = dict.fromkeys(fold(query_text[word.start : word.end]) for word in words)
    return QueryTerms(frozenset(word.term for word in words), tuple(folded), prefix)


def mark(passage: Passage, wanted: QueryTerms) -> MarkedPassage:
    """Choose the window with the most different matched terms and mark every match in it.

    Words match by their analysed term, so "economie" marks "Économies". Only where none does,
    words that are nearly typed alike are marked. The earliest of equal windows is shown. Spans
    are code points of the snippet's own text.
    """
    words = _matches(passage.text, wanted)
    matches = words or _near_matches(passage.text, wanted)
    start, end = _window(passage.text, matches)
    marks = [w for w in matches if start <= w.start and w.end <= end]
    spans = tuple(CharSpan(w.start - start, w.end - start) for w in marks)
    moment = _moment(passage, marks[0].start if marks else None)
    return MarkedPassage(
        snippet=Snippet(passage.text[start:end], spans),
        matched_terms=tuple(dict.fromkeys(passage.text[w.start : w.end] for w in matches)),
        moment=moment,
        turn=moment or _message(passage, marks[0].start if marks else start),
        words=tuple(words),
    )


def mark_texts(texts: Sequence[str], wanted: QueryTerms) -> list[tuple[CharSpan, ...]]:
    """Return what to mark in the texts of one document, one tuple of spans per text.

    As in ``mark``: words match by term, and only where none does in any of the texts, words that
    are nearly typed alike.
    """
    found = [_matches(text, wanted) for text in texts]
    if not any(found):
        found = [_near_matches(text, wanted) for text in texts]
    return [tuple(CharSpan(word.start, word.end) for word in words) for words in found]


def _matches(text: str, wanted: QueryTerms) -> list[WordTerm]:
    if not wanted.prefix:
        return words_among(text, wanted.terms)
    return [
        word
        for word in word_terms(text)
        if word.term
        and (word.term in wanted.terms or _starts(text[word.start : word.end], wanted.prefix))
    ]


def _starts(word: str, prefix: str) -> bool:
    # Most words are plain letters, for which folding is lower case: ten times as fast.
    return (word.lower() if word.isascii() else _folded(word)).startswith(prefix)


@lru_cache(maxsize=_REMEMBERED_WORDS)
def _folded(word: str) -> str:
    """Return the word as it is compared; owned by this module, pure, so it never goes stale."""
    return fold(word)


def _near_matches(text: str, wanted: QueryTerms) -> list[WordTerm]:
    typed = [word for word in wanted.folded if len(word) >= _SHORTEST_NEAR]
    if not typed:
        return []
    return [
        word
        for word in word_terms(text)
        if word.term
        and word.end - word.start >= _SHORTEST_NEAR
        and _is_near(text[word.start : word.end], typed)
    ]


def _is_near(word: str, typed: Sequence[str]) -> bool:
    folded = fold(word)
    return any(fuzz.ratio(folded, other, score_cutoff=_NEAR) for other in typed)


def _window(text: str, matches: Sequence[WordTerm]) -> tuple[int, int]:
    if len(text) <= WINDOW_CHARS:
        return 0, len(text)
    first = _best_first_match(matches)
    start = _start_before(text, first.start) if first else 0
    end = min(len(text), start + WINDOW_CHARS)
    if end < len(text):
        end = _border_before(text, end, floor=max(start + 1, first.end if first else 0))
    return start, end


def _best_first_match(matches: Sequence[WordTerm]) -> WordTerm | None:
    """Return the match that opens the richest window; the earliest of equals."""
    reach = WINDOW_CHARS - _LEAD_CHARS
    best, most = None, 0
    for i, first in enumerate(matches):
        inside = {match.term for match in matches[i:] if match.end - first.start <= reach}
        if len(inside) > most:
            best, most = first, len(inside)
    return best


def _start_before(text: str, mark: int) -> int:
    """Return the start of the sentence of the mark, or of a word not too far before it."""
    earliest = max(0, mark - _LEAD_CHARS)
    sentence = max(text.rfind(end, earliest, mark) for end in _SENTENCE_ENDS)
    if sentence >= 0:
        start = sentence + 1
    elif earliest == 0:
        start = 0
    else:
        space = text.find(" ", earliest, mark)
        start = space + 1 if space >= 0 else mark
    while start < mark and text[start].isspace():
        start += 1
    return start


def _border_before(text: str, end: int, *, floor: int) -> int:
    """Return the last word border at or before ``end``, not before ``floor``."""
    space = text.rfind(" ", floor, end + 1)
    return space if space > 0 else end


def _message(passage: Passage, offset: int) -> MessageSpan | None:
    place, lines = passage.locator, passage.text.count("\n") + 1
    if not isinstance(place, MessageSpan) or lines != place.end_message - place.start_message:
        return None  # a message of several lines: no telling which line is whose
    number = place.start_message + passage.text.count("\n", 0, offset)
    return MessageSpan(number, number + 1)


def _moment(passage: Passage, offset: int | None) -> TimeSpan | None:
    if not isinstance(passage.locator, TimeSpan):
        return None
    if offset is None or not passage.anchors:
        return passage.locator
    index = bisect_right(passage.anchors, offset, key=lambda anchor: anchor.offset) - 1
    anchor = passage.anchors[max(0, index)]
    return TimeSpan(anchor.start_ms, anchor.end_ms)
