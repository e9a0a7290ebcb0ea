"""The unit of retrieval: about 200 tokens of a document, with the place they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from schemas.ids import DocumentId, PassageId, PersonId
from schemas.span import Locator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    """Array of shape (n, d), float32, rows of L2 norm 1."""


class WordAnchor(NamedTuple):
    """Ties a character of a passage to the moment it is said: what makes a hit jump to a word."""

    offset: int
    """Index of the word's first character in ``Passage.text``."""
    start_ms: int
    end_ms: int


class Passage(msgspec.Struct, frozen=True):
    """A retrievable stretch of a document."""

    id: PassageId
    document_id: DocumentId
    ordinal: int
    """Position among the document's passages, from 0."""
    text: str
    """As shown to a reader, without the title."""
    locator: Locator
    language: str
    heading: str = ""
    """Nearest heading above the passage, empty when there is none."""
    speaker_ids: tuple[PersonId, ...] = ()
    """Who speaks in it, in order of first word."""
    audiences: tuple[str, ...] = ()
    """Sorted audience keys (see ``schemas.identity``); empty means nobody."""
    anchors: tuple[WordAnchor, ...] = ()
    """One per spoken word, by rising offset; empty for anything that is not timed speech."""
    on_screen: bool = False
    """Whether it is read on the screen of a video, and not said."""


class IndexEntry(msgspec.Struct, frozen=True):
    """What both indexes need to know about one passage: text, filters and nothing else."""

    passage: Passage
    title: str
    kind: str
    tags: tuple[str, ...]
    mentor_ids: tuple[PersonId, ...]
    created_at_s: int
    """Seconds since 1970 (UTC) of the document's ``created_at``."""


class Held(NamedTuple):
    """A passage that an index or the catalog holds, and whose it is."""

    passage_id: PassageId
    document_id: DocumentId


class ScoredPassage(NamedTuple):
    """A passage and a score; a higher score is better, whatever its scale."""

    passage_id: PassageId
    score: float


Ranking = list[ScoredPassage]
"""Best first; equal scores in passage-id order; no passage twice."""
