"""`cordee ingest`: files and folders into the knowledge base, with a table that follows them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from cli import context, render
from cli.intake import intake_of, send_all
from cli.jobs import NO_WORKER
from cli.watch import MAX_LINES, Row, watched
from cli.work import end_process
from indexer.erasing.sending import sending
from indexer.intake import Intake, SubmissionOptions
from indexer.taxonomy import load_taxonomy
from pipelines.sources.filesystem import FoundDocument, discover
from pipelines.sources.manifest import Manifest, read_manifest
from schemas.document import DocumentKind, Visibility
from schemas.errors import InvalidInputError
from schemas.job import Job, JobProblem, JobState
from schemas.settings import Settings

POLL_S: Final = 0.3
WORKER_CHECK_S: Final = 5.0
_INTERRUPTED: Final = 130  # what shells expect after Ctrl-C


def ingest(  # noqa: PLR0913, PLR0917 - a command has as many parameters as options
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders, patterns, addresses.", show_default=False),
    ] = None,
    data_dir: context.DataDir = None,
    manifest: Annotated[
        Path | None,
        typer.Option("--manifest", help="CSV or JSON lines of files and facts."),
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
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Send what is right of a manifest.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until all are published or failed.")
    ] = False,
    as_json: context.AsJson = False,
) -> None:
    """Take documents in; sending one again changes nothing, sending a new version replaces it.

    With --wait and no worker alive, this process does the work itself. Exit status 1 when a
    document failed.
    """
    listed = read_manifest(manifest) if manifest else Manifest(())
    if not keep_going:
        listed.require_whole()
    documents = [*discover(paths or []), *listed.documents]
    if not documents and not listed.wrong:
        raise InvalidInputError("Name at least one file, folder, address or manifest.")
    if len(documents) > 1 and (title or source):
        raise InvalidInputError("--title and --source are for one file; here are several.")
    settings = context.load(data_dir)
    said = SubmissionOptions(
        source=source, kind=kind, title=title, visibility=visibility, tags=tuple(tag or ())
    )
    _require_tags(settings, documents, said, said_in=str(manifest))
    rows = [_not_understood(sentence) for sentence in listed.wrong]
    with intake_of(settings) as intake:
        with (
            sending(settings, intake.catalog),
            _interruptible(rows, n_documents=len(documents), as_json=as_json),
        ):
            rows.extend(send_all(intake, documents, said))
        if wait:
            _wait(intake, rows, is_quiet=as_json)
        elif not intake.catalog.workers.alive(datetime.now(UTC)):
            render.say(NO_WORKER)
    _report(rows, as_json=as_json)
    if any(row.state is JobState.FAILED for row in rows):
        raise typer.Exit(1)


def _require_tags(
    settings: Settings, documents: Sequence[FoundDocument], said: SubmissionOptions, *, said_in: str
) -> None:
    """Refuse unknown tags before an hour of speech is transcribed for nothing."""
    path = settings.tags.taxonomy
    taxonomy = load_taxonomy(Path(path) if path else None)
    taxonomy.require(said.tags, said_in="--tag")
    for document in documents:
        taxonomy.require(document.tags, said_in=f"{said_in}, {document.name}")


@contextmanager
def _interruptible(rows: Sequence[Row], *, n_documents: int, as_json: bool) -> Iterator[None]:
    """Say, on Ctrl-C while documents are sent, what is in and what goes on without us."""
    n_before = len(rows)
    try:
        yield
    except KeyboardInterrupt:
        _report(rows, as_json=as_json)
        render.say(
            f"Interrupted: {len(rows) - n_before} of {n_documents} sent. A worker goes on with "
            "those in the background: `cordee jobs list` shows them. The same command sends the "
            "rest; what is in already is not sent twice."
        )
        raise typer.Exit(_INTERRUPTED) from None


def _not_understood(sentence: str) -> Row:
    where, _, what = sentence.rpartition(": ")
    problem = JobProblem(code=InvalidInputError.code, detail=what)
    return Row(path=where, problem=problem, state=JobState.FAILED)


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
        render.say(
            "Interrupted. What is queued stays queued: `cordee work` goes on with it, and "
            "`cordee jobs list` shows how far it is."
        )
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
    if len(rows) > MAX_LINES:
        counts = Counter(str(row.shown_state) for row in rows)
        render.say(", ".join(f"{n} {state}" for state, n in counts.most_common()) + ".")


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
