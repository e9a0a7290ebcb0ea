"""Recordings made by ffmpeg on the spot: what is refused, and what a browser gets."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

from fixtures.builders import a_submission, an_exchange_json
from indexer.ports import BlobStore
from pipelines.extraction.convert import is_faststart
from pipelines.extraction.extract import extract
from pipelines.extraction.media import Probe, probe
from pipelines.extraction.speech import WhisperTranscriber
from pipelines.ports import ExtractionDeps
from schemas.content import Transcript
from schemas.document import DocumentKind, MediaKind
from schemas.errors import (
    DamagedFileError,
    LimitExceededError,
    NoSoundError,
    UnsupportedFormatError,
)
from schemas.settings import IngestionSettings

TONE = "sine=frequency=300:duration=6"
PICTURE = "testsrc=size=128x72:rate=5:duration=6"
SILENCE = "anullsrc=r=16000:cl=mono:d=6"
# two voices that take turns of a second, one per channel
CALL = "aevalsrc='if(lt(mod(t,2),1),sin(2000*t),0)|if(lt(mod(t,2),1),0,sin(3000*t))':s=16000:d=6"
H264 = {"vcodec": "libx264", "pix_fmt": "yuv420p", "acodec": "aac"}
Make = Callable[..., Path]
ExtractBytes = Callable[..., Any]


def test_a_web_playable_video_is_served_as_it_came(
    extract_bytes: ExtractBytes, make_media: Make, blobs: BlobStore
) -> None:
    video = make_media("v.mp4", PICTURE, TONE, movflags="+faststart", **H264)
    found = extract_bytes("cours.mp4", video.read_bytes())
    assert found.media.playable == blobs.put(video)


def test_a_video_gets_a_jpeg_poster(
    extract_bytes: ExtractBytes, make_media: Make, blobs: BlobStore
) -> None:
    video = make_media("v.mp4", PICTURE, TONE, **H264)
    found = extract_bytes("cours.mp4", video.read_bytes())
    assert blobs.read(found.media.poster).startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("index-last.mp4", H264),
        ("matroska.mkv", H264),
        ("old.avi", {"vcodec": "mpeg4", "acodec": "mp3"}),
    ],
)
def test_other_videos_become_faststart_h264_and_aac(
    extract_bytes: ExtractBytes,
    make_media: Make,
    blobs: BlobStore,
    name: str,
    options: dict[str, str],
) -> None:
    video = make_media(name, PICTURE, TONE, **options)
    found = extract_bytes(name, video.read_bytes())
    with blobs.local_path(found.media.playable) as playable:
        made = probe(playable)
        assert isinstance(made, Probe)
        assert (made.video_codec, made.audio_codec) in {("h264", "aac"), ("h264", "mp3")}
        assert is_faststart(playable)


@pytest.mark.parametrize(
    ("name", "codec", "mime_type"),
    [
        ("a.mp3", "libmp3lame", "audio/mpeg"),
        ("a.ogg", "libopus", "audio/ogg"),
        ("a.wav", "pcm_s16le", "audio/mp4"),
        ("a.m4a", "aac", "audio/mp4"),
    ],
)
def test_sound_keeps_its_form_where_browsers_play_it(
    extract_bytes: ExtractBytes, make_media: Make, name: str, codec: str, mime_type: str
) -> None:
    sound = make_media(name, TONE, acodec=codec)
    found = extract_bytes(name, sound.read_bytes())
    assert (found.media_kind, found.media.playable_type) == (MediaKind.AUDIO, mime_type)


def test_the_format_is_told_from_the_bytes(extract_bytes: ExtractBytes, make_media: Make) -> None:
    sound = make_media("a.mp3", TONE, acodec="libmp3lame")
    assert extract_bytes("notes.txt", sound.read_bytes()).media_kind is MediaKind.AUDIO


def test_the_duration_is_in_milliseconds(extract_bytes: ExtractBytes, make_media: Make) -> None:
    sound = make_media("a.wav", TONE)
    assert extract_bytes("a.wav", sound.read_bytes()).duration_ms == 6000


def test_chapters_of_a_recording_are_read_and_those_without_a_title_are_not(
    extract_bytes: ExtractBytes, make_media: Make, tmp_path: Path
) -> None:
    sound = make_media("a.m4a", TONE, acodec="aac")
    notes, target = tmp_path / "chapters.txt", tmp_path / "chapters.m4a"
    parts = [(0, 2000, "Le début"), (2000, 4000, ""), (4000, 6000, "La fin <b>")]
    notes.write_text(
        ";FFMETADATA1\n"
        + "".join(
            f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={end}\ntitle={title}\n"
            for start, end, title in parts
        ),
        encoding="utf-8",
    )
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(sound), "-i", str(notes)]
    options = ["-map_chapters", "1", "-map", "0", "-c", "copy", str(target)]
    subprocess.run([*command, *options], check=True)

    chapters = extract_bytes("cours.m4a", target.read_bytes()).content.chapters

    assert [(each.title, each.span.start_ms, each.span.end_ms) for each in chapters] == [
        ("Le début", 0, 2000),
        ("La fin <b>", 4000, 6000),
    ]


def test_progress_ends_at_one_and_never_falls(
    extract_bytes: ExtractBytes, make_media: Make
) -> None:
    seen: list[float] = []
    video = make_media("old.avi", PICTURE, TONE, vcodec="mpeg4", acodec="mp3")
    extract_bytes("old.avi", video.read_bytes(), progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_a_video_without_sound_is_refused(extract_bytes: ExtractBytes, make_media: Make) -> None:
    video = make_media("v.mp4", PICTURE, vcodec="libx264", pix_fmt="yuv420p")
    with pytest.raises(NoSoundError, match=r"“muet\.mp4” has no sound track"):
        extract_bytes("muet.mp4", video.read_bytes())


def test_a_picture_that_nobody_can_read_leaves_the_sound(
    extract_bytes: ExtractBytes, make_media: Make
) -> None:
    video = make_media("v.avi", PICTURE, TONE, vcodec="mpeg4", acodec="mp3").read_bytes()
    found = extract_bytes("v.avi", video.replace(b"FMP4", b"ZZQQ"))
    assert found.media_kind is MediaKind.AUDIO
    assert found.media.playable_type == "audio/mp4"
    assert "only its sound was kept" in found.warnings[-1]


def test_sound_that_nobody_can_read_is_refused(
    extract_bytes: ExtractBytes, make_media: Make
) -> None:
    sound = make_media("s.mkv", TONE, acodec="pcm_s16le").read_bytes()
    with pytest.raises(UnsupportedFormatError, match=r"The sound of “s\.mkv” is in a form"):
        extract_bytes("s.mkv", sound.replace(b"A_PCM/INT/LIT", b"A_ZZQ/INT/LIT"))


def test_a_voice_in_the_centre_of_six_channels_is_heard(
    extract_bytes: ExtractBytes, make_media: Make
) -> None:
    centre = "aevalsrc='0|0|sin(2000*t)|0|0|0':s=48000:c=5.1:d=6"
    found = extract_bytes("s.wav", make_media("s.wav", centre).read_bytes())
    assert isinstance(found.content, Transcript)
    assert found.content.speakers == ()
    assert found.duration_ms == 6_000


def test_silence_is_refused(extract_bytes: ExtractBytes, make_media: Make) -> None:
    sound = make_media("s.wav", SILENCE)
    with pytest.raises(NoSoundError, match=r"No speech was found in “s.wav” \(0:00:06 long\)"):
        extract_bytes("s.wav", sound.read_bytes())


def test_text_under_a_video_name_is_refused_as_text(extract_bytes: ExtractBytes) -> None:
    with pytest.raises(UnsupportedFormatError, match=r"“v\.mp4” holds text, not video"):
        extract_bytes("v.mp4", "Ceci n'est pas une vidéo.".encode())


def test_an_mp4_cut_before_its_index_is_damaged(
    extract_bytes: ExtractBytes, make_media: Make
) -> None:
    data = make_media("v.mp4", PICTURE, TONE, **H264).read_bytes()
    with pytest.raises(DamagedFileError, match="cut short or damaged"):
        extract_bytes("v.mp4", data[: len(data) // 2])


def test_an_mp4_cut_after_its_index_is_damaged(
    extract_bytes: ExtractBytes, make_media: Make
) -> None:
    data = make_media("v.mp4", PICTURE, TONE, movflags="+faststart", **H264).read_bytes()
    with pytest.raises(DamagedFileError, match="breaks off after"):
        extract_bytes("v.mp4", data[: len(data) // 2])


def test_noise_under_a_video_name_is_damaged_and_names_no_path(
    extract_bytes: ExtractBytes, tmp_path: Path
) -> None:
    with pytest.raises(DamagedFileError) as caught:
        extract_bytes("v.mp4", bytes(range(256)) * 40)
    assert str(tmp_path) not in str(caught.value)


def test_a_recording_that_is_too_long_is_refused(
    extract_bytes: ExtractBytes, make_media: Make
) -> None:
    sound = make_media("a.wav", TONE)
    with pytest.raises(LimitExceededError, match="lasts"):
        extract_bytes("a.wav", sound.read_bytes(), max_duration_s=5)


def test_a_playlist_is_never_followed(tmp_path: Path, make_media: Make) -> None:
    secret = make_media("secret.ts", TONE, acodec="aac")
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n{secret}\n#EXT-X-ENDLIST\n")
    assert isinstance(probe(playlist), str)


def test_the_recording_of_an_exchange_follows_its_messages(
    extract_bytes: ExtractBytes, make_media: Make
) -> None:
    call = make_media("call.wav", CALL)
    found = extract_bytes("ex.json", an_exchange_json(media="call.wav"), media=call)
    assert isinstance(found.content, Transcript)
    untimed = [u.span is None for u in found.content.utterances]
    assert untimed == sorted(untimed, reverse=True)
    assert untimed[-1] is False
    assert [u.ordinal for u in found.content.utterances] == list(range(len(untimed)))


def test_the_student_of_a_two_channel_call_is_on_the_left(
    extract_bytes: ExtractBytes, make_media: Make
) -> None:
    call = make_media("call.wav", CALL)
    found = extract_bytes("ex.json", an_exchange_json(media="call.wav"), media=call)
    assert isinstance(found.content, Transcript)
    assert found.content.utterances[-1].speaker_id == "s-17"


def test_unknown_voices_of_a_two_channel_call_are_named_by_side(
    extract_bytes: ExtractBytes, make_media: Make
) -> None:
    call = make_media("call.wav", CALL)
    found = extract_bytes("call.wav", call.read_bytes())
    assert isinstance(found.content, Transcript)
    assert "left" in str(found.content.utterances[0].speaker_id)


def test_a_stereo_mix_is_one_voice(extract_bytes: ExtractBytes, make_media: Make) -> None:
    mix = make_media("mix.wav", "aevalsrc='sin(2000*t)|0.9*sin(2000*t)':s=16000:d=6")
    found = extract_bytes("mix.wav", mix.read_bytes())
    assert isinstance(found.content, Transcript)
    assert found.content.utterances[0].speaker_id is None


@pytest.mark.parametrize(
    ("sound", "said"),
    [
        ("aevalsrc='sin(2000*t)|sin(2000*t)':s=16000:d=6", "Both channels carry the same sound"),
        ("aevalsrc='sin(2000*t)|0':s=16000:d=6", "One of the two channels is silent"),
        (TONE, "The recording has one channel"),
    ],
)
def test_a_call_whose_voices_cannot_be_told_apart_says_so(
    extract_bytes: ExtractBytes, make_media: Make, sound: str, said: str
) -> None:
    call = make_media("call.wav", sound)
    exchange = extract_bytes("ex.json", an_exchange_json(media="call.wav"), media=call)
    alone = extract_bytes("call.wav", call.read_bytes(), kind=DocumentKind.EXCHANGE)

    warning = f"{said}: speakers could not be told apart by channel."
    assert warning in exchange.warnings
    assert warning in alone.warnings


def test_a_course_in_stereo_and_a_call_of_two_channels_warn_of_nothing(
    extract_bytes: ExtractBytes, make_media: Make
) -> None:
    course = make_media("mix.wav", "aevalsrc='sin(2000*t)|sin(2000*t)':s=16000:d=6")
    call = make_media("call.wav", CALL)

    assert extract_bytes("mix.wav", course.read_bytes()).warnings == ()
    assert extract_bytes("ex.json", an_exchange_json(media="c.wav"), media=call).warnings == ()


def test_a_recording_that_did_not_come_along_is_a_warning(extract_bytes: ExtractBytes) -> None:
    found = extract_bytes("ex.json", an_exchange_json(media="lost.m4a"))
    assert "'lost.m4a'" in found.warnings[0]


@pytest.mark.slow
def test_four_silent_hours_are_refused_without_loading_a_model(
    make_media: Make, blobs: BlobStore
) -> None:
    def no_model() -> Path:
        raise AssertionError("no speech, so no model")

    sound = make_media("long.flac", "anullsrc=r=16000:cl=mono:d=14400", acodec="flac")
    ear = WhisperTranscriber(no_model, language="fr", glossary=(), threads=1)
    deps = ExtractionDeps(IngestionSettings(), blobs, ear, lambda _: None)
    with pytest.raises(NoSoundError, match=r"\(4:00:00 long\)"):
        extract(a_submission(filename="long.flac"), sound, deps)
