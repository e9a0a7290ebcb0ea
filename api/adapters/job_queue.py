"""The workflow engine's client: work is queued by name, so nothing of ``pipelines`` is imported."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from dbos import DBOS, DBOSClient, EnqueueOptions
from sqlalchemy.exc import SQLAlchemyError

from indexer.catalog.database import compact
from schemas.errors import TransientError
from schemas.ids import DocumentId, JobId
from schemas.job import (
    APP_NAME,
    APP_VERSION,
    CORRECT_WORKFLOW,
    CORRECTIONS_QUEUE,
    FIRST_QUEUE,
    INGEST_QUEUE,
    INGEST_WORKFLOW,
    MEDIA_QUEUE,
    REENCODE_WORKFLOW,
    REINDEX_QUEUE,
    correct_workflow_id,
    priority_of,
)
from schemas.settings import Settings

# Without a handler of its own, DBOS would add one that bypasses our log format.
logging.getLogger("dbos").addHandler(logging.NullHandler())


class DbosJobQueue:
    """``JobQueue`` over the workflow engine's system database; safe to share between threads."""

    def __init__(self, client: DBOSClient) -> None:
        """Wrap an open client."""
        self._client = client

    def enqueue_ingest(self, job_id: JobId, *, long_media: bool, size_bytes: int = 0) -> None:
        """Queue the ingestion of a job; its id is the workflow's id, so twice is once."""
        queue = MEDIA_QUEUE if long_media else INGEST_QUEUE
        self._enqueue(INGEST_WORKFLOW, queue, job_id, job_id, priority=priority_of(size_bytes))

    def hold(self, job_id: JobId) -> None:
        """Take a workflow from its queue, or let it end before its next step."""
        with _engine_errors():
            self._client.cancel_workflow(job_id)

    def resume(self, job_id: JobId, *, first: bool = False) -> None:
        """Queue a held workflow again: it goes on after its last recorded step."""
        with _engine_errors():
            found = self._client.list_workflows(workflow_ids=[job_id], load_input=False)
            # One that was never queued is left to the workers' repair.
            if found:
                queue = FIRST_QUEUE if first else found[0].queue_name or INGEST_QUEUE
                self._client.resume_workflow(job_id, queue_name=queue)

    def enqueue_reencode(self, encoder: str) -> str:
        """Queue the encoding of all passages with another encoder.

        Asking again while it runs gives the running workflow; asking again later starts a new
        one, which encodes only what lacks a vector.
        """
        prefix = f"reencode-{encoder}-"
        with _engine_errors():
            earlier = self._client.list_workflows(
                workflow_id_prefix=prefix, load_input=False, load_output=False
            )
        live = [w.workflow_id for w in earlier if w.status in {"ENQUEUED", "PENDING", "DELAYED"}]
        if live:
            return live[0]
        workflow_id = f"{prefix}{len(earlier) + 1}"
        self._enqueue(REENCODE_WORKFLOW, REINDEX_QUEUE, workflow_id, encoder)
        return workflow_id

    def enqueue_corrections(self, document_id: DocumentId, corrected_at: datetime) -> None:
        """Queue the applying of a document's corrections; the same moment twice is once."""
        workflow_id = correct_workflow_id(document_id, corrected_at)
        self._enqueue(CORRECT_WORKFLOW, CORRECTIONS_QUEUE, workflow_id, document_id)

    def forget(self, document_ids: Collection[DocumentId]) -> int:
        """Delete all that the engine keeps of the work on these documents; return how much."""
        gone = 0
        for document_id in document_ids:
            for prefix in (
                f"j-{document_id.removeprefix('d-')}-",
                correct_workflow_id(document_id),
            ):
                with _engine_errors():
                    found = self._client.list_workflows(
                        workflow_id_prefix=prefix, load_input=False, load_output=False
                    )
                    self._client.delete_workflows([w.workflow_id for w in found])
                gone += len(found)
        return gone

    def compact(self) -> None:
        """Rewrite the system database without what was deleted."""
        with _engine_errors():
            compact(self._client._sys_db.engine)  # noqa: SLF001 - it gives out no connection

    def is_over(self, workflow_id: str) -> bool:
        """Tell whether a workflow has ended, well or badly; False for one not known."""
        with _engine_errors():
            found = self._client.list_workflows(workflow_ids=[workflow_id], load_input=False)
        return bool(found) and found[0].status not in {"ENQUEUED", "PENDING", "DELAYED"}

    def close(self) -> None:
        """Give the connections back."""
        self._client.destroy()

    def _enqueue(
        self,
        workflow: str,
        queue: str,
        workflow_id: str,
        argument: str,
        *,
        priority: int | None = None,
    ) -> None:
        options = EnqueueOptions(
            workflow_name=workflow,
            queue_name=queue,
            workflow_id=workflow_id,
            app_version=APP_VERSION,
        )
        if priority is not None:  # 0 is no priority: the engine refuses it
            options["priority"] = priority
        with _engine_errors():
            self._client.enqueue(options, argument)


def open_job_queue(settings: Settings) -> DbosJobQueue:
    """Open the queue, creating its tables when this process comes before any worker.

    Raises:
        TransientError: If the database cannot be reached.
    """
    with _engine_errors():
        DBOS.migrate(settings.workflow_url)
        client = DBOSClient(
            system_database_url=settings.workflow_url,
            application_name=APP_NAME,
            retry_connection_errors=False,
        )
    return DbosJobQueue(client)


@contextmanager
def _engine_errors() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as exc:
        raise TransientError("The job queue cannot be reached; try again in a moment.") from exc
