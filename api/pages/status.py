"""The state of the service in figures that a mentor understands; it changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime

import msgspec

from api.controllers.health import READY, WORKER_WITHIN_S, readiness
from api.services import Services
from schemas.document import DocumentKind
from schemas.job import JobState
from schemas.wire import HealthCheck


class Figures(msgspec.Struct, frozen=True):
    """What is stored, searched and under way."""

    documents: Mapping[DocumentKind, int]
    n_passages: int
    """Passages that the catalog holds in force."""
    n_searched: int
    """Passages that searches see."""
    jobs: Mapping[JobState, int]
    generation: int
    lag: int
    """Changes that searches do not see yet."""
    workers: tuple[str, ...]

    @property
    def n_documents(self) -> int:
        """How many there are of all kinds."""
        return sum(self.documents.values())


class StatusView(msgspec.Struct, frozen=True):
    """Everything that the page shows."""

    is_ready: bool
    checks: tuple[HealthCheck, ...]
    figures: Figures | None
    """``None`` while the catalog, which knows them, does not answer."""
    free_bytes: int
    total_bytes: int
    """Of the disk that holds the data directory."""
    encoder: str
    """In service: another one in the settings waits for a reindexing."""
    speech: str
    at: datetime


def status_view(services: Services) -> StatusView:
    """Look at every part of the service now."""
    health = readiness(services)
    disk = shutil.disk_usage(services.settings.data_dir)
    with services.handle.engine.indexes.lease() as pair:
        encoder, n_searched = pair.encoder.name, pair.lexical.n_passages()
    catalog_answers = all(check.ok for check in health.checks if check.name == "catalog")
    return StatusView(
        is_ready=health.status == READY,
        checks=health.checks,
        figures=_figures(services, n_searched) if catalog_answers else None,
        free_bytes=disk.free,
        total_bytes=disk.total,
        encoder=encoder,
        speech=services.settings.models.speech,
        at=services.clock(),
    )


def _figures(services: Services, n_searched: int) -> Figures:
    catalog = services.catalog
    documents, n_passages = catalog.documents.counts()
    return Figures(
        documents=documents,
        n_passages=n_passages,
        n_searched=n_searched,
        jobs=catalog.jobs.counts(),
        generation=services.handle.generation,
        lag=services.handle.lag(),
        workers=tuple(catalog.workers.alive(services.clock(), within_s=WORKER_WITHIN_S)),
    )
