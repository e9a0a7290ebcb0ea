"""What every VoiceEncoder keeps, the fake and the network alike."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

from fixtures.fakes import FakeVoiceEncoder
from pipelines.extraction.voice_encoder import open_voice_encoder
from pipelines.ports import VoiceEncoder
from schemas.settings import ModelSettings, Settings

MEDIA = Path(__file__).resolve().parents[3] / "fixtures" / "media"
BOTH = ["fake", pytest.param("network", marks=pytest.mark.slow)]
RNG = np.random.default_rng(4)
NOISE = (RNG.normal(size=25_600) * 0.1).astype(np.float32)


@pytest.fixture(scope="module")
def encoder(request: pytest.FixtureRequest) -> VoiceEncoder:
    if request.param == "fake":
        return FakeVoiceEncoder()
    models = ModelSettings(directory=str(request.getfixturevalue("models_dir")))
    found = open_voice_encoder(Settings(models=models))
    assert found is not None
    return found


@pytest.mark.parametrize("encoder", BOTH, indirect=True)
def test_each_clip_has_a_row_of_norm_one_in_input_order(encoder: VoiceEncoder) -> None:
    clips = [NOISE, NOISE[:3_000], np.cumsum(NOISE)[:9_000] * np.float32(0.1), NOISE[:160]]

    rows = encoder.encode(clips)

    assert (len(rows), rows.dtype) == (4, np.float32)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    assert encoder.encode(clips[::-1])[::-1] == pytest.approx(rows, abs=1e-5)


def a_call() -> tuple[NDArray[np.float32], list[dict[str, object]]]:
    """Return both voices of a call in one channel, and who says what when."""
    path = MEDIA / "devis-acompte.m4a"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)]
    options = ["-ac", "1", "-ar", "16000", "-f", "f32le", "-"]
    sound = subprocess.run([*command, *options], check=True, capture_output=True).stdout
    return np.frombuffer(sound, "<f4"), json.loads((MEDIA / "devis-acompte.times.json").read_text())


@pytest.mark.parametrize(
    "encoder", [pytest.param("network", marks=pytest.mark.slow)], indirect=True
)
def test_clips_of_one_voice_are_nearer_to_each_other_than_to_another(encoder: VoiceEncoder) -> None:
    sound, truth = a_call()
    long = [s for s in truth if int(str(s["end_ms"])) - int(str(s["start_ms"])) > 1_600][:10]
    starts = [int(str(s["start_ms"])) * 16 for s in long]

    rows = encoder.encode([sound[at : at + 25_600] for at in starts])

    who = np.array([str(s["speaker"]) for s in long])
    same = who[:, None] == who[None, :]
    near = rows @ rows.T
    assert len(set(who)) == 2
    assert near[same].min() > near[~same].max()


def test_without_its_model_there_is_no_encoder(tmp_path: Path) -> None:
    assert open_voice_encoder(Settings(data_dir=tmp_path)) is None
    nobody = Settings(data_dir=tmp_path, models=ModelSettings(voices=""))
    assert open_voice_encoder(nobody) is None
