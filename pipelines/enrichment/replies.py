"""Who asked what in an exchange, a call or a thread, and which turns answer it.

The turns are read once, in order. A question waits until somebody who may answer it speaks: a
mentor where the document has one, else anybody but the asker. A turn that only asks back leaves it
waiting; one that answers and asks back goes on after the asker's reply. In a thread a turn that
calls an asker by name answers that person's question, and leaves those of the others waiting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from indexer.analysis.normalize import fold
from pipelines.enrichment.asking import asking_spans, own_sentences
from schemas.content import Content, Transcript, Utterance
from schemas.document import DocumentKind, Participant, ParticipantRole
from schemas.ids import PersonId, TagId
from schemas.reply import Reply, Turns
from schemas.sharing import is_anonymous_mentor
from schemas.span import MessageSpan, TimeSpan

CONVERSATIONS: Final = frozenset({DocumentKind.EXCHANGE, DocumentKind.THREAD})
MAX_TITLE_CHARS: Final = 160
"""A question longer than two lines of a page is cut between words."""
_MIN_ANSWER_WORDS: Final = 4
"""What a turn says beside its own questions, its greeting and its thanks: fewer is no answer."""
_MIN_TITLE_WORDS: Final = 5
"""Shorter questions ("et pour celle-là ?") take along the sentence before them."""
_COURTESY: Final = re.compile(
    r"^(?:bonjour|bonsoir|salut|hello|coucou|merci|d'accord|ok|okay|entendu|bien sur|bravo|parfait"
    r"|tres bien|je vois|bonne question|avant de)\b"
)
_WORD: Final = re.compile(r"\w+")

TopicOf = Callable[[str], TagId | None]
"""Names what a question and its answer are about."""


def find_replies(
    content: Content, kind: DocumentKind, participants: Collection[Participant], topic_of: TopicOf
) -> tuple[Reply, ...]:
    """Return the questions of a conversation that somebody answers, by place of the question.

    Args:
        content: Of the document; only a transcript of messages or speech has any.
        kind: Lessons, talks and sheets ask without waiting for an answer: they have none.
        participants: Tells who is a mentor.
        topic_of: Names what they are about.
    """
    if kind not in CONVERSATIONS or not isinstance(content, Transcript):
        return ()
    mentors = {
        p.id for p in participants if p.role is ParticipantRole.MENTOR or is_anonymous_mentor(p.id)
    }
    names = {s.id: s.name for s in content.speakers} | {p.id: p.name for p in participants}
    reading = _Reading(mentors, {who: _first_name(name) for who, name in names.items()})
    for turn in _turns(content.utterances):
        reading.take(turn)
    answered = sorted(
        (pair for pair in reading.pairs if pair.answers), key=lambda pair: pair.asked.first
    )
    return tuple(_reply(n, pair, topic_of) for n, pair in enumerate(answered))


class _Turn(msgspec.Struct, frozen=True):
    """A message, or what one person says without a break."""

    first: int
    speaker_id: PersonId | None
    text: str
    place: Turns
    sent_at: datetime | None


class _Pair(msgspec.Struct):
    asked: _Turn
    answers: list[_Turn] = []
    is_open: bool = False
    """Whether what comes next from who answered goes on with it."""


class _Reading:
    """What is known after some of the turns."""

    def __init__(self, mentors: Collection[PersonId], first_names: dict[PersonId, str]) -> None:
        self.pairs: list[_Pair] = []
        self._mentors = mentors
        self._first_names = first_names
        self._before: PersonId | None = None

    def take(self, turn: _Turn) -> None:
        """Read one more turn."""
        if self._may_answer(turn):
            self._answer(turn)
        if self._may_ask(turn):
            self._ask(turn)
        self._before = turn.speaker_id

    def _may_answer(self, turn: _Turn) -> bool:
        return not self._mentors or turn.speaker_id in self._mentors

    def _may_ask(self, turn: _Turn) -> bool:
        return turn.speaker_id not in self._mentors

    def _ask(self, turn: _Turn) -> None:
        own = [pair for pair in self.pairs if pair.asked.speaker_id == turn.speaker_id]
        if asking_spans(turn.text):
            for pair in own:
                pair.is_open = False
            self.pairs = [pair for pair in self.pairs if pair.answers or pair not in own]
            self.pairs.append(_Pair(turn, is_open=True))
            return
        for pair in own:  # a reply to what was asked back, or a word of thanks that ends it
            pair.is_open = pair.is_open and (not pair.answers or _asks_back(pair.answers[-1].text))

    def _answer(self, turn: _Turn) -> None:
        waiting = [
            pair
            for pair in self.pairs
            if pair.is_open
            and pair.asked.speaker_id != turn.speaker_id
            and (not pair.answers or pair.answers[-1].speaker_id == turn.speaker_id)
        ]
        called = [pair for pair in waiting if self._calls(turn, pair.asked.speaker_id)]
        fresh = [pair for pair in waiting if not pair.answers]
        for pair in called or fresh or waiting:
            if _says_enough(turn.text, is_first=not pair.answers):
                pair.answers.append(turn)

    def _calls(self, turn: _Turn, person: PersonId | None) -> bool:
        """Tell whether a turn speaks to this person by first name: "Léa, ...", "Non Léa"."""
        name = self._first_names.get(person, "") if person else ""
        return bool(name) and bool(
            re.search(rf"(?:^|[.!?] )(?:\w+ )?{re.escape(name)}(?:,|\.| :|$)", fold(turn.text))
        )


def _says_enough(text: str, *, is_first: bool) -> bool:
    asking = asking_spans(text)
    rest = [text[a:b] for a, b in own_sentences(text) if (a, b) not in asking]
    plain = [fold(sentence).replace("’", "'") for sentence in rest]
    said = [sentence for sentence in plain if not _COURTESY.search(sentence)]
    n_words = sum(len(_WORD.findall(sentence)) for sentence in said)
    return n_words >= (_MIN_ANSWER_WORDS if is_first or asking else 1)


def _asks_back(text: str) -> bool:
    return bool(asking_spans(text))


def _turns(utterances: Sequence[Utterance]) -> Iterator[_Turn]:
    """Join what one person says without a break; a message is a turn of its own."""
    run: list[Utterance] = []
    for utterance in utterances:
        if utterance.flags:
            continue
        if run and not _goes_on(run[-1], utterance):
            yield _joined(run)
            run = []
        run.append(utterance)
    if run:
        yield _joined(run)


def _goes_on(before: Utterance, utterance: Utterance) -> bool:
    both_spoken = before.span is not None and utterance.span is not None
    return both_spoken and before.speaker_id == utterance.speaker_id


def _joined(run: Sequence[Utterance]) -> _Turn:
    first, last = run[0], run[-1]
    place: Turns = MessageSpan(first.ordinal, last.ordinal + 1)
    if first.span is not None and last.span is not None:
        place = TimeSpan(first.span.start_ms, last.span.end_ms)
    return _Turn(
        first=first.ordinal,
        speaker_id=first.speaker_id,
        text=" ".join(utterance.text.strip() for utterance in run),
        place=place,
        sent_at=first.sent_at,
    )


def _reply(ordinal: int, pair: _Pair, topic_of: TopicOf) -> Reply:
    asked = pair.asked
    return Reply(
        ordinal=ordinal,
        title=_title(asked.text),
        question=asked.place,
        answers=tuple(answer.place for answer in pair.answers),
        asker_id=asked.speaker_id,
        answerer_id=pair.answers[0].speaker_id,
        asked_at=asked.sent_at,
        topic=topic_of(" ".join([asked.text, *(answer.text for answer in pair.answers)])),
    )


def _title(text: str) -> str:
    """Return the sentences that ask; a short one with what was said before it."""
    asking = asking_spans(text)
    sentences = own_sentences(text)
    chosen = list(asking)
    at = sentences.index(asking[0])
    if len(_WORD.findall(text[slice(*asking[0])])) < _MIN_TITLE_WORDS and at:
        chosen.insert(0, sentences[at - 1])
    title = " ".join(" ".join(text[start:end].split()) for start, end in chosen)
    if len(title) <= MAX_TITLE_CHARS:
        return title
    return title[:MAX_TITLE_CHARS].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _first_name(name: str) -> str:
    return fold(name).split()[0] if name.split() else ""
