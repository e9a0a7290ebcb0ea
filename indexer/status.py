"""What an operator wants to know first: figures from the catalog and the disk, read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Final

import msgspec

from indexer.catalog.catalog import Catalog
from indexer.erasing.ledger import LEDGER_FILE, entries
from indexer.erasing.pending import pending
from indexer.models.manifest import model_dir, models_in_use
from indexer.outlook import read_outlook
from indexer.retention import TOLD_DAYS, expiring
from indexer.room import free_bytes, has_room
from schemas.errors import ConflictError, NotFoundError, SettingsError
from schemas.job import Job, JobState
from schemas.outlook import Standing
from schemas.settings import Settings
from schemas.status import Status

ALIVE_WITHIN: Final = timedelta(minutes=1)
"""A server that reported in this time follows still; it does every five seconds."""
_SHOWN: Final = 20
_MANY: Final = 1_000


def read_status(
    settings: Settings, catalog: Catalog, *, now: datetime, server: str | None
) -> Status:
    """Return how things stand now; nothing is changed, no model loaded, no index opened.

    Args:
        settings: Of the installation.
        catalog: Its catalog.
        now: In UTC.
        server: Address of the server of this machine; ``None`` where none runs.
    """
    by_kind, n_passages = catalog.documents.counts()
    number, encoder = _generation(catalog)
    n_behind, behind_s = behind(catalog, now)
    outlook = read_outlook(settings, catalog, now)
    failed = list(still_failed(catalog))
    standings = Counter(each.standing for each in outlook.jobs)
    found = Status(
        version=version("cordee"),
        data_dir=str(settings.data_dir),
        free_bytes=free_bytes(settings),
        database="sqlite" if catalog.database.is_sqlite else "postgresql",
        models={name: _is_there(settings, name) for name in models_in_use(settings)},
        documents=sum(by_kind.values()),
        by_kind=by_kind,
        passages=n_passages,
        generation=number,
        encoder=encoder,
        changes_behind=n_behind,
        seconds_behind=behind_s,
        server=server,
        workers=tuple(catalog.workers.alive(now)),
        jobs=catalog.jobs.counts(),
        standings={standing: standings[standing] for standing in Standing},
        seconds_left=outlook.seconds_left,
        failures=Counter(job.problem.code if job.problem else "unknown" for job in failed),
        failed=tuple(failed[:_SHOWN]),
        expiring=_n_expiring(settings, catalog, now),
        erasures_due=_erasures_due(settings, catalog),
        wants=(),
    )
    wants = tuple(_wants(found, is_room=has_room(settings)))
    return msgspec.structs.replace(found, wants=wants)


def behind(catalog: Catalog, now: datetime) -> tuple[int, float]:
    """Return how many changes the slowest live index lacks, and for how many seconds the first.

    Zeros where no server follows: whoever serves next takes them all up before it answers.
    """
    since = now - ALIVE_WITHIN
    alive = [each for each in catalog.generations.followers() if each.reported_at >= since]
    if not alive:
        return 0, 0.0
    position = min(each.position for each in alive)
    first = catalog.changes.waiting_since(position)
    waited_s = (now - first).total_seconds() if first else 0.0
    return catalog.changes.last_position() - position, max(0.0, waited_s)


def _generation(catalog: Catalog) -> tuple[int | None, str | None]:
    try:
        current = catalog.generations.current()
    except ConflictError:
        return None, None
    return current.number, current.encoder


def _is_there(settings: Settings, name: str) -> bool:
    try:
        model_dir(settings, name)
    except (NotFoundError, SettingsError):
        return False
    return True


def still_failed(catalog: Catalog) -> Iterator[Job]:
    """Yield the jobs that failed and that no later one of their document made up for.

    Newest first, of the newest 1 000.
    """
    for job in catalog.jobs.list_recent(states=(JobState.FAILED,), limit=_MANY):
        latest = catalog.jobs.latest_for(job.document_id)
        if latest is None or latest.id == job.id:
            yield job


def _n_expiring(settings: Settings, catalog: Catalog, now: datetime) -> int:
    soon = expiring(catalog, settings.retention, until=now + timedelta(days=TOLD_DAYS))
    return sum(not each.is_held for each in soon)


def _erasures_due(settings: Settings, catalog: Catalog) -> int:
    cut_short = {e.id for e in entries(settings.data_dir / LEDGER_FILE) if not e.is_done}
    return len(cut_short | {each.entry.id for each in pending(settings, catalog)})


def _wants(found: Status, *, is_room: bool) -> Iterator[str]:
    lacking = [name for name, is_there in found.models.items() if not is_there]
    if lacking:
        yield f"Models are not there: {', '.join(lacking)}. Run: cordee models pull"
    if not is_room:
        yield "The disk is nearly full: nothing is taken in until there is room."
    moving = sum(n for standing, n in found.standings.items() if standing is not Standing.PAUSED)
    if moving and not found.workers:
        yield f"{moving} jobs wait and no worker is alive. Run: cordee work, or cordee up"
    if stalled := found.standings[Standing.STALLED]:
        yield f"{stalled} jobs give no sign of progress. Look: cordee jobs watch"
    if n_failed := sum(found.failures.values()):
        yield f"{n_failed} documents failed. Look: cordee jobs list --state failed"
    if found.erasures_due:
        yield f"{found.erasures_due} erasures are due. Look: cordee doctor"
