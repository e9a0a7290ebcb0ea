"""One speaker per channel: recognised, and gated."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from pipelines.extraction.channels import Channels, channels_of, frame_levels, gate

SECOND = 16_000
TONE = (0.5 * np.sin(np.arange(SECOND) / 10)).astype(np.float32)
SILENCE = np.zeros(SECOND, dtype=np.float32)
FIRST = np.concatenate([TONE, SILENCE])
SECOND_TURN = np.concatenate([SILENCE, TONE])


def a_wav(path: Path, left: np.ndarray, right: np.ndarray) -> Path:
    samples = (np.stack([left, right], axis=1) * 32_767).astype("<i2")
    with wave.open(str(path), "wb") as sound:
        sound.setparams((2, 2, SECOND, 0, "NONE", ""))
        sound.writeframes(samples.tobytes())
    return path


def test_a_full_scale_square_wave_is_at_0_db() -> None:
    assert frame_levels(np.ones(320, dtype=np.float32))[0] == pytest.approx(0, abs=1e-6)


def test_voices_that_take_turns_are_two(tmp_path: Path) -> None:
    assert channels_of(a_wav(tmp_path / "a.wav", FIRST, SECOND_TURN)) is Channels.APART


def test_crosstalk_of_a_tenth_still_leaves_two_voices(tmp_path: Path) -> None:
    wav = a_wav(tmp_path / "a.wav", FIRST + 0.1 * SECOND_TURN, SECOND_TURN + 0.1 * FIRST)
    assert channels_of(wav) is Channels.APART


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [
        (FIRST, FIRST, Channels.SAME),
        (FIRST, 0.8 * FIRST, Channels.SAME),
        (FIRST, 0 * FIRST, Channels.SILENT),
        (FIRST + 0.6 * SECOND_TURN, 0.6 * FIRST + SECOND_TURN, Channels.MIXED),
        (0 * FIRST, 0 * FIRST, Channels.SAME),
    ],
)
def test_one_voice_in_stereo_is_one_and_why_is_told(
    tmp_path: Path, left: np.ndarray, right: np.ndarray, found: Channels
) -> None:
    assert channels_of(a_wav(tmp_path / "a.wav", left, right)) is found


def test_the_gate_takes_the_other_voice_out() -> None:
    own, other = FIRST + 0.1 * SECOND_TURN, SECOND_TURN + 0.1 * FIRST
    gated = gate(own, other)
    assert not gated[SECOND + 4_000 :].any()


def test_the_gate_leaves_the_own_voice_alone() -> None:
    own, other = FIRST + 0.1 * SECOND_TURN, SECOND_TURN + 0.1 * FIRST
    gated = gate(own, other)
    assert (gated[: SECOND - 4_000] == own[: SECOND - 4_000]).all()


def test_the_noise_of_a_room_does_not_open_the_gate_in_the_other_s_short_stops() -> None:
    rng = np.random.default_rng(3)
    speech = rng.normal(size=16_000).astype(np.float32) * 0.1
    stops = (np.arange(16_000) // 1_600) % 3 == 2  # 100 ms after each 200 ms
    other = np.where(stops, np.float32(0), speech).astype(np.float32)
    own = other * 0.3 + rng.normal(size=16_000).astype(np.float32) * np.float32(0.004)

    assert not gate(own, other).any()


def test_the_gate_leaves_silence_alone() -> None:
    silence = np.zeros(16_000, np.float32)

    assert gate(silence, silence).shape == silence.shape
