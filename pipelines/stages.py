"""The stages of ingestion as plain functions: values in, values out, over ports."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import msgspec
import numpy as np

from indexer.masking import places_of
from indexer.ports import BlobStore, PassageEncoder
from pipelines.enrichment.replies import find_replies
from pipelines.extraction.extract import extract as extract_content
from pipelines.extraction.text import text_to_body
from pipelines.ports import ExtractionDeps, Progress
from pipelines.publishing import Description, main_language
from pipelines.segmentation.passages import LanguageOf, segment
from schemas.content import Content, Extraction
from schemas.document import Document, DocumentKind, Participant, Submission
from schemas.errors import DamagedFileError, NoTextError, UnknownTagError
from schemas.identity import EVERYONE, audiences_of
from schemas.ids import BlobKey, DocumentId, Revision, TagId
from schemas.passage import Passage
from schemas.reply import Reply
from schemas.settings import IngestionSettings
from schemas.span import Locator
from schemas.tag import TagAssignment, TagFacet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from schemas.passage import Vectors

    Vector = NDArray[np.float32]

ENCODE_BATCH: Final = 64
"""Passages between two reports of progress: some two seconds of work on two cores."""
_HASH_BLOCK_BYTES: Final = 1024**2

CountTokens = Callable[[Sequence[str]], list[int]]


class TagAssigning(Protocol):
    """Finds the taxonomy's tags in a document."""

    def assign(
        self, title: str, passages_text: Sequence[str], vectors: Vectors, declared: Sequence[str]
    ) -> tuple[tuple[TagAssignment, ...], tuple[str, ...]]:
        """Return the tags, and a sentence for every declared tag that the taxonomy lacks."""

    def named(self, text: str) -> set[TagId]:
        """Return the tags that a text names by label or alias."""


class Enrichment(msgspec.Struct, frozen=True):
    """What was found out about a document as a whole."""

    language: str
    tags: tuple[TagAssignment, ...]
    warnings: tuple[str, ...]
    replies: tuple[Reply, ...] = ()
    """The questions of a conversation with what answers them."""


def verify(submission: Submission, blobs: BlobStore) -> None:
    """Check that the stored original is what was received, to the last bit.

    Raises:
        DamagedFileError: If it is not.
        NotFoundError: If it is gone.
    """
    for key in filter(None, (submission.original, submission.media)):
        with blobs.local_path(key) as path:
            if _sha256_of(path) != key:
                raise DamagedFileError(
                    f"The stored copy of {submission.filename} differs from what was received; "
                    "send it again."
                )


def extract(submission: Submission, deps: ExtractionDeps) -> Extraction:
    """Read the original, whatever its format.

    Raises:
        PermanentError: One of its leaves, saying what is wrong with the bytes and where.
    """
    with deps.blobs.local_path(submission.original) as path:
        return extract_content(submission, path, deps)


def cut(  # noqa: PLR0913 - the content, what is known of it, and how to cut
    submission: Submission,
    content: Content,
    description: Description,
    *,
    language_of: LanguageOf,
    count_tokens: CountTokens,
    settings: IngestionSettings,
    hidden: Sequence[Locator] = (),
) -> list[Passage]:
    """Cut the content into passages, also at the edges of what is hidden.

    Raises:
        NoTextError: If it holds no usable text.
    """
    passages = segment(
        content,
        document_id=submission.document_id,
        revision=submission.revision,
        title=description.title,
        audiences=description.audiences,
        language_of=language_of,
        count_tokens=count_tokens,
        budget=settings.passage_tokens,
        overlap=settings.passage_overlap_tokens,
        hidden=hidden,
    )
    if not passages:
        raise NoTextError(f"No usable text was found in {submission.filename}.")
    return passages


def recut(
    document: Document,
    content: Content,
    *,
    language_of: LanguageOf,
    count_tokens: CountTokens,
    settings: IngestionSettings,
) -> list[Passage]:
    """Cut the changed content of a published document exactly as its ingestion would."""
    return segment(
        content,
        document_id=document.id,
        revision=document.revision,
        title=document.title,
        audiences=audiences_of(document.visibility, document.participants),
        language_of=language_of,
        count_tokens=count_tokens,
        budget=settings.passage_tokens,
        overlap=settings.passage_overlap_tokens,
        hidden=places_of(document),
    )


def cut_text(
    document_id: DocumentId,
    title: str,
    text: str,
    *,
    language_of: LanguageOf,
    count_tokens: CountTokens,
    settings: IngestionSettings,
) -> list[Passage]:
    """Cut a plain text exactly as ingestion would; everybody may see it. Used by evaluation."""
    return segment(
        text_to_body(text),
        document_id=document_id,
        revision=Revision(hashlib.sha256(text.encode()).hexdigest()),
        title=title,
        audiences=(EVERYONE,),
        language_of=language_of,
        count_tokens=count_tokens,
        budget=settings.passage_tokens,
        overlap=settings.passage_overlap_tokens,
    )


def encoder_text(title: str, text: str) -> str:
    """Return what the encoder reads for a passage: its document's title, then its words.

    The title in front is worth a point of nDCG@10, since a passage seldom repeats what its
    document is about.
    """
    return f"{title} : {text}" if title else text


def encode(
    title: str,
    texts: Sequence[str],
    encoders: Collection[PassageEncoder],
    *,
    progress: Progress,
) -> dict[str, Vectors]:
    """Encode every passage with every encoder; one array of rows in input order for each."""
    composed = [encoder_text(title, text) for text in texts]
    n_batches = max(1, len(encoders) * -(-len(composed) // ENCODE_BATCH))
    n_done = 0
    encoded: dict[str, Vectors] = {}
    for encoder in encoders:
        rows: list[Vectors] = []
        for batch in _batches(composed):
            rows.append(encoder.encode_passages(batch))
            n_done += 1
            progress(n_done / n_batches)
        empty = np.empty((0, encoder.dimensions), np.float32)
        encoded[encoder.name] = np.concatenate(rows) if rows else empty
    return encoded


def encode_new(
    title: str,
    texts: Sequence[str],
    encoders: Collection[PassageEncoder],
    *,
    known: Mapping[str, Mapping[str, Vector]],
) -> tuple[dict[str, Vectors], int]:
    """Encode only the passages that no vector is known of; the vectors of the others are kept.

    Args:
        title: Of the document, which must be the one that the known vectors were made with.
        texts: Of all passages, in order.
        encoders: Every encoder that needs vectors.
        known: For each encoder's name, vectors by text.

    Returns:
        One array of rows in input order for each encoder, and how many passages were encoded.
    """
    encoded: dict[str, Vectors] = {}
    fresh: set[int] = set()
    for encoder in encoders:
        own = known.get(encoder.name, {})
        lacking = [n for n, text in enumerate(texts) if text not in own]
        made = encode(title, [texts[n] for n in lacking], [encoder], progress=_unheard)
        new = dict(zip(lacking, made[encoder.name], strict=True))
        rows = [new[n] if n in new else own[text] for n, text in enumerate(texts)]
        empty = np.empty((0, encoder.dimensions), np.float32)
        encoded[encoder.name] = np.stack(rows) if rows else empty
        fresh |= new.keys()
    return encoded, len(fresh)


def enrich(  # noqa: PLR0913 - one value from each stage before
    extraction: Extraction,
    description: Description,
    passages: Sequence[Passage],
    vectors: Vectors,
    *,
    declared: Sequence[str],
    tagger: TagAssigning,
    language_of: LanguageOf,
) -> Enrichment:
    """Find the document's language and its tags: declared, named in the text, close in meaning.

    Args:
        extraction: Its tags are declared by the bytes.
        description: The settled facts.
        passages: In order.
        vectors: Of the tagger's encoder, row by row those of ``passages``.
        declared: Tags that the sender gave.
        tagger: Knows the taxonomy.
        language_of: Names the language of a text.

    Raises:
        UnknownTagError: If a declared tag is not in the taxonomy. Left out in silence it would be
            missed by nobody until somebody filters by it; the original is kept for another try.
    """
    names = tuple(dict.fromkeys((*declared, *extraction.tags)))
    tags, unknown = tagger.assign(description.title, [p.text for p in passages], vectors, names)
    if unknown:
        raise UnknownTagError(
            f"{' '.join(unknown)} Add it to the taxonomy and try again, or send the document with "
            "a tag that is there."
        )
    language = main_language(passages, description.title, language_of=language_of)
    replies = replies_in(
        extraction.content, description.kind, description.participants, tags=tags, tagger=tagger
    )
    return Enrichment(language=language, tags=tags, warnings=description.warnings, replies=replies)


def replies_in(
    content: Content,
    kind: DocumentKind,
    participants: Sequence[Participant],
    *,
    tags: Sequence[TagAssignment],
    tagger: TagAssigning,
) -> tuple[Reply, ...]:
    """Return the questions of a conversation with what answers them, each with its topic.

    A topic is one of the document's: the first that question or answer name, else its first.
    """
    topics = [tag.tag_id for tag in tags if tag.tag_id.startswith(f"{TagFacet.TOPIC}.")]

    def topic_of(text: str) -> TagId | None:
        named = tagger.named(text)
        return next((t for t in topics if t in named), topics[0] if topics else None)

    return find_replies(content, kind, participants, topic_of)


def missing_vectors(vectors: Mapping[str, Vectors], needed: Collection[str]) -> list[str]:
    """Return the encoders that came into use after the passages were encoded."""
    return [name for name in needed if name not in vectors]


def content_blob(content: Content, blobs: BlobStore) -> BlobKey:
    """Store the content as readers of the document will get it."""
    return blobs.put(msgspec.json.encode(content))


def _unheard(share: float) -> None:
    """Report to nobody: some passages take no time that anybody would watch."""


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), ENCODE_BATCH):
        yield texts[start : start + ENCODE_BATCH]


def _sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_HASH_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
