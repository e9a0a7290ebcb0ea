"""What intake asks of the queue that hands jobs to the workers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from schemas.ids import DocumentId, JobId


class JobQueue(Protocol):
    """Hands work to the workers by name, durably; the same job twice is one job."""

    def enqueue_ingest(self, job_id: JobId, *, long_media: bool, size_bytes: int = 0) -> None:
        """Queue the ingestion of a job that is in the catalog; small files go before large ones."""

    def hold(self, job_id: JobId) -> None:
        """Let a job's next stage not begin until ``resume``; nothing where it is not known."""

    def resume(self, job_id: JobId, *, first: bool = False) -> None:
        """Queue a held job again, ``first`` before all others; nothing where it is over."""

    def forget(self, document_ids: Collection[DocumentId]) -> int:
        """Delete all that is kept of the work on these documents; return how many pieces."""

    def compact(self) -> None:
        """Have the queue's database forget what deleted rows left in it."""

    def enqueue_reencode(self, encoder: str) -> str:
        """Queue the encoding of all passages with another encoder; returns the workflow's id."""

    def enqueue_corrections(self, document_id: DocumentId, corrected_at: datetime) -> None:
        """Queue the applying of a document's corrections, the latest of them of this moment."""
