"""A document's content with placeholders in it, and what of its recording is not to be heard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET

from schemas.content import Body, Content, Speaker, Transcript, Utterance, Word
from schemas.ids import PersonId
from schemas.sharing import TITLE, Place
from schemas.span import TimeSpan

PAUSE_MS: Final = 700
"""Silence around a word that is taken along: word times are late or early by as much next to
pauses (95 in 100 are within 800 ms, the others within 100)."""
EDGE_MS: Final = 80
"""Taken from the words beside it: a name is not to be guessed from how it begins."""


class Redaction(NamedTuple):
    """What stands in the place of some characters."""

    place: Place
    placeholder: str


def texts_of(content: Content, title: str) -> dict[int, str]:
    """Return the texts of a document by the ordinal of turn or block, with the title."""
    match content:
        case Transcript():
            return {TITLE: title} | {turn.ordinal: turn.text for turn in content.utterances}
        case Body():
            return {TITLE: title} | {block.ordinal: block.text for block in content.blocks}


def redacted_text(text: str, redactions: Iterable[Redaction]) -> str:
    """Return a text with its placeholders; the stretches lie in it and do not overlap."""
    for place, placeholder in sorted(redactions, reverse=True):
        text = text[: place.start] + placeholder + text[place.end :]
    return text


def redacted(
    content: Content,
    redactions: Iterable[Redaction],
    voices: Mapping[PersonId, Speaker],
) -> Content:
    """Return what readers of a copy see.

    What was heard in place of a mended word goes, and so do pictures of pages, and chapters: a
    title may hold a name, and nobody looks at these one by one.

    Args:
        content: Of the original.
        redactions: Of its turns or blocks.
        voices: Who speaks, by the id in the original; nobody else is named.
    """
    by_turn = _by_turn(redactions)
    match content:
        case Transcript():
            return Transcript(
                utterances=tuple(
                    _turn(turn, by_turn[turn.ordinal], voices) for turn in content.utterances
                ),
                speakers=tuple(dict.fromkeys(voices.values())),
                holes=content.holes,
            )
        case Body():
            return Body(
                tuple(
                    msgspec.structs.replace(
                        block,
                        text=redacted_text(block.text, by_turn[block.ordinal]),
                        page=None,
                        box=None,
                    )
                    for block in content.blocks
                )
            )


def silences(content: Content, redactions: Iterable[Redaction]) -> tuple[TimeSpan, ...]:
    """Return when something is said that is not to be heard, in order and apart from each other.

    A turn whose words have no time, or do not add up to its text, is silent as a whole.
    """
    if not isinstance(content, Transcript):
        return ()
    by_turn = _by_turn(redactions)
    spans: list[TimeSpan] = []
    for turn in content.utterances:
        if by_turn[turn.ordinal] and turn.span is not None:
            spans += _silent(turn, turn.span, by_turn[turn.ordinal])
    return _joined(spans)


def _silent(turn: Utterance, span: TimeSpan, redactions: Sequence[Redaction]) -> Iterator[TimeSpan]:
    groups = _groups(turn, redactions)
    if groups is None:
        yield span
        return
    for first, last in groups:
        words = turn.words
        before_ms = words[first - 1].end_ms if first else words[first].start_ms - PAUSE_MS
        after_ms = (
            words[last + 1].start_ms if last + 1 < len(words) else words[last].end_ms + PAUSE_MS
        )
        start_ms = max(before_ms, words[first].start_ms - PAUSE_MS)
        end_ms = min(after_ms, words[last].end_ms + PAUSE_MS)
        yield TimeSpan(
            max(0, min(start_ms, words[first].start_ms - EDGE_MS)),
            max(end_ms, words[last].end_ms + EDGE_MS),
        )


def _turn(
    turn: Utterance, redactions: Sequence[Redaction], voices: Mapping[PersonId, Speaker]
) -> Utterance:
    speaker = voices.get(turn.speaker_id) if turn.speaker_id is not None else None
    return msgspec.structs.replace(
        turn,
        text=redacted_text(turn.text, redactions),
        speaker_id=speaker.id if speaker else None,
        heard_speaker_id=UNSET,  # it may tell who that is
        words=_words(turn, redactions),
    )


def _words(turn: Utterance, redactions: Sequence[Redaction]) -> tuple[Word, ...]:
    """Return the words of the redacted text: one for all that a placeholder stands for."""
    plain = [Word(w.text, w.start_ms, w.end_ms, w.probability) for w in turn.words]
    if not redactions:
        return tuple(plain)
    groups, places = _groups(turn, redactions), _places(turn)
    if groups is None or places is None:
        return ()
    words: list[Word] = []
    at = 0
    for first, last in groups:
        start, end = places[first][0], places[last][1]
        own = [r for r in redactions if r.place.start < end and start < r.place.end]
        start = min(start, *(r.place.start for r in own))
        end = max(end, *(r.place.end for r in own))
        text = redacted_text(turn.text[:end], own)[start:]
        words += [*plain[at:first], Word(text, plain[first].start_ms, plain[last].end_ms, 1.0)]
        at = last + 1
    return (*words, *plain[at:])


def _groups(turn: Utterance, redactions: Sequence[Redaction]) -> list[tuple[int, int]] | None:
    """Return runs of words, first and last, that placeholders stand for.

    ``None`` where the words have no place in the text, or a redaction meets none of them.
    """
    places = _places(turn)
    if places is None:
        return None
    groups: list[tuple[int, int]] = []
    for redaction in sorted(redactions):
        own = [
            n
            for n, (start, end) in enumerate(places)
            if start < redaction.place.end and redaction.place.start < end
        ]
        if not own:
            return None
        if groups and own[0] <= groups[-1][1]:
            groups[-1] = (groups[-1][0], max(groups[-1][1], own[-1]))
        else:
            groups.append((own[0], own[-1]))
    return groups


def _places(turn: Utterance) -> list[tuple[int, int]] | None:
    """Return where each word stands in the text; ``None`` where one is not to be found."""
    if not turn.words:
        return None
    places, at = [], 0
    for word in turn.words:
        text = word.text.strip()
        start = turn.text.find(text, at)
        if start < 0:
            return None
        at = start + len(text)
        places.append((start, at))
    return places


def _joined(spans: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    joined: list[TimeSpan] = []
    for span in sorted(spans, key=lambda each: (each.start_ms, each.end_ms)):
        if joined and span.start_ms <= joined[-1].end_ms:
            end_ms = max(joined[-1].end_ms, span.end_ms)
            joined[-1] = TimeSpan(joined[-1].start_ms, end_ms)
        else:
            joined.append(span)
    return tuple(joined)


def _by_turn(redactions: Iterable[Redaction]) -> defaultdict[int, list[Redaction]]:
    by_turn: defaultdict[int, list[Redaction]] = defaultdict(list)
    for redaction in redactions:
        by_turn[redaction.place.turn].append(redaction)
    return by_turn
