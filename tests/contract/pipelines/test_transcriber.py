"""What every Transcriber keeps, the fake and Whisper alike."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from fixtures.fakes import FakeTranscriber
from pipelines.extraction.convert import to_speech_wav
from pipelines.extraction.glossary import load_glossary
from pipelines.extraction.speech import open_transcriber
from pipelines.ports import Transcriber
from schemas.content import Speaker
from schemas.ids import PersonId
from schemas.settings import ModelSettings, Settings

MEDIA = Path(__file__).resolve().parents[3] / "fixtures" / "media"
SPEAKERS = (Speaker(PersonId("s-1"), "Gauche"), Speaker(PersonId("m-1"), "Droite"))
BOTH = ["fake", pytest.param("whisper", marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def transcriber(request: pytest.FixtureRequest) -> Transcriber:
    if request.param == "fake":
        return FakeTranscriber()
    models = ModelSettings(directory=str(request.getfixturevalue("models_dir")), threads=2)
    return open_transcriber(Settings(models=models), load_glossary())


def a_clip(tmp_path: Path, *, n_channels: int) -> Path:
    """Return the first seconds of the demo school's call."""
    wav = tmp_path / "clip.wav"
    to_speech_wav(MEDIA / "devis-acompte.m4a", wav, "call", n_channels=n_channels, limit_s=14)
    return wav


def silence(tmp_path: Path) -> Path:
    wav = tmp_path / "silence.wav"
    with wave.open(str(wav), "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 16_000 * 5))
    return wav


@pytest.mark.parametrize("transcriber", BOTH, indirect=True)
def test_silence_has_no_turns(transcriber: Transcriber, tmp_path: Path) -> None:
    found = transcriber.transcribe(silence(tmp_path), speakers=(), progress=lambda _: None)
    assert found.utterances == ()


@pytest.mark.parametrize("transcriber", BOTH, indirect=True)
def test_progress_reaches_one_and_never_falls(transcriber: Transcriber, tmp_path: Path) -> None:
    seen: list[float] = []
    transcriber.transcribe(silence(tmp_path), speakers=(), progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


@pytest.mark.parametrize("transcriber", BOTH, indirect=True)
def test_turns_are_numbered_timed_and_spoken_by_those_named(
    transcriber: Transcriber, tmp_path: Path
) -> None:
    wav = a_clip(tmp_path, n_channels=2)
    found = transcriber.transcribe(wav, speakers=SPEAKERS, progress=lambda _: None)
    assert [u.ordinal for u in found.utterances] == list(range(len(found.utterances)))
    starts = [u.span.start_ms for u in found.utterances if u.span]
    assert starts == sorted(starts)
    assert found.utterances[0].speaker_id == "s-1"
    assert {u.speaker_id for u in found.utterances} <= {"s-1", "m-1"}


@pytest.mark.parametrize("transcriber", BOTH, indirect=True)
@pytest.mark.parametrize(("known", "named"), [((), None), (SPEAKERS[:1], "s-1")])
def test_one_channel_is_of_whom_it_is_said_to_be(
    transcriber: Transcriber, tmp_path: Path, known: tuple[Speaker, ...], named: str | None
) -> None:
    wav = a_clip(tmp_path, n_channels=1)
    found = transcriber.transcribe(wav, speakers=known, progress=lambda _: None)
    assert found.utterances
    assert {u.speaker_id for u in found.utterances} == {named}
    assert found.speakers == known


@pytest.mark.parametrize("transcriber", BOTH, indirect=True)
def test_the_text_of_a_turn_is_its_words(transcriber: Transcriber, tmp_path: Path) -> None:
    wav = a_clip(tmp_path, n_channels=1)
    for turn in transcriber.transcribe(wav, speakers=(), progress=lambda _: None).utterances:
        assert turn.text == " ".join(w.text for w in turn.words)
