"""The one way in: bytes become a blob, a job row and a queued workflow, in that order.

A crash between two of these loses nothing. A blob without a job is found again when the same
bytes are sent again; a job that no workflow knows is queued by the workers' periodic repair.
"""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import structlog

from indexer.catalog.catalog import Catalog
from indexer.job_queue import JobQueue
from indexer.ports import BlobStore
from indexer.recordings import (
    HEAD_BYTES,
    Recording,
    check_names,
    is_recording,
    names_recording,
    put_recordings,
)
from indexer.room import check_room
from schemas.document import DocumentKind, Submission, Visibility
from schemas.errors import (
    ConflictError,
    EmptyFileError,
    InvalidInputError,
    LimitExceededError,
    NotFoundError,
    TransientError,
)
from schemas.ids import (
    BlobKey,
    DocumentId,
    JobId,
    PersonId,
    Revision,
    document_id_for,
)
from schemas.job import ENDED_BADLY, OPEN, Job
from schemas.settings import Settings
from schemas.sharing import is_shared_copy

MAX_FILENAME_CHARS: Final = 150
"""Keeps a name below the 255 bytes that file systems allow, in any script."""
MAX_PEEK_BYTES: Final = 64 * 1024**2
"""A larger JSON is not looked into at the door; no exchange comes near this size."""
FALLBACK_FILENAME: Final = "document"

_NAMED_KINDS: Final = frozenset({DocumentKind.EXCHANGE, DocumentKind.THREAD})
_OWN_ID: Final = re.compile(r"[^\s\x00-\x1f\x7f]{1,200}")

_log = structlog.get_logger(__name__)


class SubmissionOptions(msgspec.Struct, frozen=True):
    """What a sender says about the bytes; ``None`` means "not said"."""

    source: str | None = None
    """The sender's own lasting name for the document: sending it again replaces the document."""
    location: str | None = None
    """Where the bytes were found (a ``file://`` URI): names the document when nothing better
    does."""
    kind: DocumentKind | None = None
    title: str | None = None
    visibility: Visibility | None = None
    tags: tuple[str, ...] = ()
    created_at: datetime | None = None
    """When it took place."""
    anonymised: bool = False
    """The school says that nobody in it is to be recognised: students may see it as it is."""


class Received(msgspec.Struct, frozen=True):
    """What became of bytes that were sent in."""

    job: Job
    document_id: DocumentId
    is_new: bool
    """False when these bytes were published, or being ingested, already."""
    unheeded: tuple[str, ...] = ()
    """What the sender says of bytes that are known, and said otherwise or not at all before:
    ``kind``, ``title``, ``visibility``, ``tags``, ``anonymised``. It changes nothing."""


class Intake(msgspec.Struct, frozen=True):
    """Everything that receiving a document needs."""

    catalog: Catalog
    blobs: BlobStore
    queue: JobQueue
    settings: Settings
    clock: Callable[[], datetime]
    """Returns the present time in UTC."""
    lock: threading.Lock = msgspec.field(default_factory=threading.Lock)
    """Held while looking for the same bytes and creating the job, as the catalog's own lock of
    processes is: two uploads of one file at the same moment become one document."""


class _Peek(msgspec.Struct):
    kind: str | None = None
    id: str | int | None = None


def receive(
    intake: Intake,
    source: bytes | Path,
    *,
    filename: str,
    options: SubmissionOptions,
    uploaded_by: PersonId | None,
    media: Sequence[Recording] = (),
) -> Received:
    """Take bytes in for ingestion and return their job.

    Bytes that are published or being ingested already, whatever their source, give that
    document and job back. Bytes whose job failed, or that were replaced or deleted since, give
    a new try. Nothing is parsed beyond an exchange's id: a damaged file becomes a failed job.

    Args:
        intake: The bundle to work with.
        source: The bytes, or a file that holds them, which is not changed.
        filename: As the sender names it; cleaned of paths and control characters here.
        options: What the sender says about the document.
        uploaded_by: The person behind the request, when there is one.
        media: Recordings that an exchange JSON points to, as far as they came along.

    Raises:
        EmptyFileError: If there are no bytes, or none of a recording.
        LimitExceededError: If there are more bytes than the settings allow.
        StorageFullError: If the disk is nearly full, or becomes so.
        ChangedFileError: If the file is written to while it is read.
        InvalidInputError: If the source names a shared copy, which only sharing makes; if there
            are too many recordings, or two of one name.
    """
    if options.source is not None and is_shared_copy(options.source):
        raise InvalidInputError("source: copies of exchanges are made by sharing those.")
    name = clean_filename(filename)
    size_bytes = _checked_size(source, name, intake.settings)
    check_names(media)
    media_bytes = sum(_checked_size(each.path, each.name, intake.settings) for each in media)
    check_room(intake.settings, size_bytes + media_bytes)
    original = intake.blobs.put(source)
    recording = put_recordings(intake.blobs, media, Path(intake.settings.data_dir))
    where = source_of(source, size_bytes, original, options)
    submission = Submission(
        document_id=document_id_for(where),
        revision=_revision_of(original, recording),
        source=where,
        original=original,
        filename=name,
        size_bytes=size_bytes,
        kind=options.kind,
        title=options.title,
        visibility=options.visibility,
        tags=options.tags,
        uploaded_by=uploaded_by,
        media=recording,
        created_at=options.created_at,
        anonymised=options.anonymised,
    )
    received = submit(intake, submission)
    if received.is_new:
        return received
    before = intake.catalog.jobs.submission(received.job.id)
    return msgspec.structs.replace(received, unheeded=_unheeded(options, before))


def retry(intake: Intake, job_id: JobId) -> Job:
    """Give a failed or cancelled job another try, with the original that was kept.

    Raises:
        NotFoundError: If there is no such job, or its original is gone.
        ConflictError: If the job did neither.
    """
    job = intake.catalog.jobs.get(job_id)
    if job is None:
        raise NotFoundError(f"There is no job {job_id}.")
    if job.state not in ENDED_BADLY:
        raise ConflictError(f"Job {job_id} is {job.state.value}: only a failed job is tried again.")
    submission = intake.catalog.jobs.submission(job_id)
    intake.blobs.size(submission.original)
    return submit(intake, submission).job


def clean_filename(filename: str) -> str:
    """Return a base name that is safe to show, store and send in a header.

    Directories (of either slash), control and invisible characters go; a name of which nothing
    is left becomes ``document``. An extension survives the cut of a long name.
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", filename))[-1]
    visible = "".join(c for c in base if unicodedata.category(c)[0] != "C")
    name = re.sub(r"\s+", " ", visible).strip(" .")
    if len(name) > MAX_FILENAME_CHARS:
        stem, dot, extension = name.rpartition(".")
        kept = dot + extension[:10] if stem else ""
        name = (stem or name)[: MAX_FILENAME_CHARS - len(kept)].rstrip() + kept
    return name or FALLBACK_FILENAME


def peek_source(json_bytes: bytes) -> str | None:
    """Return where an exchange or thread JSON lives, ``exchange:ex-2031`` say. Never raises.

    ``None`` for any other bytes, bad JSON included: the job then says what is wrong, and where.
    """
    if not json_bytes.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    try:
        peek = msgspec.json.decode(json_bytes.removeprefix(b"\xef\xbb\xbf"), type=_Peek)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    identifier = "" if peek.id is None else str(peek.id)
    is_named = peek.kind in _NAMED_KINDS and _OWN_ID.fullmatch(identifier)
    return f"{peek.kind}:{identifier}" if is_named else None


def enqueue(intake: Intake, job_id: JobId, submission: Submission) -> None:
    """Queue a job that has its row; doing it twice is doing it once."""
    head = intake.blobs.read(submission.original, start=0, end=HEAD_BYTES)
    is_long = submission.media is not None or is_recording(head) or names_recording(submission)
    intake.queue.enqueue_ingest(job_id, long_media=is_long, size_bytes=submission.size_bytes)


def submit(intake: Intake, submission: Submission, *, anew: bool = False) -> Received:
    """Make the job of stored bytes and queue it; ``anew`` also where they are published."""
    with intake.lock, intake.catalog.database.alone():
        known = None if anew else _same_bytes(intake, submission)
        if known is not None:
            return known
        job, is_new = _open_attempt(intake, submission)
    try:
        enqueue(intake, job.id, submission)
    except TransientError as error:
        # The row is there: the workers' repair queues it when the queue is back.
        _log.warning("job.not_queued", job_id=job.id, reason=str(error))
    if is_new:
        _log.info("job.received", job_id=job.id, document_id=job.document_id)
    return Received(job=job, document_id=job.document_id, is_new=is_new)


def _unheeded(options: SubmissionOptions, before: Submission) -> tuple[str, ...]:
    said = {
        "kind": options.kind not in {None, before.kind},
        "title": options.title not in {None, before.title},
        "visibility": options.visibility not in {None, before.visibility},
        "tags": not set(options.tags) <= set(before.tags),
        "anonymised": options.anonymised and not before.anonymised,
    }
    return tuple(name for name, is_other in said.items() if is_other)


def _same_bytes(intake: Intake, submission: Submission) -> Received | None:
    """Return the document that these bytes already are, or are about to be."""
    jobs = intake.catalog.jobs
    active = jobs.in_progress(submission.revision)
    if active is not None:
        return Received(job=active, document_id=active.document_id, is_new=False)
    published = intake.catalog.documents.find_by_revision(submission.revision)
    if published is None:
        return None
    latest = jobs.latest_for(published)
    if latest is not None and latest.state in OPEN:
        return None  # another revision is about to replace these bytes, which are wanted again
    done = intake.catalog.jobs.last_attempt(published, submission.revision)
    return Received(job=done, document_id=published, is_new=False) if done else None


def _open_attempt(intake: Intake, submission: Submission) -> tuple[Job, bool]:
    """Create the attempt after the last one, unless that one is not over yet."""
    last = intake.catalog.jobs.last_attempt(submission.document_id, submission.revision)
    if last is not None and last.state in OPEN:
        return last, False
    attempt = 1 if last is None else last.attempt + 1
    return intake.catalog.jobs.create(submission, attempt=attempt, now=intake.clock())


def _checked_size(source: bytes | Path, name: str, settings: Settings) -> int:
    size_bytes = source.stat().st_size if isinstance(source, Path) else len(source)
    limit = settings.ingestion.max_upload_bytes
    if size_bytes == 0:
        raise EmptyFileError(f"{name} is empty: it holds 0 bytes.")
    if size_bytes > limit:
        raise LimitExceededError(f"{name} has {size_bytes} bytes; at most {limit} are accepted.")
    return size_bytes


def source_of(
    source: bytes | Path, size_bytes: int, original: BlobKey, options: SubmissionOptions
) -> str:
    """Return where a document lives: what its sender calls it, what it calls itself, or a place."""
    if options.source:
        return options.source
    if size_bytes <= MAX_PEEK_BYTES and _starts_like_json(source):
        content = source.read_bytes() if isinstance(source, Path) else source
        named = peek_source(content)
        if named is not None:
            return named
    return options.location or f"sha256:{original}"


def _starts_like_json(source: bytes | Path) -> bool:
    if isinstance(source, Path):
        with source.open("rb") as stream:
            head = stream.read(1024)
    else:
        head = source[:1024]
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _revision_of(original: BlobKey, recording: BlobKey | None) -> Revision:
    """A revision is the bytes: of the file, and of the recording that came with it."""
    if recording is None:
        return Revision(original)
    return Revision(hashlib.sha256(f"{original}\n{recording}".encode()).hexdigest())
