"""Apply what people corrected and hid: transcript, passages, vectors of new ones, recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import structlog
from dbos import DBOS, StepOptions

from pipelines import stages
from pipelines.bootstrap import Pipeline
from pipelines.correcting import with_corrections
from pipelines.speaking import participants_with, with_speakers
from pipelines.workflows.mask import mask_media
from schemas.content import Content
from schemas.document import Document
from schemas.errors import NotFoundError, should_retry
from schemas.ids import DocumentId
from schemas.job import CORRECT_WORKFLOW
from schemas.passage import Passage
from schemas.reply import Reply

if TYPE_CHECKING:
    from schemas.passage import Vectors

RETRY_AFTER_S: Final = 0.5
"""Another correction of the same document was published in between: that takes no longer."""
MAX_ATTEMPTS: Final = 6
MAX_RECOVERIES: Final = 20

_log = structlog.get_logger(__name__)


class Applied(msgspec.Struct, frozen=True):
    """What applying corrections came to."""

    n_corrections: int
    """Namings of speakers among them."""
    n_passages: int
    n_encoded: int
    """Passages whose text is new."""

    @property
    def n_kept(self) -> int:
        """Passages whose text was there before, with its vectors."""
        return self.n_passages - self.n_encoded


def register_correct(pipeline: Pipeline) -> None:
    """Teach the workflow engine to apply corrections; called before its launch."""
    options = StepOptions(
        name="apply",
        retries_allowed=True,
        should_retry=should_retry,
        max_attempts=MAX_ATTEMPTS,
        interval_seconds=RETRY_AFTER_S,
    )

    @DBOS.workflow(name=CORRECT_WORKFLOW, max_recovery_attempts=MAX_RECOVERIES)
    def apply_corrections(document_id: DocumentId) -> int:
        return DBOS.run_step(options, apply, pipeline, document_id).n_encoded


def apply(pipeline: Pipeline, document_id: DocumentId) -> Applied:
    """Take over every correction, naming and restriction of the published revision that waits.

    Does nothing when there is none, or no such document any more: a workflow before this one,
    or the document's deletion, was faster.

    Raises:
        TransientError: If something else of the document was published meanwhile.
    """
    document = pipeline.catalog.documents.get(document_id)
    made = pipeline.catalog.corrections.of(document_id, document.revision) if document else []
    namings = pipeline.catalog.namings.of(document.id, document.revision) if document else []
    waiting = [correction for correction in made if correction.applied_at is None]
    named = [naming for naming in namings if naming.applied_at is None]
    if document is None:
        return Applied(0, 0, 0)
    if not waiting and not named and pipeline.catalog.restrictions.is_cut(document):
        mask_media(pipeline, document)
        return Applied(0, 0, 0)
    before: Content = msgspec.json.decode(pipeline.blobs.read(document.content), type=Content)
    content = with_speakers(with_corrections(before, made), namings, made)
    participants = participants_with(document.participants, before, namings)
    people = msgspec.structs.replace(document, participants=participants)
    passages = stages.recut(
        people,
        content,
        language_of=pipeline.language_of,
        count_tokens=pipeline.count_tokens,
        settings=pipeline.settings.ingestion,
    )
    vectors, n_encoded = _vectors(pipeline, document, passages)
    try:
        pipeline.catalog.publishing.correct(
            document,
            passages,
            vectors,
            content=stages.content_blob(content, pipeline.blobs),
            replies=_replies(pipeline, people, content),
            applied=waiting,
            named=named,
            participants=participants,
            now=pipeline.clock(),
        )
    except NotFoundError:
        return Applied(0, 0, 0)
    mask_media(pipeline, document)
    applied = Applied(len(waiting) + len(named), len(passages), n_encoded)
    _log.info(
        "corrections.applied",
        document_id=document_id,
        n_corrections=applied.n_corrections,
        n_encoded=applied.n_encoded,
        n_kept=applied.n_kept,
    )
    return applied


def _replies(pipeline: Pipeline, document: Document, content: Content) -> tuple[Reply, ...]:
    tags = pipeline.catalog.documents.tags([document.id]).get(document.id, ())
    return stages.replies_in(
        content, document.kind, document.participants, tags=tags, tagger=pipeline.tagger()
    )


def _vectors(
    pipeline: Pipeline, document: Document, passages: list[Passage]
) -> tuple[dict[str, Vectors], int]:
    """Return vectors for every encoder in use, encoding only texts that are new."""
    names = pipeline.encoder_names()
    stored = pipeline.catalog.passages
    texts = {p.id: p.text for p in stored.of_document(document.id)}
    known = {
        name: {
            texts[passage_id]: vector
            for passage_id, vector in stored.vectors_of(document.id, name).items()
            if passage_id in texts  # another correction came in between: publishing will refuse
        }
        for name in names
    }
    encoders = [pipeline.encoder(name) for name in names]
    return stages.encode_new(document.title, [p.text for p in passages], encoders, known=known)
