"""Two voices in one channel, told by their sound; here, by their pitch."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from fixtures.builders import a_transcript
from fixtures.fakes import FakeVoiceEncoder
from pipelines.extraction.diarising import tell_apart
from schemas.content import Speaker, Transcript, Utterance, UtteranceFlag
from schemas.ids import PersonId
from schemas.span import TimeSpan

RATE = 16_000
LOW, HIGH = 150, 800
VOICES = (Speaker(PersonId("v1"), "Voix 1"), Speaker(PersonId("v2"), "Voix 2"))
SENTENCE = "Un deux trois quatre cinq six."  # 1.8 s, then a second of silence


def said(n_sentences: int) -> Transcript:
    """Return sentences that nobody is known to have said."""
    heard = a_transcript([SENTENCE] * n_sentences)
    nobody = [msgspec.structs.replace(u, speaker_id=None) for u in heard.utterances]
    return Transcript(tuple(nobody))


def a_mix(path: Path, pitches: Sequence[int], transcript: Transcript) -> Path:
    """Write a tone of a pitch for each utterance."""
    length_ms = max(u.span.end_ms for u in transcript.utterances if u.span)
    samples = np.zeros((length_ms + 500) * 16)
    for pitch, utterance in zip(pitches, transcript.utterances, strict=True):
        span = utterance.span or TimeSpan(0, 1)
        times = np.arange(span.start_ms * 16, span.end_ms * 16)
        samples[times] = 0.4 * np.sin(2 * np.pi * pitch * times / RATE)
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes((samples * 32_767).astype("<i2").tobytes())
    return path


def one_turn(transcript: Transcript) -> Transcript:
    """Return the same words as one utterance, as a recogniser that hears no change has it."""
    words = tuple(w for u in transcript.utterances for w in u.words)
    span = TimeSpan(words[0].start_ms, words[-1].end_ms)
    return Transcript((Utterance(0, " ".join(w.text for w in words), span=span, words=words),))


def test_turns_are_parted_between_two_voices(tmp_path: Path) -> None:
    heard = said(6)
    wav = a_mix(tmp_path / "mix.wav", [HIGH, LOW] * 3, heard)

    found = tell_apart(heard, wav, FakeVoiceEncoder(), VOICES)

    assert found is not None
    assert [u.speaker_id for u in found.utterances] == ["v1", "v2"] * 3
    assert [u.ordinal for u in found.utterances] == list(range(6))
    assert found.speakers == VOICES


@pytest.mark.parametrize("pitches", [[LOW, HIGH] * 3, [HIGH, LOW] * 3])
def test_whoever_is_heard_first_is_the_first_voice(tmp_path: Path, pitches: list[int]) -> None:
    heard = said(6)

    found = tell_apart(heard, a_mix(tmp_path / "m.wav", pitches, heard), FakeVoiceEncoder(), VOICES)

    assert found is not None
    assert found.utterances[0].speaker_id == "v1"


def test_a_turn_in_which_both_speak_is_cut_at_the_sentence(tmp_path: Path) -> None:
    heard = said(6)
    wav = a_mix(tmp_path / "mix.wav", [LOW, LOW, HIGH, LOW, LOW, HIGH], heard)

    found = tell_apart(one_turn(heard), wav, FakeVoiceEncoder(), VOICES)

    assert found is not None
    turns = [(u.speaker_id, u.text.count("cinq")) for u in found.utterances]
    assert turns == [("v1", 2), ("v2", 1), ("v1", 2), ("v2", 1)]
    assert [w for u in found.utterances for w in u.words] == [
        w for u in heard.utterances for w in u.words
    ]


def test_one_voice_is_not_made_two(tmp_path: Path) -> None:
    heard = said(6)
    wav = a_mix(tmp_path / "mix.wav", [LOW, LOW + 20, LOW, LOW + 5, LOW, LOW + 9], heard)

    assert tell_apart(heard, wav, FakeVoiceEncoder(), VOICES) is None


def test_of_two_short_sentences_nobody_can_tell(tmp_path: Path) -> None:
    heard = said(2)

    assert (
        tell_apart(heard, a_mix(tmp_path / "m.wav", [LOW, HIGH], heard), FakeVoiceEncoder(), VOICES)
        is None
    )


def test_a_doubted_turn_stays_doubted(tmp_path: Path) -> None:
    heard = said(6)
    first = msgspec.structs.replace(heard.utterances[0], flags=(UtteranceFlag.REPETITION,))
    heard = Transcript((first, *heard.utterances[1:]))
    wav = a_mix(tmp_path / "mix.wav", [HIGH, LOW] * 3, heard)

    found = tell_apart(heard, wav, FakeVoiceEncoder(), VOICES)

    assert found is not None
    assert [bool(u.flags) for u in found.utterances] == [True] + [False] * 5
