"""Corrected turns put into a transcript: their words keep the times of what was heard.

A corrected word that was heard keeps its time. New words share, in proportion to their letters,
the time of the words that they replace, or the silence where they were missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final

import msgspec
from rapidfuzz import fuzz

from indexer.analysis.normalize import fold
from schemas.content import Content, Transcript, Utterance, Word
from schemas.correction import Correction, Place, place_of
from schemas.ids import Revision
from schemas.span import TimeSpan

_SURE: Final = 1.0  # people are taken at their word
_OVERLAP: Final = 0.5
"""Share of the shorter turn that both have in common, to be at the same time."""
HEARD_ALIKE: Final = 85.0
"""rapidfuzz ratio: another recognition of the same sentence; a turn that also says something else
is below, since its other words would be lost."""
WRITTEN_ALIKE: Final = 99.0
"""The same of a transcript that somebody sent: who changed a word there meant to."""
_EQUAL: Final = "equal"


def with_corrections(content: Content, corrections: Iterable[Correction]) -> Content:
    """Return the content with every corrected turn in its place; those of other turns do nothing.

    Applying the same corrections again changes nothing: each starts from what was heard.
    """
    by_place = {correction.place: correction for correction in corrections}
    if not by_place or not isinstance(content, Transcript):
        return content
    turns = (
        corrected(turn, by_place[place]) if (place := place_of(turn)) in by_place else turn
        for turn in content.utterances
    )
    return msgspec.structs.replace(content, utterances=tuple(turns))


def carried(
    content: Content,
    corrections: Iterable[Correction],
    revision: Revision,
    *,
    alike: float = HEARD_ALIKE,
) -> list[Correction]:
    """Return corrections of other recognitions, or other revisions, for the turns that they fit.

    A turn fits where it is at the same time of the recording and says nearly what was heard then;
    the latest correction of a turn counts, and one that was taken back is not carried.

    Args:
        content: As it was recognised now.
        corrections: Of turns that are not in it as they were.
        revision: That the content is of.
        alike: How alike a turn must be to what was heard, 0 to 100.
    """
    if not isinstance(content, Transcript):
        return []
    found: dict[Place, Correction] = {}
    for correction in sorted(corrections, key=lambda each: each.corrected_at):
        turn = turn_alike(content.utterances, correction.heard, alike)
        place = place_of(turn) if turn is not None else None
        if turn is not None and place is not None:
            found.pop(place, None)  # taken back or not: what was said before counts no more
            if correction.is_change:
                found[place] = msgspec.structs.replace(correction, heard=turn, revision=revision)
    return list(found.values())


def turn_alike(
    turns: Sequence[Utterance], heard: Utterance, alike: float = HEARD_ALIKE
) -> Utterance | None:
    """Return the turn at the same time that says nearly the same; the earliest of equals.

    Args:
        turns: Of one recognition.
        heard: A turn of another one.
        alike: How alike they must be at least, 0 to 100.
    """
    near = [(_likeness(turn, heard), n) for n, turn in enumerate(turns)]
    likeness, best = max(near, key=lambda pair: (pair[0], -pair[1]), default=(0.0, 0))
    return turns[best] if likeness >= alike else None


def _likeness(turn: Utterance, heard: Utterance) -> float:
    """Return how alike two turns are, 0 to 100; 0 where they are not at the same time."""
    if turn.span is None or heard.span is None:
        return 0.0
    first = max(turn.span.start_ms, heard.span.start_ms)
    last = min(turn.span.end_ms, heard.span.end_ms)
    shorter = min(s.end_ms - s.start_ms for s in (turn.span, heard.span))
    if last <= first or last - first < _OVERLAP * shorter:
        return 0.0
    return float(fuzz.ratio(fold(turn.text), fold(heard.text)))


def unfit(content: Content, corrections: Iterable[Correction]) -> list[Correction]:
    """Return the corrections of turns that the content does not have (any more)."""
    turns = content.utterances if isinstance(content, Transcript) else ()
    places = {place_of(turn) for turn in turns}
    return [correction for correction in corrections if correction.place not in places]


def corrected(turn: Utterance, correction: Correction) -> Utterance:
    """Return a turn with its corrected text, free of doubts."""
    heard = correction.heard
    if correction.text == heard.text:
        return msgspec.structs.replace(heard, ordinal=turn.ordinal)
    return msgspec.structs.replace(
        heard,
        ordinal=turn.ordinal,
        text=correction.text,
        words=align(heard.words, words_of(correction.text), heard.span),
        confidence=None,  # no machine recognised this text
        flags=(),
    )


def words_of(text: str) -> list[str]:
    """Cut a text into words as speech recognition does.

    A mark that stands alone joins the word before it: French puts a space before ``?``.
    """
    words: list[str] = []
    for part in text.split():
        if words and not any(map(str.isalnum, part)):
            words[-1] += f" {part}"
        else:
            words.append(part)
    return words


def align(heard: Sequence[Word], texts: Sequence[str], span: TimeSpan | None) -> tuple[Word, ...]:
    """Give each word of a corrected text its time in the recording.

    Args:
        heard: The words that were recognised, in order of time; none for a text without word
            times, which then stays without.
        texts: The words of the corrected text, in order.
        span: Of the whole turn.

    Returns:
        One word per text, in order; no word starts before the one before it.
    """
    if not heard or span is None:
        return ()
    matcher = SequenceMatcher(
        None, [fold(w.text) for w in heard], [fold(t) for t in texts], autojunk=False
    )
    aligned: list[Word] = []
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        own = texts[new_first:new_last]
        if tag == _EQUAL:
            aligned += [
                Word(text, word.start_ms, word.end_ms, _SURE)
                for text, word in zip(own, heard[first:last], strict=True)
            ]
        elif own:
            start_ms, end_ms = _room(heard, first, last, span)
            if end_ms <= start_ms and aligned:  # said in one breath with the word before
                before = aligned.pop()
                start_ms, own = before.start_ms, [before.text, *own]
            aligned += _spread(own, start_ms, max(start_ms, end_ms))
    return tuple(aligned)


def _room(heard: Sequence[Word], first: int, last: int, span: TimeSpan) -> tuple[int, int]:
    """Return the time of the words [first, last), or of the silence where there is none."""
    follows = heard[last].start_ms if last < len(heard) else max(span.end_ms, heard[-1].end_ms)
    if first < last:
        return heard[first].start_ms, min(heard[last - 1].end_ms, follows)
    return (heard[first - 1].end_ms if first else min(span.start_ms, heard[0].start_ms)), follows


def _spread(texts: Sequence[str], start_ms: int, end_ms: int) -> list[Word]:
    total = sum(map(len, texts))
    words, n_chars = [], 0
    for text in texts:
        begin = start_ms + (end_ms - start_ms) * n_chars // total
        n_chars += len(text)
        words.append(Word(text, begin, start_ms + (end_ms - start_ms) * n_chars // total, _SURE))
    return words
