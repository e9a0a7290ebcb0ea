"""`cordee ingest`: files and folders into the knowledge base, with a table that follows them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from cli import context, render
from cli.intake import intake_of
from cli.jobs import NO_WORKER
from cli.watch import Row, watched
from cli.work import end_process
from indexer.intake import Intake, SubmissionOptions, receive
from indexer.taxonomy import load_taxonomy
from pipelines.sources.filesystem import FoundDocument, discover, read_manifest
from schemas.document import DocumentKind, Visibility
from schemas.errors import CordeeError, InvalidInputError
from schemas.job import Job, JobProblem, JobState

POLL_S: Final = 0.3
WORKER_CHECK_S: Final = 5.0
_INTERRUPTED: Final = 130  # what shells expect after Ctrl-C


def ingest(  # noqa: PLR0913, PLR0917 - a command has as many parameters as options
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files, folders or patterns.", show_default=False)
    ] = None,
    data_dir: context.DataDir = None,
    manifest: Annotated[
        Path | None, typer.Option("--manifest", help="JSON lines that list files and facts.")
    ] = None,
    kind: Annotated[DocumentKind | None, typer.Option("--kind", help="Kind of them all.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Title; for one file.")] = None,
    visibility: Annotated[
        Visibility | None, typer.Option("--visibility", help="Who may see them.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="Tag of the taxonomy; repeatable.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="Lasting name of the document; for one file.")
    ] = None,
    *,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until all are published or failed.")
    ] = False,
    as_json: context.AsJson = False,
) -> None:
    """Take documents in; sending one again changes nothing, sending a new version replaces it.

    With --wait and no worker alive, this process does the work itself. Exit status 1 when a
    document failed.
    """
    documents = [*discover(paths or []), *(read_manifest(manifest) if manifest else [])]
    if not documents:
        raise InvalidInputError("Name at least one file, folder or manifest.")
    if len(documents) > 1 and (title or source):
        raise InvalidInputError("--title and --source are for one file; here are several.")
    settings = context.load(data_dir)
    path = settings.tags.taxonomy
    taxonomy = load_taxonomy(Path(path) if path else None)
    taxonomy.require(tag or (), said_in="--tag")
    for document in documents:  # before an hour of speech is transcribed for nothing
        taxonomy.require(document.tags, said_in=f"{manifest}, {document.path.name}")
    said = SubmissionOptions(
        source=source, kind=kind, title=title, visibility=visibility, tags=tuple(tag or ())
    )
    with intake_of(settings) as intake:
        rows = [_send(intake, document, said) for document in documents]
        if wait:
            _wait(intake, rows, is_quiet=as_json)
        elif not intake.catalog.workers.alive(datetime.now(UTC)):
            render.say(NO_WORKER)
    _report(rows, as_json=as_json)
    if any(row.state is JobState.FAILED for row in rows):
        raise typer.Exit(1)


def _send(intake: Intake, document: FoundDocument, said: SubmissionOptions) -> Row:
    """Receive one document; a refusal is a failed row, and the others go on."""
    options = SubmissionOptions(
        source=said.source,
        location=document.path.as_uri(),
        kind=said.kind or document.kind,
        title=said.title or document.title,
        visibility=said.visibility or document.visibility,
        tags=(*document.tags, *said.tags),
    )
    row = Row(path=_shown(document.path))
    try:
        received = receive(
            intake,
            document.path,
            filename=document.path.name,
            options=options,
            uploaded_by=None,
            media=document.media,
        )
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


def _wait(intake: Intake, rows: Sequence[Row], *, is_quiet: bool) -> None:
    with watched(rows, is_quiet=is_quiet) as redraw, _own_worker(intake) as ensure_worker:
        while _refresh(intake, rows):
            ensure_worker()
            redraw()
            time.sleep(POLL_S)
        redraw()


def _refresh(intake: Intake, rows: Sequence[Row]) -> bool:
    """Read the open jobs again; tell whether any is left."""
    open_rows = [row for row in rows if row.is_open]
    for row in open_rows:
        job: Job | None = intake.catalog.jobs.get(row.job_id) if row.job_id else None
        if job is not None:
            row.follow(job)
    return any(row.is_open for row in open_rows)


@contextmanager
def _own_worker(intake: Intake) -> Iterator[_WorkerOfThisProcess]:
    worker = _WorkerOfThisProcess(intake)
    try:
        yield worker
    except KeyboardInterrupt:
        render.say("Interrupted. What is queued stays queued: `cordee work` goes on with it.")
        worker.close()
        end_process(_INTERRUPTED)
    finally:
        worker.close()


class _WorkerOfThisProcess:
    """A worker in a thread, started once no other is alive."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None
        self._checked_at = -WORKER_CHECK_S

    def __call__(self) -> None:
        """Start when needed; raise what ended the worker too early."""
        if self._error is not None:
            raise self._error
        now = time.monotonic()
        if self._thread is not None or now - self._checked_at < WORKER_CHECK_S:
            return
        self._checked_at = now
        if not self._intake.catalog.workers.alive(datetime.now(UTC)):
            self._thread = threading.Thread(target=self._run, name="cordee-worker", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop the worker, if there is one, when its running jobs are done."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        try:
            # Here and not above: only a process that ingests needs the ingestion libraries.
            from pipelines.workflows.runtime import run_worker

            run_worker(self._intake.settings, self._stop)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._error = error


def _report(rows: Sequence[Row], *, as_json: bool) -> None:
    if as_json:
        context.print_json({"documents": [msgspec.structs.asdict(row) for row in rows]})
        return
    render.table(
        ("file", "state", "document", "what to know"),
        [(row.path, row.shown_state, row.document_id or "", _remark(row)) for row in rows],
    )


def _remark(row: Row) -> str:
    if row.problem:
        stage = f" ({row.problem.stage})" if row.problem.stage else ""
        return f"{row.problem.code}{stage}: {row.problem.detail}"
    if row.unheeded:
        facts = ", ".join(row.unheeded)
        return (
            f"These bytes are here already; what you say of them now was not taken over: {facts}."
        )
    return " ".join(row.warnings)


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
