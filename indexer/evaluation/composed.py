"""A school of any size, composed from a seed: for measuring speed, never quality."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from schemas.content import Speaker
from schemas.document import Document, DocumentKind, MediaFiles, MediaKind, Visibility
from schemas.identity import EVERYONE, MENTORS
from schemas.ids import BlobKey, DocumentId, PassageId, PersonId, Revision
from schemas.passage import IndexEntry, Passage
from schemas.span import BlockSpan
from schemas.tag import TagAssignment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from schemas.passage import Vectors

DIMENSIONS: Final = 384  # of the default encoder
PER_DOCUMENT: Final = 10  # passages: a sheet of four pages, a quarter of an hour of speech
_WORDS: Final = 120  # of a passage: about 200 encoder tokens
_TOPICS: Final = 200
_N_VOCABULARY: Final = 20_000
_ZIPF: Final = 1.1  # exponent of word frequencies in French prose
_LETTERS: Final = {
    "onsets": "b c ch d f g l m n p qu r s t v br cl dr fr gr pl pr tr",
    "vowels": "a e é i o u ou on an in ai eu",
    "endings": "tion ment eur euse age ité ence aire ique er é e",
    "grammar": "le la les de des un une et pour dans sur avec qui que est ce",
}
_ONSETS: Final = tuple(_LETTERS["onsets"].split())
_VOWELS: Final = tuple(_LETTERS["vowels"].split())
_ENDINGS: Final = tuple(_LETTERS["endings"].split())
_GRAMMAR: Final = tuple(_LETTERS["grammar"].split())
_A_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
_NOTHING: Final = BlobKey("0" * 64)


class ComposedSchool:
    """Documents, passages and vectors, each made from its number alone; also a passage reader."""

    def __init__(self, n_passages: int, *, seed: int = 7) -> None:
        """Prepare ``n_passages`` (rounded up to whole documents); nothing is made before asked."""
        self.n_documents = -(-n_passages // PER_DOCUMENT)
        self.n_passages = self.n_documents * PER_DOCUMENT
        self._seed = seed

    def entries(self, number: int) -> tuple[list[IndexEntry], Vectors]:
        """Return what the indexes hold of one document."""
        document = self._document(number)
        created_at_s = int(document.created_at.timestamp())
        ids = range(number * PER_DOCUMENT, (number + 1) * PER_DOCUMENT)
        entries = [
            IndexEntry(self._passage(i), document.title, document.kind, (), (), created_at_s)
            for i in ids
        ]
        return entries, np.stack([self._vector(i) for i in ids])

    def queries(self, limit: int) -> Iterator[str]:
        """Yield questions of four words, each taken from some passage."""
        rng = np.random.default_rng((self._seed, 2))
        for id_ in rng.integers(0, self.n_passages, size=limit):
            words = [word for word in self._text(int(id_)).split() if word not in _GRAMMAR]
            yield " ".join(words[:4])

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Return a vector near the topic that the text's length picks: no model takes part."""
        rng = np.random.default_rng((self._seed, 3, *text.encode()))
        return _near(self._topics[int(rng.integers(_TOPICS))], rng)

    @property
    def name(self) -> str:
        """Name of the encoder that this school stands in for."""
        return "composed"

    def get_passages(self, ids: Iterable[PassageId]) -> dict[PassageId, Passage]:
        """Return the passages of these numbers."""
        return {i: self._passage(i) for i in ids}

    def get_documents(self, ids: Iterable[DocumentId]) -> dict[DocumentId, Document]:
        """Return the documents of these ids."""
        return {i: self._document(int(i.removeprefix("d-"))) for i in ids}

    def get_tags(self, ids: Iterable[DocumentId]) -> dict[DocumentId, tuple[TagAssignment, ...]]:
        """Return no tags."""
        return dict.fromkeys(ids, ())

    def get_people(self, ids: Iterable[PersonId]) -> dict[PersonId, Speaker]:
        """Return people named by their id."""
        return {i: Speaker(i, i) for i in ids}

    def _document(self, number: int) -> Document:
        rng = np.random.default_rng((self._seed, 1, number))
        return Document(
            id=DocumentId(f"d-{number}"),
            source=f"composed:{number}",
            revision=Revision("1"),
            kind=list(DocumentKind)[number % len(DocumentKind)],
            media_kind=MediaKind.TEXT,
            title=" ".join(self._draw(rng, 4)),
            language="fr",
            visibility=Visibility.STUDENTS,
            filename=f"{number}.txt",
            original=_NOTHING,
            media=MediaFiles(),
            content=_NOTHING,
            participants=(),
            created_at=_A_DAY + timedelta(hours=number % 9_000),
            published_at=_A_DAY,
            n_passages=PER_DOCUMENT,
        )

    def _passage(self, id_: int) -> Passage:
        number, ordinal = divmod(id_, PER_DOCUMENT)
        return Passage(
            id=PassageId(id_),
            document_id=DocumentId(f"d-{number}"),
            ordinal=ordinal,
            text=self._text(id_),
            locator=BlockSpan(ordinal, ordinal + 1),
            language="fr",
            speaker_ids=(PersonId(f"m-{number % 50}"),),
            audiences=(EVERYONE, MENTORS),
        )

    def _text(self, id_: int) -> str:
        rng = np.random.default_rng((self._seed, 0, id_))
        content = iter(self._draw(rng, _WORDS))
        grammar = rng.integers(0, 2 * len(_GRAMMAR), size=_WORDS)
        words = (_GRAMMAR[g] if g < len(_GRAMMAR) else next(content) for g in grammar)
        return " ".join(words).capitalize() + "."

    def _vector(self, id_: int) -> NDArray[np.float32]:
        rng = np.random.default_rng((self._seed, 4, id_))
        return _near(self._topics[id_ // PER_DOCUMENT % _TOPICS], rng)

    def _draw(self, rng: np.random.Generator, n: int) -> list[str]:
        picked = np.searchsorted(self._cumulative, rng.random(n))
        return [self._vocabulary[i] for i in picked]

    @cached_property
    def _cumulative(self) -> NDArray[np.float64]:
        weights = 1.0 / np.arange(1, _N_VOCABULARY + 1) ** _ZIPF
        total: NDArray[np.float64] = np.cumsum(weights / weights.sum())
        total[-1] = 1.0
        return total

    @cached_property
    def _vocabulary(self) -> list[str]:
        rng = np.random.default_rng((self._seed, 5))
        words: dict[str, None] = {}
        while len(words) < _N_VOCABULARY:
            n_syllables = int(rng.integers(1, 4))
            parts = [
                str(rng.choice(_ONSETS)) + str(rng.choice(_VOWELS)) for _ in range(n_syllables)
            ]
            words["".join(parts) + str(rng.choice(_ONSETS)) + str(rng.choice(_ENDINGS))] = None
        return list(words)

    @cached_property
    def _topics(self) -> NDArray[np.float32]:
        rows = np.random.default_rng((self._seed, 6)).standard_normal((_TOPICS, DIMENSIONS))
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _near(centre: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    row = centre + rng.standard_normal(DIMENSIONS) * (0.8 / DIMENSIONS**0.5)
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)
