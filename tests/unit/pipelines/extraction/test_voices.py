"""Recordings of single participants laid side by side, and copies among them."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from pipelines.extraction.channels import gate, is_same_sound, wav_levels
from pipelines.extraction.voices import interleave

SECOND = 16_000
RNG = np.random.default_rng(5)
SPEECH = (RNG.normal(size=SECOND * 4) * 0.1 * np.repeat([1, 0.05, 0.8, 0.02], SECOND)).astype("f4")


def a_wav(path: Path, samples: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, SECOND, 0, "NONE", ""))
        sound.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return path


def test_recordings_lie_side_by_side_each_from_its_offset_on(tmp_path: Path) -> None:
    first = a_wav(tmp_path / "1.wav", np.full(SECOND * 70, 0.5))  # longer than is read at once
    second = a_wav(tmp_path / "2.wav", np.full(SECOND * 5, 0.25))
    target = tmp_path / "both.wav"

    interleave([(first, 0), (second, 58_000)], target, "call")

    with wave.open(str(target), "rb") as sound:
        assert sound.getnchannels() == 2
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, 2)
    assert len(samples) == SECOND * 70
    heard = np.flatnonzero(samples[:, 1]) / SECOND
    assert (heard[0], heard[-1], len(heard)) == (58.0, 63 - 1 / SECOND, SECOND * 5)
    assert (samples[:, 0] > 0).all()


def test_a_copy_at_another_loudness_is_the_same_sound(tmp_path: Path) -> None:
    one, other = a_wav(tmp_path / "1.wav", SPEECH), a_wav(tmp_path / "2.wav", 0.8 * SPEECH)

    assert is_same_sound(wav_levels(one), wav_levels(other))


def test_two_rooms_in_which_nobody_speaks_are_not_the_same_sound(tmp_path: Path) -> None:
    rooms = [RNG.normal(size=SECOND * 4) * 0.01 for _ in range(2)]
    levels = [wav_levels(a_wav(tmp_path / f"{n}.wav", room)) for n, room in enumerate(rooms)]

    assert not is_same_sound(*levels)


def test_two_people_who_take_turns_are_not_the_same_sound(tmp_path: Path) -> None:
    one, other = a_wav(tmp_path / "1.wav", SPEECH), a_wav(tmp_path / "2.wav", SPEECH[::-1])

    assert not is_same_sound(wav_levels(one), wav_levels(other))


def test_the_loudest_of_the_others_closes_the_gate() -> None:
    own = np.full(SECOND, 0.01, np.float32)
    quiet, loud = np.zeros(SECOND, np.float32), np.full(SECOND, 0.5, np.float32)

    assert gate(own, quiet).all()
    assert not gate(own, quiet, loud).any()
