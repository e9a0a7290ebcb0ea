"""Calls and pauses: who says what, when, and is anything lost? On recordings made for it.

    python -m benchmarks.calls

Makes, from the spoken fixtures whose sentences' times are known:

- calls of two voices, one per channel, with the other voice 10 dB below in each and people who talk
  at once for .4 s at every change: word error of each speaker, and the share of words that stand
  under the right one;
- the same calls as one file per participant, the second of which begins later, and as one mix of
  both, whose voices are told by their sound: the same figures, and of the mix what the telling
  costs beside the recognition;
- a recording with pauses of known place: how far the first word of each sentence is from there;
- a recording with 45 s of silence inside, beside the two pieces alone: are the same words heard?
- a recogniser that is deaf for 8 s of speech: is the hole reported?
- a call whose channels are the same, and a mix in stereo: are they taken as one voice?
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
import wave
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final, NamedTuple

import imageio_ffmpeg
import jiwer
import numpy as np
from numpy.typing import NDArray

from indexer.blobs import open_blobs
from indexer.recordings import Recording
from pipelines.extraction.channels import channels_of
from pipelines.extraction.diarising import tell_apart
from pipelines.extraction.glossary import load_glossary
from pipelines.extraction.speech import WhisperTranscriber, open_transcriber
from pipelines.extraction.voice_encoder import open_voice_encoder
from pipelines.extraction.voices import Voice, transcribe_voices
from pipelines.ports import ExtractionDeps
from schemas.content import Speaker, Transcript, Word
from schemas.ids import PersonId
from schemas.settings import IngestionSettings, load_settings
from schemas.span import TimeSpan

MEDIA: Final = Path(__file__).resolve().parent.parent / "fixtures" / "media"
RATE: Final = 16_000
PER_MS: Final = RATE // 1000
CALLS: Final = ("associes-bloques", "devis-acompte", "premier-marche")
NARRATED: Final = "tva-franchise"
BLEED_DB: Final = -10.0
EARLIER_MS: Final = 1_200
"""By how much the mentor is moved forward: 800 ms lie between two turns, so 400 overlap."""
LATER_MS: Final = 2_500
"""By how much the second participant's file begins after the first."""
SILENCE_S: Final = 45
PAUSES_MS: Final = (700, 1_500, 3_000)
HOLE_MS: Final = 8_000
AROUND_MS: Final = 250

Samples = NDArray[np.float32]


class Said(NamedTuple):
    """One sentence of the truth."""

    text: str
    start_ms: int
    end_ms: int
    speaker: str


def measure() -> dict[str, Any]:
    """Return every figure."""
    transcriber = open_transcriber(load_settings(os.environ), load_glossary())
    with tempfile.TemporaryDirectory(prefix="cordee-calls-") as scratch:
        wav = Path(scratch) / "sound.wav"
        return {
            "calls": [_call(transcriber, name, wav) for name in CALLS],
            "one_file_per_participant": [
                _files(transcriber, name, Path(scratch)) for name in CALLS
            ],
            "one_mix": [_mix(transcriber, name, wav) for name in CALLS],
            "pauses": _pauses(transcriber, wav),
            "silence": _silence(transcriber, wav),
            "hole": _hole(transcriber, wav),
            "one_voice": _one_voice(wav),
        }


def plain(text: str) -> str:
    """Return a text without case and punctuation."""
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


def _call(transcriber: WhisperTranscriber, name: str, wav: Path) -> dict[str, Any]:
    truth, people, left, right = _overlapping(name)
    _write(wav, np.stack([left, right], axis=1))
    return {"call": name, **_scored(_heard(transcriber, wav, people), truth, people)}


def _files(transcriber: WhisperTranscriber, name: str, folder: Path) -> dict[str, Any]:
    truth, people, left, right = _overlapping(name)
    voices = []
    for person, sound, late_ms in zip(people, (left, right), (0, LATER_MS), strict=True):
        path = folder / f"{person}.wav"
        _write(path, sound[late_ms * PER_MS :])
        voices.append(Voice(Recording(path, path.name), _speaker(person), late_ms))
    found = transcribe_voices(voices, [], _deps(transcriber)).content
    return {"call": name, **_scored(found, truth, people)}


def _mix(transcriber: WhisperTranscriber, name: str, wav: Path) -> dict[str, Any]:
    truth, people, left, right = _overlapping(name)
    _write(wav, (left + right) / 2)
    started_s = time.process_time()
    heard = _heard(transcriber, wav)
    heard_s = time.process_time()
    encoder = open_voice_encoder(load_settings(os.environ))
    if encoder is None:
        raise SystemExit("Run: cordee models pull")
    encoder.encode([np.ones(RATE, np.float32)])  # loads it
    loaded_s = time.process_time()
    told = tell_apart(heard, wav, encoder, [_speaker(person) for person in people])
    told_s = time.process_time()
    return {
        "call": name,
        **_scored(told or heard, truth, people),
        "cost_share": round((told_s - loaded_s) / (heard_s - started_s), 4),
    }


def _overlapping(name: str) -> tuple[list[Said], list[str], Samples, Samples]:
    """Return what is said, by whom, and both channels: with bleed, and both at once at changes."""
    truth = _truth(name)
    people = list(dict.fromkeys(said.speaker for said in truth))
    left, right = _decoded(MEDIA / f"{name}.m4a", channels=2).T
    right = np.roll(right, -EARLIER_MS * PER_MS)
    truth = [
        said._replace(start_ms=said.start_ms - EARLIER_MS, end_ms=said.end_ms - EARLIER_MS)
        if said.speaker == people[1]
        else said
        for said in truth
    ]
    bleed = np.float32(10 ** (BLEED_DB / 20))
    return truth, people, left + bleed * right, right + bleed * left


def _scored(found: Any, truth: Sequence[Said], people: Sequence[str]) -> dict[str, Any]:
    errors = {
        person: round(
            jiwer.wer(
                plain(" ".join(said.text for said in truth if said.speaker == person)),
                _text(found, person),
            ),
            3,
        )
        for person in people
    }
    placed = [(word, u.speaker_id) for u in found.utterances if not u.flags for word in u.words]
    right_ones = [whose in _speakers_at(truth, word) for word, whose in placed]
    return {
        "word_error": errors,
        "words": len(placed),
        "right_speaker": round(sum(right_ones) / len(right_ones), 4),
    }


def _deps(transcriber: WhisperTranscriber) -> ExtractionDeps:
    return ExtractionDeps(IngestionSettings(), open_blobs("memory://"), transcriber, lambda _: None)


def _speaker(person: str) -> Speaker:
    return Speaker(PersonId(person), person)


def _speakers_at(truth: Sequence[Said], word: Word) -> set[str]:
    middle = (word.start_ms + word.end_ms) // 2
    near = [s for s in truth if s.start_ms - AROUND_MS <= middle <= s.end_ms + AROUND_MS]
    return {said.speaker for said in near}


def _pauses(transcriber: WhisperTranscriber, wav: Path) -> dict[str, Any]:
    """Return how far first words are from where they were put, after pauses of three lengths."""
    sound, truth = _narrated()
    parts, starts, at_ms = [], [], 0
    for n, said in enumerate(truth):
        pause = PAUSES_MS[n % len(PAUSES_MS)]
        parts += [_quiet(pause), sound[said.start_ms * PER_MS : said.end_ms * PER_MS]]
        starts.append(at_ms + pause)
        at_ms += pause + said.end_ms - said.start_ms
    _write(wav, np.concatenate(parts))
    words = [w for u in _heard(transcriber, wav).utterances for w in u.words]
    wanted = [
        (word, start if n == 0 else None)
        for said, start in zip(truth, starts, strict=True)
        for n, word in enumerate(plain(said.text).split())
    ]
    off = sorted(abs(each) for each in _offsets(words, wanted))
    return {
        "sentences": len(truth),
        "first_words_found": len(off),
        "median_s": round(off[len(off) // 2] / 1000, 3),
        "p95_s": round(off[int(len(off) * 0.95)] / 1000, 3),
    }


def _silence(transcriber: WhisperTranscriber, wav: Path) -> dict[str, Any]:
    sound, truth = _narrated()
    cut = truth[len(truth) // 2].start_ms * PER_MS - PER_MS * 100
    pieces = []
    for part in (sound[:cut], sound[cut:]):
        _write(wav, part)
        pieces.append(_text(_heard(transcriber, wav)))
    _write(wav, np.concatenate([sound[:cut], _quiet(SILENCE_S * 1000), sound[cut:]]))
    whole = _text(_heard(transcriber, wav))
    apart = " ".join(pieces)
    written = " ".join(said.text for said in truth)
    return {
        "words_in_pieces": len(apart.split()),
        "words_with_silence": len(whole.split()),
        "word_error_pieces": round(jiwer.wer(plain(written), apart), 3),
        "word_error_with_silence": round(jiwer.wer(plain(written), whole), 3),
    }


def _hole(transcriber: WhisperTranscriber, wav: Path) -> dict[str, Any]:
    sound, truth = _narrated()
    _write(wav, sound)
    start_ms = truth[len(truth) // 2].start_ms
    deaf = TimeSpan(start_ms, start_ms + HOLE_MS)
    found = _heard(_deaf(transcriber, deaf), wav)
    return {
        "deaf_s": [deaf.start_ms / 1000, deaf.end_ms / 1000],
        "reported_s": [[hole.start_ms / 1000, hole.end_ms / 1000] for hole in found.holes],
        "without_it": [hole.start_ms / 1000 for hole in _heard(transcriber, wav).holes],
    }


def _deaf(transcriber: WhisperTranscriber, span: TimeSpan) -> WhisperTranscriber:
    """Return the same transcriber, which hears no word in a span: the second look neither."""

    class Deaf(WhisperTranscriber):
        def _recognise(self, track: Any, speech: Any, on_time: Any) -> Any:
            heard = super()._recognise(track, speech, on_time)
            return [
                each
                for each in heard
                if each.word.end_ms <= span.start_ms or each.word.start_ms >= span.end_ms
            ]

    deaf = Deaf.__new__(Deaf)
    deaf.__dict__.update(transcriber.__dict__)
    return deaf


def _one_voice(wav: Path) -> dict[str, str]:
    left, right = _decoded(MEDIA / f"{CALLS[0]}.m4a", channels=2).T
    mix = (left + right) / 2
    kinds = {
        "one per channel": (left, right),
        "the same twice": (mix, mix),
        "a mix in stereo": (mix + 0.3 * left, mix + 0.3 * right),
        "one channel silent": (mix, np.zeros_like(mix)),
    }
    found = {}
    for name, channels in kinds.items():
        _write(wav, np.stack(channels, axis=1))
        found[name] = channels_of(wav).value
    return found


def _heard(transcriber: WhisperTranscriber, wav: Path, people: Sequence[str] = ()) -> Transcript:
    speakers = [_speaker(person) for person in people]
    return transcriber.transcribe(wav, speakers=speakers, progress=lambda _: None)


def _text(found: Transcript, person: str | None = None) -> str:
    """Return what was heard for sure: what is doubted is shown as such and not searched."""
    sure = [u for u in found.utterances if not u.flags and person in {None, u.speaker_id}]
    return plain(" ".join(u.text for u in sure))


def _offsets(words: Sequence[Word], truth: Sequence[tuple[str, int | None]]) -> Iterator[int]:
    heard = [(part, word) for word in words for part in plain(word.text).split()[:1]]
    match = SequenceMatcher(None, [h for h, _ in heard], [t for t, _ in truth], autojunk=False)
    for block in match.get_matching_blocks():
        for n in range(block.size):
            said = truth[block.b + n][1]
            if said is not None:
                yield heard[block.a + n][1].start_ms - said


def _truth(name: str) -> list[Said]:
    lines = json.loads((MEDIA / f"{name}.times.json").read_text("utf-8"))
    return [
        Said(each["text"], each["start_ms"], each["end_ms"], each.get("speaker", ""))
        for each in lines
    ]


def _narrated() -> tuple[Samples, list[Said]]:
    return _decoded(MEDIA / f"{NARRATED}.mp4", channels=1)[:, 0], _truth(NARRATED)


def _decoded(path: Path, *, channels: int) -> Samples:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)]
    options = ["-ac", str(channels), "-ar", str(RATE), "-f", "f32le", "-"]
    sound = subprocess.run([*command, *options], check=True, capture_output=True).stdout  # noqa: S603
    return np.frombuffer(sound, "<f4").reshape(-1, channels)


def _quiet(ms: int) -> Samples:
    return np.zeros(ms * PER_MS, np.float32)


def _write(path: Path, sound: Samples) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.shape[1] if sound.ndim > 1 else 1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes())


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2, ensure_ascii=False))
