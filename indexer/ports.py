"""What retrieval needs from the outside, as small Protocols in our own types.

Every adapter translates its vendor's errors into ``schemas.errors`` and never lets a vendor
type out. Scores: higher is better. Rankings: best first, ties in passage-id order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import msgspec

from indexer.holding import Holder
from schemas.content import Speaker
from schemas.document import Document
from schemas.ids import BlobKey, DocumentId, PassageId, PersonId, TagId
from schemas.judgment import SharedQuery
from schemas.passage import IndexEntry, Passage, Ranking
from schemas.query import Filter
from schemas.reply import Reply
from schemas.tag import TagAssignment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from schemas.passage import Vectors


class Form(msgspec.Struct, frozen=True):
    """One way to write a thing that was asked for."""

    terms: tuple[str, ...]
    """Index terms that stand in this order, side by side; ``""`` where any word may stand."""
    weight: float = 1.0
    """What a match is worth, next to 1 for the form that was typed."""


class LexicalQuery(msgspec.Struct, frozen=True):
    """What a query asks of the words of a passage. Empty parts ask nothing."""

    words: tuple[tuple[Form, ...], ...] = ()
    """One group for each thing asked for; the best form of a group counts, groups add up."""
    grams: tuple[str, ...] = ()
    """What is compared with the character 4-grams and word pairs; never retrieved by."""
    prefix: str = ""
    """Start of one more word, folded: what is still being typed. Of the words that start so the
    best counts, a rare one no more than the most frequent; of very many, at least the 50 in most
    passages count."""
    required: tuple[tuple[str, ...], ...] = ()
    """Phrases, as ``Form.terms``, all of which a passage must have."""
    excluded: tuple[tuple[str, ...], ...] = ()
    """Phrases none of which a passage may have."""


class LexicalScore(msgspec.Struct, frozen=True, gc=False):
    """Exact lexical scores of one passage for one query; both are BM25, 0 when nothing matches."""

    passage_id: PassageId
    words: float
    """Over the stemmed words of title and text."""
    grams: float
    """Over character 4-grams, which forgive typing mistakes."""


class LexicalIndex(Protocol):
    """Inverted index over passages. Writes are invisible until ``commit``."""

    def replace(self, document_id: DocumentId, entries: Sequence[IndexEntry]) -> None:
        """Stage: drop all passages of the document, then add these; none means delete it."""

    def commit(self) -> None:
        """Make every staged write visible and durable, at once."""

    def search(self, query: LexicalQuery, where: Filter, *, limit: int) -> Ranking:
        """Return the best passages by words and prefix, at most ``limit``; no word, no passage."""

    def score(
        self,
        query: LexicalQuery,
        passage_ids: Sequence[PassageId],
        *,
        known: Mapping[PassageId, float] = MappingProxyType({}),
    ) -> list[LexicalScore]:
        """Return exact scores of just these passages, in the order given.

        ``known`` holds the scores of words that ``search`` returned: they are not made again.
        """

    def coverage(
        self, query: LexicalQuery, passage_ids: Sequence[PassageId], where: Filter
    ) -> list[float]:
        """Return how much of what is asked for each passage has, from 0 to 1, in the order given.

        How rare a word is is counted over what passes the filter, so that hidden passages move
        nothing.

        A group whose first form was typed (weight 1) counts by the square root of the inverse
        document frequency of its most frequent form, once if the passage has any of its forms;
        the others, which stand for several words, make up for what is missing. Of very many groups
        the first 20 count. 0 where nothing was typed.
        """

    def meeting(self, query: LexicalQuery, passage_ids: Sequence[PassageId]) -> set[PassageId]:
        """Return those of the passages that have what is required and nothing that is excluded."""


class PassageCard(msgspec.Struct, frozen=True, gc=False):
    """What facets, grouping and browsing need to know about one indexed passage."""

    document_id: DocumentId
    kind: str
    language: str
    created_at_s: int
    tags: tuple[str, ...] = ()
    speaker_ids: tuple[PersonId, ...] = ()
    mentor_ids: tuple[PersonId, ...] = ()
    signature: bytes = b""
    """Of the whole document: what near-duplicates are told by."""


class PassageDirectory(Protocol):
    """Attributes of indexed passages without a trip to the catalog; as fresh as the index."""

    def cards(self, passage_ids: Sequence[PassageId]) -> dict[PassageId, PassageCard]:
        """Return the cards of the passages that are indexed."""

    def recent(self, where: Filter, *, limit: int) -> Ranking:
        """Return matching passages of the newest documents, newest first, at most ``limit``.

        The score is the document's ``created_at`` in seconds. Without a speaker in the filter
        only the first passage of each document is returned.
        """

    def titles(
        self, folded_start: str, where: Filter, *, limit: int, whole: bool = False
    ) -> list[tuple[DocumentId, str]]:
        """Return documents with a title word that starts, there or further on, like this.

        ``folded_start`` has no accents and no capitals and may span words. With ``whole`` the
        title itself must start so. In order of what starts so.
        """

    def tag_counts(self, where: Filter) -> dict[TagId, int]:
        """Return in how many passages each tag is, of those that pass the filter."""

    def mentor_counts(self, where: Filter) -> dict[PersonId, int]:
        """Return in how many passages each mentor is, of those that pass the filter."""

    def speaker_counts(self, where: Filter) -> dict[PersonId, int]:
        """Return in how many passages each person speaks, of those that pass the filter."""

    def n_passages(self) -> int:
        """Return how many passages are visible to searches."""

    def n_passing(self, where: Filter) -> int:
        """Return how many passages pass the filter."""

    def n_with(self, term: str, where: Filter) -> int:
        """Return in how many passages an index term is, of those that pass the filter."""

    def having(self, term: str, where: Filter, *, limit: int) -> set[PassageId]:
        """Return the passages with an index term that pass the filter, at most ``limit``."""

    def edition(self) -> object:
        """Return a token of what is visible: another object whenever that has changed."""

    def vocabulary(self, where: Filter) -> Mapping[str, int]:
        """Return in how many passages each word is, of those that pass the filter.

        Words are folded and not stemmed. Not for every search: it reads the whole dictionary.
        """


class PassageIndex(LexicalIndex, PassageDirectory, Holder, Protocol):
    """The lexical index as searches hold it: rankings, scores and cards of the same passages."""


class DenseIndex(Holder, Protocol):
    """Vector index over passages, cosine similarity of unit vectors."""

    def replace(
        self, document_id: DocumentId, entries: Sequence[IndexEntry], vectors: Vectors
    ) -> None:
        """Add these passages, then drop the document's others; none means delete it."""

    def flush(self) -> None:
        """Make every write durable; called before the follower records its position."""

    def search(self, vector: NDArray[np.float32], where: Filter, *, limit: int) -> Ranking:
        """Return the nearest passages by cosine, at most ``limit``."""

    def score(self, vector: NDArray[np.float32], passage_ids: Sequence[PassageId]) -> list[float]:
        """Return exact cosines of just these passages in the order given; -1 for an unknown id."""


class QueryEncoder(Protocol):
    """Turns a query into a vector, fast, one at a time."""

    @property
    def name(self) -> str:
        """Manifest name of the model: vectors of different names never meet."""

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Return one vector of shape (d,), float32, L2 norm 1."""


class PassageEncoder(Protocol):
    """Turns passages into vectors, in batches, as fast as this machine can."""

    @property
    def name(self) -> str:
        """Manifest name of the model."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), d), rows of L2 norm 1, in input order."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many encoder tokens each text has, special tokens not counted."""


class PageContent(msgspec.Struct, frozen=True):
    """What the catalog holds of a page, all of it at one moment."""

    documents: Mapping[DocumentId, Document]
    """The published ones among those asked for, whoever may see them."""
    tags: Mapping[DocumentId, tuple[TagAssignment, ...]]
    """Those in force; every document that was asked for has an entry."""
    passages: Mapping[PassageId, Passage]
    """Those that exist, of documents that are published."""
    people: Mapping[PersonId, Speaker]
    """The known ones among those asked for, with their names."""
    replies: Mapping[DocumentId, tuple[Reply, ...]] = msgspec.field(default_factory=dict)
    """Those of the documents that have any, in order."""


class PairScorer(Protocol):
    """Reads a query and a text together, and says how well the one answers the other."""

    @property
    def name(self) -> str:
        """Manifest name of the model."""

    def score_pairs(
        self, query: str, texts: Sequence[str], *, is_over: Callable[[], bool]
    ) -> list[float] | None:
        """Return one score for each text, in the order given; ``None`` once the time is over.

        Scores of one query can be compared, those of two cannot. Raises ``TransientError``.
        """


class Usefulness(msgspec.Struct, frozen=True, gc=False):
    """What people found of a document, for a query."""

    lift: float
    """What its score gains or loses by it, as fused score."""
    n_useful: int = 0
    """People who voted that it was useful for what the query asks."""
    n_voters: int = 0
    """People who voted either way."""


class UsefulnessSource(Protocol):
    """What was learned from the log of searches, as far as it was read."""

    def useful(
        self,
        typed: str,
        documents: Sequence[DocumentId],
        *,
        encoder: str,
        encode: Callable[[], NDArray[np.float32]],
        mentors: Mapping[DocumentId, Sequence[PersonId]] = MappingProxyType({}),
    ) -> Mapping[DocumentId, Usefulness]:
        """Return what is known of some documents for a query; nothing of the others.

        Args:
            typed: The query.
            documents: Candidates, best first.
            encoder: Name of the encoder that ``encode`` asks.
            encode: Makes the vector of the query; called only where there is a use for it.
            mentors: Whose the candidates are; those of nobody may be left out.
        """


class PassageReader(Protocol):
    """What a search reads from the catalog to dress its hits."""

    def get_page(
        self,
        documents: Iterable[DocumentId],
        passages: Iterable[PassageId],
        people: Iterable[PersonId] = (),
    ) -> PageContent:
        """Return what is there of these, read in one go."""

    def get_documents(self, ids: Iterable[DocumentId]) -> dict[DocumentId, Document]:
        """Return the published documents among these."""

    def get_people(self, ids: Iterable[PersonId]) -> dict[PersonId, Speaker]:
        """Return the known people among these, with their names."""

    def get_shared_queries(self, at_least: int) -> tuple[SharedQuery, ...]:
        """Return the queries for which so many people found something useful, by key."""

    def get_mentors(self, audiences: Collection[str]) -> dict[PersonId, Speaker]:
        """Return the mentors of every document that one of these keys may see, with their names."""


class BlobStore(Protocol):
    """Bytes kept by the SHA-256 of what they are; writing twice changes nothing."""

    def put(self, source: bytes | Path) -> BlobKey:
        """Store the bytes (streamed from a path) durably and return their key."""

    def read(self, key: BlobKey, *, start: int = 0, end: int | None = None) -> bytes:
        """Return the bytes [start, end); raises ``NotFoundError`` when there is no such blob."""

    def size(self, key: BlobKey) -> int:
        """Return the length in bytes; raises ``NotFoundError``."""

    def local_path(self, key: BlobKey) -> AbstractContextManager[Path]:
        """Give a readable local file with these bytes for as long as the context lasts."""

    def delete(self, key: BlobKey) -> None:
        """Remove the blob if it is there."""

    def keys(self) -> Iterator[BlobKey]:
        """Yield the key of every blob."""

    def older(self, than: datetime) -> Iterator[BlobKey]:
        """Yield the key of every blob that was last put before this moment, give or take a day."""


EncoderVectors = Mapping[str, "Vectors"]
"""Vectors of the same passages, one array per encoder name."""
