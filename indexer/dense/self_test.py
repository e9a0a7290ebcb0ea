"""How fast this machine encodes passages, found by timing, and remembered beside the models."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import structlog

from indexer.models.cores import cpu_facts, n_threads
from indexer.models.manifest import spec_of
from schemas.settings import Precision, Settings

if TYPE_CHECKING:
    from indexer.ports import PassageEncoder

SELF_TEST_FILE: Final = "self-test.json"
"""Beside the models: what was found here, by everything that it depends on."""
_ROUNDS: Final = 2  # of which the better counts: a busy moment slows one
_N_SAMPLES: Final = 6  # passages of a round: two seconds for all precisions on two slow cores
_SAMPLE: Final = (
    "Fixer ses prix : Additionnez vos charges de l'année, ajoutez ce que vous voulez gagner, et "
    "divisez par les jours que vous vendrez vraiment : c'est votre tarif plancher. Au-dessous, "
    "chaque journée vendue vous coûte de l'argent. Comparez-le ensuite aux prix de trois "
    "confrères, puis demandez-vous ce que votre client gagne grâce à vous. "
)
_TOLD: Final = ("model name", "cpu family", "model", "stepping")
_LIBRARIES: Final = ("ctranslate2", "torch", "sentence-transformers")

log = structlog.get_logger(__name__)


class SelfTest(msgspec.Struct, frozen=True):
    """What a machine was found to be good at."""

    precision: Precision
    """The fastest one."""
    passages_per_s: dict[str, float]
    """Of each precision that was tried, of about a hundred tokens each."""


def run_self_test(
    encoders: Mapping[Precision, PassageEncoder],
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> SelfTest:
    """Time all on the same few passages, in turns, and tell the fastest."""
    passages = [_SAMPLE] * _N_SAMPLES
    best = dict.fromkeys(encoders, 0.0)
    for encoder in encoders.values():
        encoder.encode_passages(passages[:1])  # the first one of each fills its caches
    for _ in range(_ROUNDS):
        for precision, encoder in encoders.items():
            best[precision] = max(best[precision], _speed(encoder, passages, clock))
    return SelfTest(
        precision=max(best, key=lambda precision: best[precision]),
        passages_per_s={precision.value: round(speed, 1) for precision, speed in best.items()},
    )


def known_self_test(settings: Settings, name: str) -> SelfTest | None:
    """Return what was found before, with this model, processor, threads and libraries."""
    return _read(settings.models_dir / SELF_TEST_FILE).get(_key(settings, name))


def remember(settings: Settings, name: str, found: SelfTest) -> None:
    """Write it down; where the models cannot be written to, the next start tests again."""
    file = settings.models_dir / SELF_TEST_FILE
    tests = _read(file) | {_key(settings, name): found}
    beside = file.with_name(f"{SELF_TEST_FILE}.{os.getpid()}")
    try:
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(tests)))
        beside.replace(file)
    except OSError as error:
        with suppress(OSError):  # a read-only file system says so here too
            beside.unlink(missing_ok=True)
        log.warning("encoder.choice_forgotten", reason=str(error))


def _speed(encoder: PassageEncoder, passages: Sequence[str], clock: Callable[[], float]) -> float:
    started = clock()
    encoder.encode_passages(passages)
    return len(passages) / max(clock() - started, 1e-9)


def _key(settings: Settings, name: str) -> str:
    """Name everything that the outcome depends on."""
    facts = cpu_facts()
    cpu = " ".join(facts[fact] for fact in _TOLD if fact in facts) or platform.machine()
    versions = (f"{library} {_version(library)}" for library in _LIBRARIES)
    model = f"{name} {spec_of(settings, name).fingerprint()[:12]}"
    return " | ".join((model, cpu, f"{n_threads(settings)} threads", *versions))


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "absent"


def _read(file: Path) -> dict[str, SelfTest]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, SelfTest])
    except (OSError, msgspec.MsgspecError):
        return {}
