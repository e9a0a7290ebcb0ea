"""A content as it was recognised: without what people and the glossary made of it since."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import UNSET

from schemas.content import Content, Transcript, Utterance, Word
from schemas.correction import Correction, as_heard, place_of


def as_recognised(content: Content, corrections: Iterable[Correction]) -> Content:
    """Return every turn with the words and the speaker that were recognised.

    Args:
        content: As it is stored; a text without turns is what it was.
        corrections: Of its revision: they keep what was heard.
    """
    if not isinstance(content, Transcript):
        return content
    heard = {correction.place: correction.heard for correction in corrections}
    turns = (
        heard[place] if (place := place_of(turn)) in heard else turn for turn in content.utterances
    )
    return msgspec.structs.replace(
        content,
        utterances=tuple(
            msgspec.structs.replace(_unmended(as_heard(turn)), ordinal=stored.ordinal)
            for turn, stored in zip(turns, content.utterances, strict=True)
        ),
        speakers=content.recognised,
        heard_speakers=UNSET,
    )


def _unmended(turn: Utterance) -> Utterance:
    """Return a turn without the glossary's words: several that were one word share its time."""
    if turn.heard is None:
        return turn
    words = (
        Word(word.heard or word.text, word.start_ms, word.end_ms, word.probability)
        for word in turn.words
    )
    return msgspec.structs.replace(turn, text=turn.heard, words=tuple(words))
