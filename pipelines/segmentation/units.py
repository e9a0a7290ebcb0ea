"""Units: the sentences, table rows and headings that passages are packed from, never cut again."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Final

import msgspec

from pipelines.segmentation.sentences import sentence_spans
from schemas.content import Block, BlockRole, Body, Content, Transcript, Utterance
from schemas.hiding import is_hidden
from schemas.ids import PersonId
from schemas.passage import WordAnchor
from schemas.span import BlockSpan, Locator, MessageSpan, PageSpan, TimeSpan

CountTokens = Callable[[Sequence[str]], list[int]]
_COARSE_MS: Final = 120_000
"""A turn without word times that lasts longer has a time of its surroundings (a time that stands
every five minutes): where in it a sentence was said is not known, and not guessed."""
_WORD: Final = re.compile(r"\S+\s*")


class Unit(msgspec.Struct, frozen=True):
    """A stretch of text that a passage holds whole."""

    text: str
    n_tokens: int
    locator: Locator
    group: int
    """Rising number of what should stay together: a block, a turn, a question with its answer."""
    lead: str
    """What parts it from the text before: a space within a line, else a line break."""
    speaker_id: PersonId | None = None
    heading: str = ""
    """Nearest heading at or above it."""
    is_heading: bool = False
    anchors: tuple[WordAnchor, ...] = ()
    """Offsets count from the start of ``text``."""
    slide: int | None = None
    """Number of the slide it is read on, from 0; ``None`` for what is said or written."""


def to_units(
    content: Content,
    *,
    count_tokens: CountTokens,
    budget: int,
    hidden: Sequence[Locator] = (),
) -> list[Unit]:
    """Return the content's units in order, each of at most ``budget`` tokens.

    Flagged utterances make no unit; slides come after all that is said. A sentence longer than the
    budget is cut between words, and a word longer than it (a long address, say) between characters.
    What is said in a turn without word times that meets a hidden place stands at the whole turn.
    """
    sentences = list(
        chain(_iter_utterances(content, hidden), _iter_slides(content))
        if isinstance(content, Transcript)
        else _iter_blocks(content)
    )
    counts = count_tokens([s.text for s in sentences]) if sentences else []
    units: list[Unit] = []
    for sentence, n_tokens in zip(sentences, counts, strict=True):
        if n_tokens <= budget:
            units.append(msgspec.structs.replace(sentence, n_tokens=n_tokens))
        else:
            units.extend(_cut(sentence, count_tokens, budget))
    return units


def _iter_blocks(body: Body) -> Iterator[Unit]:
    heading = ""
    for block in body.blocks:
        is_heading = block.role is BlockRole.HEADING
        heading = block.text if is_heading else heading
        for start, end in sentence_spans(block.text):
            yield Unit(
                text=block.text[start:end],
                n_tokens=0,
                locator=_block_locator(block),
                group=block.ordinal,
                lead=_lead(block.text, start),
                heading=heading,
                is_heading=is_heading,
            )


def _lead(text: str, start: int) -> str:
    before = text[:start]
    return " " if before and "\n" not in before[len(before.rstrip()) :] else "\n"


def _block_locator(block: Block) -> Locator:
    if block.page is not None:
        return PageSpan(block.page, block.page + 1)
    return BlockSpan(block.ordinal, block.ordinal + 1)


def _iter_utterances(transcript: Transcript, hidden: Sequence[Locator]) -> Iterator[Unit]:
    groups = _question_groups(transcript.utterances)
    for utterance, group in zip(transcript.utterances, groups, strict=True):
        if utterance.flags:
            continue
        anchors = _anchors(utterance)
        for start, end in sentence_spans(utterance.text):
            unit = _spoken_unit(utterance, group, (start, end), anchors)
            if utterance.span and not utterance.words and is_hidden(utterance.span, hidden):
                # Where its sentences are said is a guess: none of them may be taken for shown.
                unit = msgspec.structs.replace(unit, locator=utterance.span)
            yield unit


def _iter_slides(transcript: Transcript) -> Iterator[Unit]:
    for n, slide in enumerate(transcript.slides):
        for start, end in sentence_spans(slide.text):
            yield Unit(
                text=slide.text[start:end],
                n_tokens=0,
                locator=slide.span,
                group=n,
                lead=_lead(slide.text, start),
                slide=n,
            )


def _spoken_unit(
    utterance: Utterance, group: int, span: tuple[int, int], anchors: Sequence[WordAnchor]
) -> Unit:
    start, end = span
    first = bisect_left(anchors, start, key=lambda a: a.offset)
    last = bisect_left(anchors, end, key=lambda a: a.offset)
    own = tuple(a._replace(offset=a.offset - start) for a in anchors[first:last])
    return Unit(
        text=utterance.text[start:end],
        n_tokens=0,
        locator=_utterance_locator(utterance, span, own),
        group=group,
        lead=_lead(utterance.text, start),
        speaker_id=utterance.speaker_id,
        anchors=own,
    )


def _anchors(utterance: Utterance) -> list[WordAnchor]:
    """Find each word in the text, in order; a word that is not there gets no anchor."""
    anchors, offset = [], 0
    for word in utterance.words:
        found = utterance.text.find(word.text, offset)
        if found >= 0:
            anchors.append(WordAnchor(found, word.start_ms, word.end_ms))
            offset = found + len(word.text)
    return anchors


def _utterance_locator(
    utterance: Utterance, span: tuple[int, int], anchors: Sequence[WordAnchor]
) -> Locator:
    if anchors:
        return TimeSpan(anchors[0].start_ms, max(a.end_ms for a in anchors))
    if utterance.span is None:
        return MessageSpan(utterance.ordinal, utterance.ordinal + 1)
    if utterance.span.duration_ms > _COARSE_MS:
        return utterance.span
    whole, n_chars = utterance.span, len(utterance.text)
    start, end = (whole.start_ms + whole.duration_ms * at // n_chars for at in span)
    return TimeSpan(start, end)


def _question_groups(utterances: Sequence[Utterance]) -> list[int]:
    """Number what belongs together: speech by turn; messages by question with its answers.

    Whoever writes first asks. A group begins where that person writes after somebody else.
    """
    asker = next((u.speaker_id for u in utterances if u.span is None), None)
    groups: list[int] = []
    for before, utterance in zip((None, *utterances), utterances, strict=False):
        written = before is not None and before.span is None and utterance.span is None
        same = written and not (
            utterance.speaker_id == asker and before is not None and before.speaker_id != asker
        )
        groups.append(groups[-1] + (not same) if groups else 0)
    return groups


def _cut(sentence: Unit, count_tokens: CountTokens, budget: int) -> Iterator[Unit]:
    """Cut an over-long sentence between words; words counted alone never count for less."""
    pieces = [m.span() for m in _WORD.finditer(sentence.text)]
    counts = count_tokens([sentence.text[a:b] for a, b in pieces])
    start, total, end = 0, 0, 0
    for (word_start, word_end), n_tokens in zip(pieces, counts, strict=True):
        for low, high, n in _cut_word(word_start, word_end, n_tokens, budget):
            if end > start and total + n > budget:
                yield _slice(sentence, start, low, total)
                start, total = low, 0
            total, end = total + n, high
    if end > start:
        yield _slice(sentence, start, end, total)


def _cut_word(start: int, end: int, n_tokens: int, budget: int) -> Iterator[tuple[int, int, int]]:
    """Share a word's tokens evenly over as many equal parts as the budget needs."""
    n_parts = max(1, -(-n_tokens // budget))
    bounds = [start + (end - start) * i // n_parts for i in range(n_parts + 1)]
    for low, high in pairwise(bounds):
        yield low, high, -(-n_tokens // n_parts)


def _slice(sentence: Unit, start: int, end: int, n_tokens: int) -> Unit:
    text = sentence.text[start:end].rstrip()
    own = tuple(
        a._replace(offset=a.offset - start) for a in sentence.anchors if start <= a.offset < end
    )
    locator = sentence.locator
    if own:
        locator = TimeSpan(own[0].start_ms, max(a.end_ms for a in own))
    return msgspec.structs.replace(
        sentence,
        text=text,
        n_tokens=n_tokens,
        anchors=own,
        locator=locator,
        lead=sentence.lead if start == 0 else " ",
    )
