"""`cordee watch`: a folder whose files become documents by themselves."""

from __future__ import annotations

import hashlib
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

import structlog
import typer
from filelock import FileLock, Timeout
from watchfiles import watch

from cli import context, render
from cli.intake import intake_of, send_all
from indexer.erasing.pending import ensure_none_pending
from indexer.intake import Intake, SubmissionOptions
from indexer.taxonomy import Taxonomy, load_taxonomy
from pipelines.sources.folder import FollowedFolder, described
from schemas.document import DocumentKind, Visibility
from schemas.errors import ConflictError, InvalidInputError, NotFoundError
from schemas.job import JobProblem

POLL_S: Final = 5.0
"""A look at least so often, whatever the system reports: network folders report nothing."""
MEMORY: Final = "watched"
_RETRIED: Final = frozenset({"unavailable", "insufficient-storage", "changed-file", "unreadable"})
"""Of files that are taken again at the next look; every other refusal stands until they change."""

log = structlog.get_logger(__name__)


def watch_folder(  # noqa: PLR0913, PLR0917 - a command has as many parameters as options
    folder: Annotated[Path, typer.Argument(help="Folder to follow.", show_default=False)],
    data_dir: context.DataDir = None,
    kind: Annotated[DocumentKind | None, typer.Option("--kind", help="Kind of them all.")] = None,
    visibility: Annotated[
        Visibility | None, typer.Option("--visibility", help="Who may see them.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="Tag of the taxonomy; repeatable.")
    ] = None,
    quiet: Annotated[
        float, typer.Option("--quiet", min=0.1, help="Seconds without a change: it is whole.")
    ] = 5.0,
    *,
    once: Annotated[bool, typer.Option("--once", help="Take what is there, then end.")] = False,
) -> None:
    """Take in what is put into a folder, and each new version of it, until Ctrl-C.

    A file is taken once it has stopped growing. NAME.meta.json or NAME.meta.toml beside it says
    kind, title, visibility, tags and source. A file that goes leaves its document: delete that
    in the portal.
    """
    if not folder.is_dir():
        raise NotFoundError(f"There is no folder {folder}.")
    settings = context.load(data_dir)
    path = settings.tags.taxonomy
    taxonomy = load_taxonomy(Path(path) if path else None)
    taxonomy.require(tag or (), said_in="--tag")
    said = SubmissionOptions(kind=kind, visibility=visibility, tags=tuple(tag or ()))
    stop = threading.Event()
    root = folder.resolve()
    with intake_of(settings) as intake, _alone(settings.data_dir / MEMORY, root) as memory:
        ensure_none_pending(settings, intake.catalog)  # followed by now: an erasure looks at that
        followed = FollowedFolder(root, memory, quiet_s=quiet, clock=time.monotonic)
        with _stopped_by_signals(stop):
            _follow(_Taker(intake, taxonomy, followed, said), root, stop, quiet_s=quiet, once=once)


class _Taker:
    """Takes what a look at the folder finds ready."""

    def __init__(
        self,
        intake: Intake,
        taxonomy: Taxonomy,
        followed: FollowedFolder,
        said: SubmissionOptions,
    ) -> None:
        self._intake = intake
        self._taxonomy = taxonomy
        self._followed = followed
        self._said = said

    def __call__(self, stop: threading.Event) -> bool:
        """Take what is ready; return whether something is still growing."""
        found = self._followed.look()
        for path in found.ready:
            if stop.is_set():
                break
            self._take(path)
        for path in found.gone:
            render.say(f"{path.name} is gone from the folder; its document stays.")
            self._followed.forget(path)
        return bool(found.growing)

    def _take(self, path: Path) -> None:
        try:
            document = described(path)
            self._taxonomy.require(document.tags, said_in=f"what is said of {path.name}")
        except InvalidInputError as error:
            self._refuse(path, JobProblem(code=error.code, detail=str(error)))
            return
        except OSError:
            return  # gone since the look
        (row,) = send_all(self._intake, [document], self._said)
        if row.problem is not None:
            self._refuse(path, row.problem)
            return
        self._followed.took(path)
        state = "taken" if row.is_new else "known already"
        unheeded = ", ".join(row.unheeded)
        rest = f"; not taken over, as its bytes are the same: {unheeded}" if unheeded else ""
        render.say(f"{path.name}: {state}, {row.document_id}{rest}")

    def _refuse(self, path: Path, problem: JobProblem) -> None:
        log.warning("watch.refused", code=problem.code, file=path.name)
        render.say(f"{path.name}: {problem.code}: {problem.detail}")
        if problem.code not in _RETRIED:
            self._followed.took(path)  # as it is now, it would be refused again


def _follow(take: _Taker, root: Path, stop: threading.Event, *, quiet_s: float, once: bool) -> None:
    render.say(f"Following {root}. Ctrl-C ends it; what came meanwhile is taken at the next start.")
    look_again_s = min(quiet_s, POLL_S)
    grows = take(stop)
    if once:
        while not stop.is_set():
            stop.wait(quiet_s)
            if not take(stop):
                return
        return
    # The system wakes us early; a look comes anyway, for folders of a network.
    for _ in watch(
        root,
        stop_event=stop,
        rust_timeout=int(look_again_s * 1000),
        yield_on_timeout=True,
        raise_interrupt=False,
        ignore_permission_denied=True,
        force_polling=None,
        poll_delay_ms=int(POLL_S * 1000),
    ):
        grows = take(stop)
    log.info("watch.stopped", grows=grows)


@contextmanager
def _alone(directory: Path, root: Path) -> Iterator[Path]:
    """Give the file that remembers this folder, to one process at a time."""
    directory.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(str(root).encode()).hexdigest()[:16]
    lock = FileLock(directory / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as exc:
        raise ConflictError(f"Another process follows {root} already.") from exc
    try:
        yield directory / f"{name}.json"
    finally:
        lock.release()


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {
        number: signal.signal(number, ask_to_stop) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
