"""What the commands that take documents in share: the intake, and sending one after the other."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from api.adapters.job_queue import open_job_queue
from cli import context
from cli.watch import Row
from indexer.blobs import open_blobs
from indexer.fetching import Fetcher
from indexer.intake import Intake, Received, SubmissionOptions, receive
from indexer.recordings import Recording
from pipelines.sources.filesystem import FoundDocument, name_beside
from schemas.errors import ChangedFileError, CordeeError
from schemas.job import JobProblem, JobState
from schemas.settings import Settings

CHANGED_PAUSE_S: Final = 1.0
"""Before a file that was written to while it was read is read once more."""


@contextmanager
def intake_of(settings: Settings) -> Iterator[Intake]:
    """Open catalog, blobs and queue for the length of a command."""
    with context.catalog_of(settings) as catalog, closing(open_job_queue(settings)) as queue:
        yield Intake(
            catalog=catalog,
            blobs=open_blobs(settings.blob_url),
            queue=queue,
            settings=settings,
            clock=lambda: datetime.now(UTC),
        )


def send_all(
    intake: Intake, documents: Iterable[FoundDocument], said: SubmissionOptions
) -> Iterator[Row]:
    """Receive one document after the other; a refusal is a failed row, and the others go on."""
    fetcher = Fetcher(intake.settings)
    for document in documents:
        yield _send(intake, fetcher, document, said)


def _send(
    intake: Intake, fetcher: Fetcher, document: FoundDocument, said: SubmissionOptions
) -> Row:
    options = SubmissionOptions(
        source=said.source or document.source,
        location=document.path.as_uri() if document.path is not None else document.url,
        kind=said.kind or document.kind,
        title=said.title or document.title,
        visibility=said.visibility or document.visibility,
        tags=(*document.tags, *said.tags),
        created_at=document.created_at,
        anonymised=document.anonymised,
    )
    row = Row(path=_shown(document))
    try:
        received = _received(intake, fetcher, document, options)
    except (CordeeError, OSError) as error:
        code = error.code if isinstance(error, CordeeError) else "unreadable"
        row.problem = JobProblem(code=code, detail=str(error))
        row.state = JobState.FAILED
        return row
    row.is_new = received.is_new
    row.document_id = received.document_id
    row.unheeded = received.unheeded
    row.follow(received.job)
    return row


def _received(
    intake: Intake, fetcher: Fetcher, document: FoundDocument, options: SubmissionOptions
) -> Received:
    if document.path is None:
        with tempfile.TemporaryDirectory(dir=intake.settings.data_dir, prefix="fetch-") as name:
            fetched = fetcher.fetch(document.url or "", Path(name))
            return receive(
                intake,
                fetched.path,
                filename=fetched.filename,
                options=options,
                uploaded_by=None,
            )
    try:
        return _read(intake, document.path, document.media, options)
    except ChangedFileError:
        time.sleep(CHANGED_PAUSE_S)
        return _read(intake, document.path, document.media, options)


def _read(
    intake: Intake, path: Path, media: Sequence[Path], options: SubmissionOptions
) -> Received:
    return receive(
        intake,
        path,
        filename=path.name,
        options=options,
        uploaded_by=None,
        media=[Recording(each, name_beside(path, each)) for each in media],
    )


def _shown(document: FoundDocument) -> str:
    path, here = document.path, Path.cwd()
    if path is None:
        return document.name
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
