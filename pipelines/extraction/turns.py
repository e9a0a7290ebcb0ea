"""Words in order of time, joined into Utterances that read like sentences or short turns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import count
from statistics import fmean
from typing import Final

import msgspec

from schemas.content import Utterance, UtteranceFlag, Word
from schemas.ids import PersonId
from schemas.span import TimeSpan

_PAUSE_MS: Final = 1_500  # a silence that long ends a turn wherever the sentence stands
_ENOUGH_CHARS: Final = 120  # shorter sentences are joined to the next, so that turns read well
_MAX_CHARS: Final = 600  # speech without full stops is cut here
_SENTENCE_END: Final = re.compile(r"[.!?…][»”\")\]]*$")


class Piece(msgspec.Struct, frozen=True):
    """Words recognised or captioned together, by one speaker, with the same doubts."""

    words: tuple[Word, ...]
    speaker_id: PersonId | None = None
    flags: tuple[UtteranceFlag, ...] = ()
    recognised: bool = True
    """Whether a machine recognised the words, so that their probabilities mean something."""


def join_turns(pieces: Iterable[Piece]) -> list[Utterance]:
    """Join one voice's or one file's pieces into utterances, in their order.

    The text of an utterance is its words joined by single spaces. A turn ends with the speaker,
    with a change of doubts, after a long pause, at a sentence end once it is long enough, and at
    ``_MAX_CHARS`` in any case.
    """
    utterances: list[Utterance] = []
    ordinals = count()
    open_words: list[Word] = []
    latest: Piece | None = None
    for piece in pieces:
        for word in piece.words:
            if latest and open_words and _breaks(open_words, latest, word, piece):
                utterances.append(_utterance(next(ordinals), open_words, latest))
                open_words = []
            open_words.append(word)
            latest = piece
    if latest and open_words:
        utterances.append(_utterance(next(ordinals), open_words, latest))
    return utterances


def ends_sentence(word: str) -> bool:
    """Tell whether a word carries the mark that ends a sentence."""
    return bool(_SENTENCE_END.search(word))


def in_time_order(voices: Iterable[Sequence[Utterance]]) -> tuple[Utterance, ...]:
    """Merge the utterances of several voices by their start and number them from 0."""
    merged = sorted((u for voice in voices for u in voice), key=_start_ms)
    return tuple(msgspec.structs.replace(u, ordinal=n) for n, u in enumerate(merged))


def _start_ms(utterance: Utterance) -> int:
    return utterance.span.start_ms if utterance.span else 0


def _breaks(words: Sequence[Word], piece: Piece, word: Word, next_piece: Piece) -> bool:
    if (piece.speaker_id, piece.flags) != (next_piece.speaker_id, next_piece.flags):
        return True
    if word.start_ms - words[-1].end_ms >= _PAUSE_MS:
        return True
    n_chars = sum(len(w.text) + 1 for w in words)
    ended = ends_sentence(words[-1].text)
    return n_chars >= _MAX_CHARS or (ended and n_chars >= _ENOUGH_CHARS)


def _utterance(ordinal: int, words: Sequence[Word], piece: Piece) -> Utterance:
    return Utterance(
        ordinal=ordinal,
        text=" ".join(w.text for w in words),
        speaker_id=piece.speaker_id,
        span=TimeSpan(words[0].start_ms, max(w.end_ms for w in words)),
        words=tuple(words),
        confidence=fmean(w.probability for w in words) if piece.recognised else None,
        flags=piece.flags,
    )
