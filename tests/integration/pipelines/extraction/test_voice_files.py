"""Calls that come as one recording of each participant."""

from __future__ import annotations

import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fixtures.builders import an_exchange_json
from fixtures.fakes import FakeTranscriber, FakeVoiceEncoder
from indexer.ports import BlobStore
from indexer.recordings import Recording
from pipelines.extraction.media import Probe, probe
from pipelines.extraction.turns import in_time_order
from schemas.content import Speaker, Transcript, Utterance, Word
from schemas.document import DocumentKind, MediaKind
from schemas.errors import DamagedFileError, LimitExceededError, NoTextError
from schemas.span import TimeSpan

Make = Callable[..., Path]
ExtractBytes = Callable[..., Any]
LEA = {"file": "sons/lea.wav", "participant": "s-17"}
MENTOR = {"file": "sons/mentor.m4a", "participant": "m-4"}
SAYS = "aevalsrc='if(between(t,{start},{end}),sin({tone}*t)*(1+sin(9*t))/2,0)':s=16000:d=6"


class Ear:
    """Hears one turn in each channel, from its first sound to its last."""

    def transcribe(self, wav: Path, *, speakers: Sequence[Speaker], progress: Any) -> Transcript:
        with wave.open(str(wav), "rb") as sound:
            data = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
            tracks = data.reshape(-1, sound.getnchannels()).T
        progress(1.0)
        turns = []
        for n, track in enumerate(tracks):
            loud = np.flatnonzero(np.abs(track.astype(int)) > 1_000) // 16
            if len(loud):
                word = Word(f"voix-{n}", int(loud[0]), int(loud[-1]), 0.9)
                who = speakers[n].id if speakers else None
                span = TimeSpan(word.start_ms, word.end_ms)
                turns.append([Utterance(0, word.text, who, span, words=(word,))])
        return Transcript(in_time_order(turns), tuple(dict.fromkeys(speakers)))


@pytest.fixture
def sent(make_media: Make) -> list[Recording]:
    """Return what Léa said from 0 to 2 s, and her mentor, by his own clock, from 1 to 3 s."""
    lea = make_media("lea.wav", SAYS.format(start=0, end=2, tone=2000))
    mentor = make_media("mentor.m4a", SAYS.format(start=1, end=3, tone=3000), acodec="aac")
    return [Recording(lea, "sons/lea.wav"), Recording(mentor, "sons/mentor.m4a")]


def call(*files: dict[str, Any], **changes: Any) -> bytes:
    return an_exchange_json(channel="call", media=list(files), **changes)


def spoken(found: Any) -> list[tuple[str | None, int]]:
    """Return who speaks from which tenth of a second on."""
    turns = [u for u in found.content.utterances if u.span]
    return [(u.speaker_id, round(u.span.start_ms / 100)) for u in turns]


def test_each_turn_is_of_whom_the_recording_is_and_at_its_time(
    extract_bytes: ExtractBytes, sent: list[Recording]
) -> None:
    exchange = call(LEA, MENTOR | {"offset_ms": 2_000})

    found = extract_bytes("ex.json", exchange, recordings=sent, transcriber=Ear())

    assert spoken(found) == [("s-17", 0), ("m-4", 30)]
    assert [s.id for s in found.content.speakers] == ["s-17", "m-4"]
    assert found.duration_ms == 8_000
    assert found.warnings == ()


def test_a_mix_of_all_is_played(
    extract_bytes: ExtractBytes, sent: list[Recording], blobs: BlobStore
) -> None:
    exchange = call(LEA, MENTOR | {"offset_ms": 2_000})

    found = extract_bytes("ex.json", exchange, recordings=sent, transcriber=Ear())

    assert (found.media_kind, found.media.playable_type) == (MediaKind.AUDIO, "audio/mp4")
    with blobs.local_path(found.media.playable) as path:
        made = probe(path)
    assert isinstance(made, Probe)
    assert (made.audio_codec, round((made.duration_ms or 0) / 1000)) == ("aac", 8)


def test_uploads_know_the_base_name_of_a_recording_only(
    extract_bytes: ExtractBytes, sent: list[Recording]
) -> None:
    uploaded = [Recording(each.path, Path(each.name).name) for each in sent]

    found = extract_bytes("ex.json", call(LEA, MENTOR), recordings=uploaded, transcriber=Ear())

    assert spoken(found) == [("s-17", 0), ("m-4", 10)]


def test_a_voice_that_nobody_introduces_has_a_number(
    extract_bytes: ExtractBytes, sent: list[Recording]
) -> None:
    exchange = call(LEA, {"file": "sons/mentor.m4a"})

    found = extract_bytes("ex.json", exchange, recordings=sent, transcriber=Ear())

    assert [s.name for s in found.content.speakers][-1] == "Voix 2"
    assert str(spoken(found)[1][0]).startswith("voice:")


def test_one_recording_of_a_list_is_of_whom_it_says(
    extract_bytes: ExtractBytes, sent: list[Recording]
) -> None:
    found = extract_bytes("ex.json", call(LEA), recordings=sent[:1], transcriber=Ear())

    assert spoken(found) == [("s-17", 0)]
    assert found.warnings == ()


def test_what_did_not_come_along_and_what_nobody_named_are_said(
    extract_bytes: ExtractBytes, sent: list[Recording]
) -> None:
    stray = [sent[0], Recording(sent[1].path, "autre.m4a")]

    found = extract_bytes("ex.json", call(LEA, MENTOR), recordings=stray, transcriber=Ear())

    assert spoken(found) == [("s-17", 0)]
    assert found.warnings == (
        "The recording 'sons/mentor.m4a' that “ex.json” names did not come along.",
        "The recording 'autre.m4a' came along and “ex.json” does not name it: it was left out.",
    )


def test_one_of_two_recordings_that_came_alone_is_nobody_s(
    extract_bytes: ExtractBytes, sent: list[Recording]
) -> None:
    found = extract_bytes("ex.json", call(LEA, MENTOR), recordings=sent[:1], transcriber=Ear())

    assert spoken(found) == [(None, 0)]
    assert "could not be told apart by file" in found.warnings[0]


def test_none_of_the_recordings_that_are_named_leaves_the_messages(
    extract_bytes: ExtractBytes, sent: list[Recording]
) -> None:
    strays = [Recording(each.path, f"{n}.m4a") for n, each in enumerate(sent)]

    found = extract_bytes("ex.json", call(LEA, MENTOR), recordings=strays)

    assert found.media.playable is None
    assert len(found.warnings) == 4
    with pytest.raises(NoTextError, match=r"lea\.wav"):
        extract_bytes("ex.json", call(LEA, MENTOR, messages=[]), recordings=strays)


def test_the_same_recording_under_two_names_is_heard_once_and_is_nobody_s(
    extract_bytes: ExtractBytes, sent: list[Recording]
) -> None:
    twice = [sent[0], Recording(sent[0].path, "sons/mentor.m4a")]

    found = extract_bytes("ex.json", call(LEA, MENTOR), recordings=twice, transcriber=Ear())

    assert spoken(found) == [(None, 0)]
    (warning,) = found.warnings
    assert warning.startswith(
        "The recordings 'sons/lea.wav' and 'sons/mentor.m4a' carry the same sound: speakers could "
    )


def test_one_recording_of_both_is_picked_by_its_name(
    extract_bytes: ExtractBytes, sent: list[Recording]
) -> None:
    exchange = an_exchange_json(channel="call", media="sons/mentor.m4a")

    found = extract_bytes("ex.json", exchange, recordings=sent, transcriber=Ear())

    assert spoken(found) == [(None, 10)]
    assert "'sons/lea.wav' came along" in found.warnings[0]


def test_a_recording_that_is_damaged_is_named(
    extract_bytes: ExtractBytes, sent: list[Recording], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.m4a"
    broken.write_bytes(sent[1].path.read_bytes()[:900])

    with pytest.raises(DamagedFileError, match=r"sons/mentor\.m4a"):
        extract_bytes(
            "ex.json", call(LEA, MENTOR), recordings=[sent[0], Recording(broken, sent[1].name)]
        )


def test_a_call_that_is_too_long_with_its_offsets_is_refused(
    extract_bytes: ExtractBytes, sent: list[Recording]
) -> None:
    exchange = call(LEA, MENTOR | {"offset_ms": 5_000})

    with pytest.raises(LimitExceededError, match="lasts"):
        extract_bytes("ex.json", exchange, recordings=sent, max_duration_s=10)


SENTENCES = ["Un deux trois quatre cinq.", "Six sept huit neuf dix."] * 3  # one each 2.5 s
TURNS = "sin(2*PI*t*if(mod(floor(t/2.5),2),150,800))"
TOLD = "two voices were told apart by their sound"


@pytest.mark.parametrize("channels", [TURNS, f"{TURNS}|{TURNS}"])
def test_two_voices_in_one_mix_of_a_call_are_told_by_their_sound(
    extract_bytes: ExtractBytes, make_media: Make, channels: str
) -> None:
    mix = make_media("mix.wav", f"aevalsrc='{channels}':s=16000:d=15")
    told = {"transcriber": FakeTranscriber(SENTENCES), "voice_encoder": FakeVoiceEncoder()}

    in_exchange = extract_bytes("ex.json", an_exchange_json(media="mix.wav"), media=mix, **told)
    alone = extract_bytes("mix.wav", mix.read_bytes(), kind=DocumentKind.EXCHANGE, **told)

    assert [s.name for s in in_exchange.content.speakers[2:]] == ["Voix 1", "Voix 2"]
    for found in (in_exchange, alone):
        first, second = (s.id for s in found.content.speakers[-2:])
        turns = [u.speaker_id for u in found.content.utterances if u.span]
        assert turns == [first, second] * 3
        assert TOLD in found.warnings[0]


def test_nobody_looks_for_voices_in_a_course(extract_bytes: ExtractBytes, make_media: Make) -> None:
    mix = make_media("mix.wav", f"aevalsrc='{TURNS}':s=16000:d=15")

    found = extract_bytes(
        "cours.wav",
        mix.read_bytes(),
        transcriber=FakeTranscriber(SENTENCES),
        voice_encoder=FakeVoiceEncoder(),
    )

    assert found.content.speakers == ()
    assert found.warnings == ()
