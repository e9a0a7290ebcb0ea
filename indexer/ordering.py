"""Documents ordered by their address: a job is there at once, bytes when a worker fetched them.

Until then the job works on the order, which has a revision of its own. What the bytes are decides
which document they become, as with any other way in: the same bytes are one document.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

import msgspec

from indexer.catalog.catalog import Catalog
from indexer.fetching import Fetched, Fetcher, name_in
from indexer.intake import Intake, Received, SubmissionOptions, source_of, submit
from indexer.ports import BlobStore
from schemas.document import Submission
from schemas.errors import EmptyFileError, InvalidInputError
from schemas.ids import JobId, PersonId, Revision, document_id_for
from schemas.job import OPEN
from schemas.sharing import is_shared_copy


def order(
    intake: Intake, url: str, *, options: SubmissionOptions, uploaded_by: PersonId | None
) -> Received:
    """Make and queue the job that fetches a document and works on it.

    An address whose order is not over yet gives that job back. Which document it becomes is
    settled when the bytes are here; until then the address, or the sender's name for it, tells.

    Raises:
        AddressRefusedError: If the address is not fetched from.
        InvalidInputError: If the source names a shared copy, which only sharing makes.
    """
    if options.source is not None and is_shared_copy(options.source):
        raise InvalidInputError("source: copies of exchanges are made by sharing those.")
    Fetcher(intake.settings).check(url)
    where = url.strip().partition("#")[0]
    source = options.source or where
    under_way = _under_way(intake, source, where)
    if under_way is not None:
        return under_way
    # Nothing that tells what was asked for: this is kept as any other original.
    token = secrets.token_bytes(32)
    original = intake.blobs.put(token)
    ordered = Submission(
        document_id=document_id_for(source),
        revision=Revision(original),
        source=source,
        original=original,
        filename=name_in(where),
        size_bytes=len(token),
        kind=options.kind,
        title=options.title,
        visibility=options.visibility,
        tags=options.tags,
        uploaded_by=uploaded_by,
        created_at=options.created_at,
        anonymised=options.anonymised,
        url=where,
    )
    return submit(intake, ordered)


def arrive(
    catalog: Catalog,
    blobs: BlobStore,
    job_id: JobId,
    fetched: Fetched,
    *,
    clock: Callable[[], datetime],
) -> bool:
    """Let a job work on the bytes that it fetched.

    Returns:
        Whether that is needed; False where these bytes are published, or another job works on
        them: the job is then one of that document, and has nothing to do.

    Raises:
        EmptyFileError: If there are no bytes.
    """
    ordered = catalog.jobs.submission(job_id)
    size_bytes = fetched.path.stat().st_size
    if size_bytes == 0:
        raise EmptyFileError(f"{fetched.filename} is empty: it holds 0 bytes.")
    original = blobs.put(fetched.path)
    named = None if ordered.source == ordered.url else ordered.source
    options = SubmissionOptions(source=named, location=ordered.url)
    where = source_of(fetched.path, size_bytes, original, options)
    here = msgspec.structs.replace(
        ordered,
        document_id=document_id_for(where),
        revision=Revision(original),
        source=where,
        original=original,
        filename=fetched.filename,
        size_bytes=size_bytes,
        url=None,
    )
    with catalog.database.alone():
        known = _known(catalog, job_id, here.revision)
        catalog.jobs.arrived(job_id, known or here, now=clock())
    return known is None


def _under_way(intake: Intake, source: str, url: str) -> Received | None:
    latest = intake.catalog.jobs.latest_for(document_id_for(source))
    if latest is None or latest.state not in OPEN:
        return None
    if intake.catalog.jobs.submission(latest.id).url != url:
        return None
    return Received(job=latest, document_id=latest.document_id, is_new=False)


def _known(catalog: Catalog, job_id: JobId, revision: Revision) -> Submission | None:
    """Return what another job works on, or has published, if it is these bytes."""
    active = catalog.jobs.in_progress(revision)
    if active is not None:
        return catalog.jobs.submission(active.id)
    published = catalog.documents.find_by_revision(revision)
    if published is None:
        return None
    latest = catalog.jobs.latest_for(published)
    if latest is not None and latest.id != job_id and latest.state in OPEN:
        return None  # another revision is about to replace these bytes, which are wanted again
    done = catalog.jobs.last_attempt(published, revision)
    return catalog.jobs.submission(done.id) if done else None
