"""What a speech recogniser makes up: flagged, kept and shown, and not searched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

import msgspec

from pipelines.extraction.turns import Piece
from schemas.content import UtteranceFlag

_MIN_LOG_PROBABILITY: Final = -1.0
_MAX_NO_SPEECH: Final = 0.5
_MAX_COMPRESSION: Final = 2.4  # text that packs this well repeats itself
_RUN: Final = 3


def doubts_of(
    *, log_probability: float, no_speech: float, compression: float
) -> tuple[UtteranceFlag, ...]:
    """Return the doubts that a recogniser's own figures raise about a stretch of text.

    Args:
        log_probability: Mean natural logarithm of its tokens' probabilities.
        no_speech: Probability that nobody spoke, 0 to 1.
        compression: Length of the text over its length under zlib.
    """
    flags = []
    if log_probability < _MIN_LOG_PROBABILITY and no_speech > _MAX_NO_SPEECH:
        flags.append(UtteranceFlag.LOW_CONFIDENCE)
    if compression > _MAX_COMPRESSION:
        flags.append(UtteranceFlag.COMPRESSION)
    return tuple(flags)


def flag_texts(pieces: Iterable[Piece]) -> list[Piece]:
    """Flag pieces without any letter or digit, and all but the first of three equal ones running.

    Args:
        pieces: Sentences of one voice, in order.
    """
    flagged: list[Piece] = []
    for _, run in groupby(pieces, key=_folded):
        flagged += _flag_run(list(run))
    return flagged


def _flag_run(run: Sequence[Piece]) -> Iterator[Piece]:
    if not _folded(run[0]):
        yield from (_with_flag(p, UtteranceFlag.NO_WORDS) for p in run)
        return
    yield run[0]
    for piece in run[1:]:
        yield _with_flag(piece, UtteranceFlag.REPETITION) if len(run) >= _RUN else piece


def _folded(piece: Piece) -> str:
    return "".join(c for w in piece.words for c in w.text.lower() if c.isalnum())


def _with_flag(piece: Piece, flag: UtteranceFlag) -> Piece:
    return msgspec.structs.replace(piece, flags=(*piece.flags, flag))
