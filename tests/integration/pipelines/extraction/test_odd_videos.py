"""Videos as phones, recorders of screens and cameras write them: made by ffmpeg on the spot."""

from __future__ import annotations

import io
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from indexer.ports import BlobStore
from pipelines.extraction.convert import to_mix, to_speech_wav
from pipelines.extraction.media import Probe, probe
from pipelines.extraction.slides import read_slides
from schemas.document import MediaKind
from schemas.errors import DamagedFileError, EmptyFileError, NoSoundError

TONE = "sine=frequency=300:duration=6"
PICTURE = "testsrc=size=128x72:rate=5:duration=6"
ONE_PICTURE = "testsrc=size=128x72:rate=5:duration=0.2"
# a second at the full rate, then every seventh picture
UNEVEN = "testsrc=size=128x72:rate=25:duration=6,select='lt(n,25)+not(mod(n,7))'"
SIX_CHANNELS = "aevalsrc='0|0|sin(2000*t)|0|0|0':s=48000:c=5.1:d=6"
SHEET = Path(__file__).parents[4] / "fixtures" / "media" / "tva-franchise.mp4"
H264 = {"vcodec": "libx264", "pix_fmt": "yuv420p", "acodec": "aac"}
Make = Callable[..., Path]
ExtractBytes = Callable[..., Any]


def ffmpeg(*arguments: str | Path) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


def size(jpeg: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(jpeg)) as picture:
        return picture.size


@pytest.mark.parametrize(
    ("name", "codecs"),
    [("uneven.mp4", H264), ("uneven.webm", {"vcodec": "libvpx", "acodec": "libopus"})],
)
def test_pictures_that_come_unevenly_keep_their_time(
    extract_bytes: ExtractBytes,
    make_media: Make,
    blobs: BlobStore,
    name: str,
    codecs: dict[str, str],
) -> None:
    video = make_media(name, UNEVEN, TONE, fps_mode="vfr", **codecs)
    found = extract_bytes(name, video.read_bytes())
    with blobs.local_path(found.media.playable) as playable:
        played = probe(playable)
    assert isinstance(played, Probe)
    assert found.duration_ms == pytest.approx(6_000, abs=50)
    assert played.duration_ms == pytest.approx(6_000, abs=50)
    assert found.warnings == ()


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])  # one is served as it came, one converted
def test_a_video_filmed_upright_is_shown_upright(
    extract_bytes: ExtractBytes, make_media: Make, tmp_path: Path, blobs: BlobStore, codec: str
) -> None:
    lying = make_media("lying.mp4", PICTURE, TONE, **H264 | {"vcodec": codec})
    upright = tmp_path / "upright.mov"
    ffmpeg("-display_rotation", "90", "-i", lying, "-c", "copy", upright)
    found = extract_bytes("upright.mov", upright.read_bytes())
    shown = tmp_path / "shown.jpg"
    with blobs.local_path(found.media.playable) as playable:
        ffmpeg("-i", playable, "-frames:v", "1", shown)
    assert size(shown.read_bytes()) == (72, 128)
    assert size(blobs.read(found.media.poster)) == (72, 128)


@pytest.mark.parametrize("sound", [TONE, "sine=frequency=300:duration=0.2"])
def test_a_single_picture_is_the_poster(
    extract_bytes: ExtractBytes, make_media: Make, blobs: BlobStore, sound: str
) -> None:
    video = make_media("one.mp4", ONE_PICTURE, sound, **H264)
    found = extract_bytes("one.mp4", video.read_bytes())
    assert found.media_kind is MediaKind.VIDEO
    assert size(blobs.read(found.media.poster)) == (128, 72)
    assert found.warnings == ()


def test_a_slide_that_is_written_once_stands_to_the_end(tmp_path: Path) -> None:
    slide, video = tmp_path / "slide.png", tmp_path / "screen.mkv"
    ffmpeg("-ss", "45", "-i", SHEET, "-frames:v", "1", slide)
    tone = ("-f", "lavfi", "-i", "sine=frequency=300:duration=30")
    ffmpeg("-framerate", "1", "-i", slide, *tone, "-pix_fmt", "yuv420p", video)
    (only,) = read_slides(
        video, tmp_path, "screen.mkv", duration_ms=30_000, progress=lambda _: None
    )
    assert "37 500 €" in only.text
    assert (only.span.start_ms, only.span.end_ms) == (0, 30_000)


@pytest.fixture
def late(make_media: Make, tmp_path: Path) -> Path:
    """Return a video whose sound begins after two seconds."""
    picture = make_media("p.mp4", PICTURE, vcodec="libx264", pix_fmt="yuv420p")
    tone = ("-f", "lavfi", "-itsoffset", "2", "-i", "sine=frequency=300:duration=3")
    ffmpeg("-i", picture, *tone, "-c:v", "copy", tmp_path / "late.mp4")
    return tmp_path / "late.mp4"


def first_sound_ms(wav: Path) -> int:
    with wave.open(str(wav)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
    return int(np.argmax(np.abs(samples) > 500)) // 16


def test_sound_that_begins_after_the_picture_is_heard_when_it_is_played(
    late: Path, tmp_path: Path
) -> None:
    wav = tmp_path / "late.wav"
    to_speech_wav(late, wav, "late.mp4", n_channels=1, limit_s=60)
    assert first_sound_ms(wav) == pytest.approx(2_000, abs=60)


def test_late_sound_of_a_participant_is_as_late_in_the_mix(late: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(late.read_bytes())
    mix = to_mix([(late, 0), (other, 1_000)], tmp_path, on_time=lambda _: None)
    wav = tmp_path / "mix.wav"
    ffmpeg("-i", mix.path, "-ar", "16000", "-ac", "1", wav)
    assert first_sound_ms(wav) == pytest.approx(2_000, abs=60)


def test_six_channels_are_played_as_two(
    extract_bytes: ExtractBytes, make_media: Make, blobs: BlobStore
) -> None:
    video = make_media("six.mkv", PICTURE, SIX_CHANNELS, **H264 | {"acodec": "ac3"})
    found = extract_bytes("six.mkv", video.read_bytes())
    with blobs.local_path(found.media.playable) as playable:
        played = probe(playable)
    assert isinstance(played, Probe)
    assert (played.audio_codec, played.n_channels) == ("aac", 2)
    assert found.content.utterances


def test_a_file_without_a_byte_is_refused_as_empty(extract_bytes: ExtractBytes) -> None:
    with pytest.raises(EmptyFileError, match=r"“v\.mp4” is empty"):
        extract_bytes("v.mp4", b"")


def test_a_recording_stopped_at_once_is_refused_as_without_sound(
    extract_bytes: ExtractBytes, make_media: Make
) -> None:
    sound = make_media("s.wav", TONE, t=0)
    with pytest.raises(NoSoundError, match="nothing was recorded"):
        extract_bytes("s.wav", sound.read_bytes())


def test_a_video_without_a_picture_or_sound_in_it_is_damaged(
    extract_bytes: ExtractBytes, make_media: Make
) -> None:
    video = make_media("v.mp4", PICTURE, TONE, t=0, **H264)
    with pytest.raises(DamagedFileError, match="no picture and no sound in it"):
        extract_bytes("v.mp4", video.read_bytes())
