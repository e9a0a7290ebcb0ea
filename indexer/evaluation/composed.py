"""A school of any size around a judged collection, composed from a seed.

Composed passages compete with the judged ones for real: half of a passage's text is runs of words
from three judged passages, and its vector leans as much towards theirs; the other half is about
something else, in invented words, as most of a large school is. Its vector is as far from the mean
as the encoder's are. With more of the judged passages in it, halves of answers that nobody judged
would crowd the page. Still, quality among composed passages is for comparing, never to be taken
as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from indexer.evaluation.invented import InventedWords
from indexer.evaluation.judged import JudgedPart, id_of
from schemas.document import (
    Document,
    DocumentKind,
    MediaFiles,
    MediaKind,
    Participant,
    ParticipantRole,
    Visibility,
)
from schemas.identity import EVERYONE, MENTORS
from schemas.ids import BlobKey, DocumentId, PersonId, Revision, TagId, passage_id_for
from schemas.passage import Passage
from schemas.span import BlockSpan
from schemas.tag import TagAssigner, TagAssignment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from schemas.passage import Vectors

PER_DOCUMENT: Final = 10  # passages: a sheet of four pages, a quarter of an hour of speech
N_MENTORS: Final = 50
_SOURCES: Final = 3  # judged passages that one passage takes from
_SHARE: Final = 0.5  # of its words and of its vector that is theirs
_WORDS: Final = 120  # of a passage: about 200 encoder tokens
_RUN: Final = (3, 9)  # words taken as they stand: phrases recur, sentences do not
_RUNS: Final = _WORDS // sum(_RUN) + 3  # with as many other words they make a passage, or more
_SENTENCE: Final = 14  # words
_TINY: Final = 1e-9  # no length
_FOR_MENTORS: Final = 10  # every so many documents one that students may not see
_A_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
_REVISION: Final = Revision("1")
_NOTHING: Final = BlobKey("0" * 64)


class SchoolDocument(msgspec.Struct, frozen=True):
    """One document as it is published."""

    document: Document
    passages: tuple[Passage, ...]
    vectors: Vectors
    tags: tuple[TagAssignment, ...] = ()


class ComposedSchool:
    """Judged documents first, then composed ones, each made from its number alone."""

    def __init__(
        self, judged: JudgedPart, n_passages: int, *, tags: Sequence[TagId], seed: int = 7
    ) -> None:
        """Prepare at least ``n_passages``: all judged ones, then whole documents of ten."""
        self.judged = judged
        self.n_composed = max(0, -(-(n_passages - judged.n_passages) // PER_DOCUMENT))
        self.n_documents = len(judged.dataset.documents) + self.n_composed
        self.n_passages = judged.n_passages + self.n_composed * PER_DOCUMENT
        self._tags = tags
        self._seed = seed
        self._words = [p.text.split() for own in judged.passages for p in own]
        self._invented = InventedWords(np.random.default_rng((seed, 0)))
        self._region = _Region(judged.vectors)

    def documents(self) -> Iterator[SchoolDocument]:
        """Yield every document, always the same ones."""
        yield from self._judged_documents()
        for number in range(self.n_composed):
            yield self._compose(number)

    def _judged_documents(self) -> Iterator[SchoolDocument]:
        row = 0
        judged = self.judged
        for known, passages in zip(judged.dataset.documents, judged.passages, strict=True):
            end = row + len(passages)
            document = _document(id_of(known.id), known.title, len(passages), number=0)
            yield SchoolDocument(document, passages, judged.vectors[row:end])
            row = end

    def _compose(self, number: int) -> SchoolDocument:
        rng = np.random.default_rng((self._seed, 1, number))
        sources = rng.integers(len(self._words), size=(PER_DOCUMENT, _SOURCES))
        document_id = DocumentId(f"d-composed{number}")
        mentor = PersonId(f"m-{int(N_MENTORS * rng.random() ** 3)}")
        words = _run(self._words[int(sources[0, 0])], *rng.random(2))
        title = " ".join(words).strip(" .,;:!?").capitalize()
        draws = rng.random((PER_DOCUMENT, _RUNS, 3))
        other = iter(self._invented.draw(rng.random(PER_DOCUMENT * _WORDS)))
        passages = [
            self._passage(document_id, n, text, mentor)
            for n, text in enumerate(self._texts(sources, draws, other))
        ]
        picked = {int(len(self._tags) * rng.random() ** 2) for _ in range(3)} if self._tags else ()
        return SchoolDocument(
            _document(
                document_id,
                title,
                PER_DOCUMENT,
                number=number,
                mentor=mentor,
            ),
            tuple(passages),
            self._region.leaning(sources, rng),
            tuple(TagAssignment(self._tags[i], TagAssigner.ALIAS, 1.0) for i in sorted(picked)),
        )

    def _passage(
        self, document_id: DocumentId, ordinal: int, text: str, speaker: PersonId
    ) -> Passage:
        return Passage(
            id=passage_id_for(document_id, _REVISION, ordinal),
            document_id=document_id,
            ordinal=ordinal,
            text=text,
            locator=BlockSpan(ordinal, ordinal + 1),
            language="fr",
            speaker_ids=(speaker,),
            audiences=(EVERYONE, MENTORS),
        )

    def _texts(
        self, sources: NDArray[np.int64], draws: NDArray[np.float64], other: Iterator[str]
    ) -> Iterator[str]:
        """Yield one text for each row of sources.

        ``draws`` say which runs of words it takes, ``other`` gives the words between them.
        """
        for own, runs in zip(sources.tolist(), draws.tolist(), strict=True):
            words: list[str] = []
            for which, where, length in runs:
                taken = _run(self._words[own[int(which * _SOURCES)]], where, length)
                words += [*taken, *islice(other, len(taken))]
            del words[_WORDS:]
            sentences = (words[i : i + _SENTENCE] for i in range(0, len(words), _SENTENCE))
            yield " ".join(" ".join(sentence).capitalize() + "." for sentence in sentences)


def _run(words: Sequence[str], where: float, length: float) -> Sequence[str]:
    """Return some words as they stand; ``where`` and ``length`` go from 0 to 1."""
    start = int(where * max(1, len(words) - _RUN[0]))
    return words[start : start + _RUN[0] + int(length * (_RUN[1] - _RUN[0]))]


class _Region:
    """Where an encoder's vectors lie: all about as far from one mean."""

    def __init__(self, vectors: Vectors) -> None:
        self._mean = vectors.mean(axis=0)
        self._spread = vectors - self._mean
        self._distance = float(np.linalg.norm(self._spread, axis=1).mean())

    def leaning(self, sources: NDArray[np.int64], rng: np.random.Generator) -> Vectors:
        """Return a unit vector for each row of sources: a part towards theirs, a part elsewhere."""
        towards = _unit(self._spread[sources].mean(axis=1))
        elsewhere = _unit(rng.standard_normal(towards.shape, dtype=np.float32))
        off = _unit(_SHARE * towards + math.sqrt(1 - _SHARE**2) * elsewhere)
        return np.asarray(_unit(self._mean + self._distance * off), dtype=np.float32)


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = rows / np.maximum(
        np.linalg.norm(rows, axis=1, keepdims=True), _TINY
    )
    return unit


def _document(
    document_id: DocumentId,
    title: str,
    n_passages: int,
    *,
    number: int,
    mentor: PersonId | None = None,
) -> Document:
    is_judged = mentor is None
    hidden = not is_judged and number % _FOR_MENTORS == 0
    kinds = list(DocumentKind)
    return Document(
        id=document_id,
        source=f"bench:{document_id}",
        revision=_REVISION,
        kind=DocumentKind.SHEET if is_judged else kinds[number % len(kinds)],
        media_kind=MediaKind.TEXT,
        title=title,
        language="fr",
        visibility=Visibility.MENTORS if hidden else Visibility.STUDENTS,
        filename=f"{document_id}.txt",
        original=_NOTHING,
        media=MediaFiles(),
        content=_NOTHING,
        participants=()
        if mentor is None
        else (Participant(mentor, f"Mentor {mentor[2:]}", ParticipantRole.MENTOR),),
        created_at=_A_DAY - timedelta(hours=number % 9_000),
        published_at=_A_DAY,
        n_passages=n_passages,
    )
