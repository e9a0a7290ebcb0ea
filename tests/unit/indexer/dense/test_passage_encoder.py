"""Which passage encoder a machine works with."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import msgspec
import numpy as np
import pytest

from fixtures.fakes import HashingEncoder
from indexer.dense import passage_encoder
from indexer.dense.passage_encoder import candidates_of, has_fast_bf16, open_passage_encoder
from indexer.dense.self_test import (
    SELF_TEST_FILE,
    SelfTest,
    known_self_test,
    remember,
    run_self_test,
)
from indexer.models.assemble import QUERY_FORM
from indexer.models.manifest import MARKER, Marker
from schemas.errors import PermanentError
from schemas.settings import ModelSettings, Precision, Settings

MODEL = "multilingual-e5-small"
FOUND = SelfTest(Precision.INT8, {"int8": 20.0, "fp32": 7.0})


class Clock:
    """Time that passes only when somebody works."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Taking(HashingEncoder):
    """Takes so many seconds for a call: the first, the second and so on; then the last again."""

    def __init__(self, clock: Clock, *seconds: float) -> None:
        super().__init__()
        self._clock = clock
        self._seconds = list(seconds)

    def encode_passages(self, texts: object) -> np.ndarray:
        self._clock.now_s += self._seconds[0]
        self._seconds = self._seconds[1:] or self._seconds
        return np.zeros((1, 1), np.float32)


def a_settings(models: Path, *, int8: bool = True) -> Settings:
    """Return settings whose encoder was pulled, with or without an int8 form."""
    directory = models / MODEL
    (directory / QUERY_FORM).mkdir(parents=True)
    (directory / MARKER).write_bytes(msgspec.json.encode(Marker(MODEL, "", ())))
    if int8:
        (directory / QUERY_FORM / "model.bin").write_bytes(b"weights")
    return Settings(models=ModelSettings(directory=str(models)))


def test_the_fastest_is_chosen() -> None:
    clock = Clock()
    encoders = {Precision.INT8: Taking(clock, 1.0), Precision.FP32: Taking(clock, 3.0)}
    found = run_self_test(encoders, clock=clock)
    assert found == SelfTest(Precision.INT8, {"int8": 6.0, "fp32": 2.0})


def test_one_busy_moment_does_not_decide() -> None:
    clock = Clock()
    encoders = {Precision.INT8: Taking(clock, 1.0, 9.0, 1.0), Precision.FP32: Taking(clock, 2.0)}
    assert run_self_test(encoders, clock=clock).precision is Precision.INT8


def test_the_first_encoding_which_fills_caches_is_not_timed() -> None:
    clock = Clock()
    encoders = {Precision.INT8: Taking(clock, 60.0, 1.0), Precision.FP32: Taking(clock, 2.0)}
    assert run_self_test(encoders, clock=clock).precision is Precision.INT8


def test_what_was_found_is_remembered_beside_the_models(tmp_path: Path) -> None:
    settings = a_settings(tmp_path)
    assert known_self_test(settings, MODEL) is None
    remember(settings, MODEL, FOUND)
    assert known_self_test(settings, MODEL) == FOUND
    assert [path.name for path in tmp_path.glob(f"{SELF_TEST_FILE}*")] == [SELF_TEST_FILE]


def test_with_other_threads_it_is_tested_again(tmp_path: Path) -> None:
    settings = a_settings(tmp_path)
    remember(settings, MODEL, FOUND)
    more = msgspec.structs.replace(settings.models, threads=63)
    assert known_self_test(msgspec.structs.replace(settings, models=more), MODEL) is None


@pytest.mark.parametrize("content", ["", "{", '{"a": {"precision": "fp7"}}'])
def test_a_damaged_file_counts_as_none_and_is_written_anew(tmp_path: Path, content: str) -> None:
    settings = a_settings(tmp_path)
    (tmp_path / SELF_TEST_FILE).write_text(content)
    assert known_self_test(settings, MODEL) is None
    remember(settings, MODEL, FOUND)
    assert known_self_test(settings, MODEL) == FOUND


def test_models_that_cannot_be_written_beside_are_used_all_the_same(tmp_path: Path) -> None:
    settings = a_settings(tmp_path)
    (tmp_path / SELF_TEST_FILE).mkdir()  # a file cannot take its place
    remember(settings, MODEL, FOUND)
    assert known_self_test(settings, MODEL) is None


def test_a_model_without_an_int8_form_is_not_tried_in_int8(tmp_path: Path) -> None:
    assert candidates_of(a_settings(tmp_path / "with"), MODEL)[0] is Precision.INT8
    assert Precision.INT8 not in candidates_of(a_settings(tmp_path / "out", int8=False), MODEL)


def test_a_precision_that_a_model_lacks_is_named(tmp_path: Path) -> None:
    settings = a_settings(tmp_path, int8=False)
    forced = msgspec.structs.replace(settings.models, precision=Precision.INT8)
    with pytest.raises(PermanentError, match="no int8 form"):
        open_passage_encoder(msgspec.structs.replace(settings, models=forced), MODEL)


def out_of_memory(*_: object) -> SelfTest:
    """End the process the way the kernel does."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def quick(*_: object) -> SelfTest:
    """Find the slow one fastest."""
    return SelfTest(Precision.FP32, {"int8": 1.0, "fp32": float(os.getpid())})


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Precision]:
    """Return what is opened here, in place of loading it."""
    found: list[Precision] = []
    monkeypatch.setattr(passage_encoder, "open_with", lambda _s, _n, each: found.append(each))
    return found


def test_the_self_test_runs_in_another_process_and_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[Precision]
) -> None:
    monkeypatch.setattr(passage_encoder, "_tested", quick)
    settings = a_settings(tmp_path)
    open_passage_encoder(settings, MODEL)
    found = known_self_test(settings, MODEL)
    assert found is not None
    assert found.passages_per_s["fp32"] != os.getpid()
    assert opened == [Precision.FP32]


def test_where_memory_is_too_small_for_the_self_test_the_lightest_is_taken_and_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[Precision]
) -> None:
    monkeypatch.setattr(passage_encoder, "_tested", out_of_memory)
    settings = a_settings(tmp_path)
    open_passage_encoder(settings, MODEL)
    assert known_self_test(settings, MODEL) is None
    assert opened == [Precision.INT8]


def test_bf16_is_tried_where_the_processor_multiplies_it() -> None:
    assert has_fast_bf16(frozenset({"fma", "avx512_bf16"}))
    assert not has_fast_bf16(frozenset({"fma", "avx2"}))
