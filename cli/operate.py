"""What an operator types: `status`, `reindex`, `token`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import msgspec
import typer

from api.adapters.job_queue import open_job_queue
from api.identity import mint_token
from cli import render
from cli.context import AsJson, DataDir, catalog_of, load, print_json
from cli.server import find_server
from indexer.bootstrap import open_engine
from indexer.catalog.catalog import Catalog
from indexer.retention import TOLD_DAYS, expiring
from schemas.errors import ConflictError, TransientError
from schemas.identity import Caller, Role
from schemas.ids import PersonId
from schemas.job import Job, JobState
from schemas.settings import Settings

_POLL_S: Final = 0.2
_WAIT_S: Final = 6 * 3600.0
"""A new encoder over a large school takes hours; a stuck wait must still end."""


class Status(msgspec.Struct, frozen=True):
    """The state of one data directory."""

    documents: int
    passages_behind: int
    """Changes that the live indexes have not taken up yet."""
    generation: int
    encoder: str
    server: str | None
    workers: tuple[str, ...]
    jobs: dict[str, int]
    failed: tuple[Job, ...]
    expiring: int = 0
    """Documents whose kind's time is over within 30 days, held ones not counted."""


def status(
    *,
    data_dir: DataDir = None,
    as_json: AsJson = False,
    worker: Annotated[
        bool, typer.Option("--worker", help="Only check that a worker beats; exit 1 if none does.")
    ] = False,
) -> None:
    """Show what is stored, queued, running and failed, and which processes are alive."""
    settings = load(data_dir)
    with catalog_of(settings) as catalog:
        found = _read_status(settings, catalog)
    if worker and not found.workers:
        raise TransientError("No worker is alive. Start one with `cordee work`.")
    if as_json:
        print_json(found)
    else:
        _show_status(found)


def _read_status(settings: Settings, catalog: Catalog) -> Status:
    now = datetime.now(UTC)
    generation = catalog.generations.current()
    last = catalog.changes.last_position()
    behind = [last - report.position for report in catalog.generations.followers()]
    server = find_server(settings)
    return Status(
        documents=catalog.documents.n_published(),
        passages_behind=max(behind, default=0),
        generation=generation.number,
        encoder=generation.encoder,
        server=server.url if server else None,
        workers=tuple(catalog.workers.alive(now)),
        expiring=sum(
            not each.is_held
            for each in expiring(catalog, settings.retention, until=now + timedelta(days=TOLD_DAYS))
        ),
        jobs={state.value: n for state, n in catalog.jobs.counts().items()},
        failed=tuple(catalog.jobs.list_recent(states=(JobState.FAILED,), limit=20)),
    )


def _show_status(found: Status) -> None:
    render.table(
        ["", ""],
        [
            ("documents", found.documents),
            ("index", f"generation {found.generation}, {found.encoder}"),
            ("behind", f"{found.passages_behind} changes"),
            ("server", found.server or "not running (cordee serve)"),
            ("workers", ", ".join(found.workers) or "none (cordee work)"),
            ("time over soon", f"{found.expiring} documents (cordee retention)"),
            *((f"jobs {state}", n) for state, n in found.jobs.items()),
        ],
    )
    if found.failed:
        render.table(
            ["job", "file", "stage", "why"],
            [
                (job.id, job.filename, job.stage or "", job.problem.detail if job.problem else "")
                for job in found.failed
            ],
            title="Failed",
        )


def reindex(*, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Build both indexes beside the live ones and swap them, without a failed search.

    With another encoder in the settings, every passage is encoded with it first.
    """
    settings = load(data_dir)
    started = time.monotonic()
    with catalog_of(settings) as catalog:
        current = catalog.generations.current()
        if current.encoder != settings.models.encoder:
            _reencode(settings, catalog)
        else:
            catalog.generations.request(current.encoder)
        wanted = catalog.generations.current()
        _await_generation(settings, catalog, wanted.number)
    elapsed_s = round(time.monotonic() - started, 1)
    if as_json:
        print_json({"generation": wanted.number, "encoder": wanted.encoder, "seconds": elapsed_s})
    else:
        render.say(f"Generation {wanted.number} ({wanted.encoder}) is live after {elapsed_s} s.")


def _reencode(settings: Settings, catalog: Catalog) -> None:
    before = catalog.generations.current().number
    if not catalog.workers.alive(datetime.now(UTC)):
        raise ConflictError(
            f"The encoder is now {settings.models.encoder}: passages must be encoded again, and no "
            "worker is alive to do it. Start one with `cordee work`."
        )
    open_job_queue(settings).enqueue_reencode(settings.models.encoder)
    render.say(f"Encoding every passage with {settings.models.encoder}; searches go on meanwhile.")
    _wait(lambda: catalog.generations.current().number > before)


def _await_generation(settings: Settings, catalog: Catalog, number: int) -> None:
    """Wait for the live server to swap, or build here when no server runs."""
    if find_server(settings) is None:
        with open_engine(settings, catalog):
            return
    _wait(lambda: any(r.generation >= number for r in catalog.generations.followers()))


def _wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WAIT_S
    while not done():
        if time.monotonic() > deadline:
            raise TransientError("Gave up waiting; `cordee status` shows how far it got.")
        time.sleep(_POLL_S)


def token(
    person: Annotated[str, typer.Argument(help="Person id, for instance s-lea.")],
    *,
    role: Annotated[Role, typer.Option(help="What the person is to the school.")] = Role.STUDENT,
    name: Annotated[str, typer.Option(help="Name to show.")] = "",
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 366, help="Hours it lasts.")] = 12,
    data_dir: DataDir = None,
) -> None:
    """Print a bearer token signed with this installation's own key."""
    settings = load(data_dir)
    caller = Caller(PersonId(person), role, name or person)
    render.plain(mint_token(settings, caller, ttl_s=int(hours * 3600)))
