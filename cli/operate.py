"""What an operator types: `status`, `reindex`, `token`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from api.adapters.job_queue import open_job_queue
from api.identity import mint_token
from cli import render
from cli.context import AsJson, DataDir, catalog_of, load, print_json
from cli.outlook import spoken
from cli.server import find_server
from indexer.bootstrap import open_engine
from indexer.catalog.catalog import Catalog
from indexer.status import read_status
from schemas.errors import ConflictError, TransientError
from schemas.identity import Caller, Role
from schemas.ids import PersonId
from schemas.settings import Settings
from schemas.status import Status

_POLL_S: Final = 0.2
_WAIT_S: Final = 6 * 3600.0
"""A new encoder over a large school takes hours; a stuck wait must still end."""


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
        server = find_server(settings)
        found = read_status(
            settings, catalog, now=datetime.now(UTC), server=server.url if server else None
        )
    if worker and not found.workers:
        raise TransientError("No worker is alive. Start one with `cordee work`.")
    if as_json:
        print_json(found)
    else:
        _show_status(found)


def _show_status(found: Status) -> None:
    kinds = ", ".join(f"{n} {kind}" for kind, n in found.by_kind.items() if n)
    standings = ", ".join(f"{n} {standing}" for standing, n in found.standings.items() if n)
    left = f", {spoken(found.seconds_left)} left" if found.seconds_left else ""
    models = [name if is_there else f"{name} (lacking)" for name, is_there in found.models.items()]
    behind = f"{found.changes_behind} changes"
    if found.changes_behind:
        behind = f"{behind}, the first for {found.seconds_behind:.0f} s"
    index = f"generation {found.generation}, {found.encoder}" if found.generation else "none yet"
    render.table(
        ["", ""],
        [
            ("cordee", f"{found.version}, {found.database}"),
            ("data", f"{found.data_dir}, {found.free_bytes / 1e9:.1f} GB free"),
            ("models", ", ".join(models)),
            ("documents", f"{found.documents}{f': {kinds}' if kinds else ''}"),
            ("passages", found.passages),
            ("index", index),
            ("behind", behind),
            ("server", found.server or "not running (cordee serve)"),
            ("workers", ", ".join(found.workers) or "none (cordee work)"),
            ("under way", f"{standings}{left}" if standings else "nothing"),
            *((f"jobs {state}", n) for state, n in found.jobs.items() if n),
            ("time over soon", f"{found.expiring} documents (cordee retention)"),
            ("erasures due", found.erasures_due),
        ],
    )
    if found.failed:
        render.table(
            ["job", "file", "stage", "why"],
            [
                (job.id, job.filename, job.stage or "", job.problem.detail if job.problem else "")
                for job in found.failed
            ],
            title="Failed: " + ", ".join(f"{n} {code}" for code, n in found.failures.items()),
        )
    for each in found.wants:
        render.say(each)


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
