"""The passage encoder of this machine: as the settings say, else the fastest one."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Final

import structlog

from indexer.dense.encoder import SentenceEncoder, open_sentence_encoder
from indexer.dense.int8 import has_int8_form
from indexer.dense.int8_encoder import Int8PassageEncoder
from indexer.dense.self_test import SelfTest, known_self_test, remember, run_self_test
from indexer.models.cores import cpu_flags, n_threads
from indexer.models.manifest import model_dir, spec_of
from schemas.errors import PermanentError
from schemas.settings import Precision, Settings

_BF16_FLAGS: Final = frozenset({"amx_bf16", "avx512_bf16"})

LoadedEncoder = SentenceEncoder | Int8PassageEncoder
"""Encodes passages, and queries too where speed does not matter."""

log = structlog.get_logger(__name__)


def open_passage_encoder(settings: Settings, name: str) -> LoadedEncoder:
    """Load the passage encoder of a model: as the settings say, else the fastest.

    The first time on a machine takes seconds more, for the self-test.

    Raises:
        NotFoundError: If the model was not pulled.
        PermanentError: If nothing that is installed can run it, or not as the settings say.
    """
    forced = settings.models.precision
    if forced is not Precision.FASTEST:
        return open_with(settings, name, forced)
    candidates = candidates_of(settings, name)
    if len(candidates) == 1:
        return open_with(settings, name, candidates[0])
    known = known_self_test(settings, name)
    if known is not None and known.precision in candidates:
        return open_with(settings, name, known.precision)
    found = _tested_apart(settings, name, candidates)
    if found is None:
        return open_with(settings, name, candidates[0])
    log.info(
        "encoder.chosen", model=name, precision=found.precision, passages_per_s=found.passages_per_s
    )
    remember(settings, name, found)
    return open_with(settings, name, found.precision)


def _tested_apart(
    settings: Settings, name: str, candidates: Sequence[Precision]
) -> SelfTest | None:
    """Run the self-test in a process of its own, which gives 2 GB back when it ends.

    All the encoders are loaded at once there, torch among them; ``None`` where memory was too
    small for that, or something else killed it.
    """
    try:
        with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as apart:
            return apart.submit(_tested, settings, name, candidates).result()
    except BrokenProcessPool:
        log.warning("encoder.test_died", model=name, precision=candidates[0])
        return None


def _tested(settings: Settings, name: str, candidates: Sequence[Precision]) -> SelfTest:
    return run_self_test({each: open_with(settings, name, each) for each in candidates})


def open_with(settings: Settings, name: str, precision: Precision) -> LoadedEncoder:
    """Load a passage encoder of this precision.

    Raises:
        NotFoundError: If the model was not pulled.
        PermanentError: If what it needs is not installed, or the model has no such form.
    """
    if precision is not Precision.INT8:
        return open_sentence_encoder(settings, name, bf16=precision is Precision.BF16)
    spec, directory = spec_of(settings, name), model_dir(settings, name)
    if not has_int8_form(directory):
        raise PermanentError(f"Model {name!r} has no int8 form; set models.precision otherwise.")
    return Int8PassageEncoder(name, spec, directory, threads=n_threads(settings))


def candidates_of(settings: Settings, name: str) -> list[Precision]:
    """Return the precisions worth trying here, those that load fastest first.

    Raises:
        NotFoundError: If the model was not pulled.
    """
    found = [Precision.INT8] if has_int8_form(model_dir(settings, name)) else []
    if importlib.util.find_spec("sentence_transformers") or not found:
        found += [Precision.BF16] if has_fast_bf16(cpu_flags()) else []
        found += [Precision.FP32]
    return found


def has_fast_bf16(flags: frozenset[str]) -> bool:
    """Tell whether a processor multiplies bfloat16; without it bf16 is slower than fp32."""
    return not _BF16_FLAGS.isdisjoint(flags)
