"""``cordee models``: fetch, verify and list the models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli import render
from cli.context import AsJson, DataDir, load, print_json
from indexer.dense.self_test import SelfTest, known_self_test
from indexer.models.manifest import ModelKind, load_manifest, models_in_use, read_marker
from indexer.models.pull import ProgressCallback, PullProgress, pull_models
from schemas.settings import Settings

_STEPS = {
    "verify": "verifying",
    "download": "downloading",
    "build": "building",
    "done": "ready",
}


class ModelState(msgspec.Struct, frozen=True):
    """One model as the command line shows it."""

    name: str
    kind: str
    about: str
    licence: str
    in_use: bool
    path: str | None
    """Where it lies, ``None`` when it was not pulled."""
    size_bytes: int
    self_test: SelfTest | None = None
    """How fast this machine encodes passages with it, where that was tried."""


def pull(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Models of the manifest; none means the two in use."),
    ] = None,
    *,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Fetch models, check every file's SHA-256 and put them together; continues what broke off."""
    settings = load(data_dir)
    with _bars() as report:
        paths = pull_models(settings, names, report)
    if as_json:
        states = {state.name: state for state in _states(settings)}
        print_json([states[path.name] for path in paths])
        return
    for path in paths:
        render.say(f"[green]✓[/] {path.name}: {path}")


def list_models(*, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the models of the manifest, which of them are here and which are in use."""
    states = _states(load(data_dir))
    if as_json:
        print_json(states)
        return
    render.table(
        ("Model", "Kind", "Here", "In use", "Passages a second", "Licence", "About"),
        (
            (
                state.name,
                state.kind,
                f"{state.size_bytes / 1e6:.0f} MB" if state.path else "-",
                "yes" if state.in_use else "",
                _speeds(state.self_test),
                state.licence,
                state.about,
            )
            for state in states
        ),
    )


def _states(settings: Settings) -> list[ModelState]:
    used = models_in_use(settings)
    states = []
    for name, spec in sorted(load_manifest(settings).items()):
        directory: Path = settings.models_dir / name
        marker = read_marker(directory)
        states.append(
            ModelState(
                name=name,
                kind=spec.kind,
                about=spec.about,
                licence=spec.licence,
                in_use=name in used,
                path=str(directory) if marker else None,
                size_bytes=sum(pin.size for pin in marker.files) if marker else 0,
                self_test=_self_test(settings, name) if marker else None,
            )
        )
    return states


def _self_test(settings: Settings, name: str) -> SelfTest | None:
    is_encoder = load_manifest(settings)[name].kind is ModelKind.ENCODER
    return known_self_test(settings, name) if is_encoder else None


def _speeds(test: SelfTest | None) -> str:
    """Return speeds by precision, the fastest first."""
    speeds = test.passages_per_s if test else {}
    ordered = sorted(speeds, key=lambda precision: -speeds[precision])
    return ", ".join(f"{precision} {speeds[precision]:.0f}" for precision in ordered)


@contextmanager
def _bars() -> Iterator[ProgressCallback]:
    """Show one bar per model; what it counts are downloaded bytes."""
    with render.progress() as progress:
        tasks = {}

        def report(now: PullProgress) -> None:
            if now.name not in tasks:
                tasks[now.name] = progress.add_task(now.name, total=None)
            progress.update(
                tasks[now.name],
                description=f"{now.name}: {_STEPS[now.step]}",
                completed=now.done_bytes,
                total=now.total_bytes or None,
            )

        yield report
