"""What the chain around Whisper costs, and how much memory a long recording takes.

::

    python -m benchmarks.transcription            # cost, on recordings of the demo school
    python -m benchmarks.transcription --hours 3  # memory, on a file that long made of them

Cost: one video, transcribed by faster-whisper alone with the settings of our second look, by our
chain with and without that look, by the whole of ``extract`` (chapters, mending, playable copy and
what else it makes), and by faster-whisper's own batched inference. Each runs in a process of its
own and loads its model; CPU seconds are those of the process and its children (ffmpeg). Word error
is counted without case and punctuation.

Memory: one video of so many hours, the demo's recordings in it and silence between, through the
whole of ``extract`` (decoding, detection, recognition, playable copy) in a process of its own,
whose highest resident memory is printed, and that of the largest ffmpeg.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import imageio_ffmpeg
import jiwer

from benchmarks.speech import plain
from fixtures.builders import a_submission
from indexer.blobs import open_blobs
from indexer.models.manifest import model_dir
from pipelines.extraction import speech
from pipelines.extraction.convert import to_speech_wav
from pipelines.extraction.extract import extract
from pipelines.extraction.glossary import load_glossary
from pipelines.ports import ExtractionDeps
from schemas.content import Transcript
from schemas.settings import load_settings

MEDIA: Final = Path(__file__).parents[1] / "fixtures" / "media"
NAMES: Final = ("tva-franchise", "negocier-son-bail", "gagner-du-temps", "syndrome-imposteur")
WAYS: Final = ("faster-whisper", "ours", "ours-one-look", "extract", "batched")
FFMPEG: Final = imageio_ffmpeg.get_ffmpeg_exe()


def main() -> None:
    """Print what the command line asks for as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--hours", type=float, help="measure memory on a file this long")
    parser.add_argument("--names", nargs="+", default=list(NAMES), help="recordings of the demo")
    parser.add_argument("--way", choices=[*WAYS, "memory"], help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.way:
        sys.stdout.write(json.dumps(_run(asked.way, asked.file)))
        return
    with tempfile.TemporaryDirectory(prefix="cordee-bench-") as folder:
        found = (
            _memory(Path(folder), asked.names, asked.hours)
            if asked.hours
            else _cost(Path(folder), asked.names)
        )
    sys.stdout.write(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def _cost(folder: Path, names: list[str]) -> dict[str, Any]:
    video = folder / "joined.mp4"
    _join([MEDIA / f"{name}.mp4" for name in names], video)
    text = plain(" ".join((MEDIA / f"{name}.txt").read_text() for name in names))
    ways = {}
    for way in WAYS:
        done = _child(way, video)
        said = plain(done.pop("text"))
        ways[way] = done | {"word_error": round(jiwer.wer(text, said), 4)}
    alone = ways["faster-whisper"]["cpu_s"]
    for found in ways.values():
        found["over_alone"] = round(found["cpu_s"] / alone - 1, 4)
    return {"recordings": names, "words": len(text.split()), "ways": ways}


def _memory(folder: Path, names: list[str], hours: float) -> dict[str, Any]:
    """Put each recording at the start of an equal part of a long file, silence after it."""
    parts, part_s = [], hours * 3600 / len(names)
    for name in names:
        part = folder / f"{name}.mp4"
        # One picture a second while nobody speaks: a still slide, as replays have it in pauses.
        _ffmpeg(
            *("-i", str(MEDIA / f"{name}.mp4"), "-filter_complex"),
            "[0:v]fps=5,scale=640:360,tpad=stop=-1:stop_mode=clone[v];[0:a]apad[a]",
            *("-map", "[v]", "-map", "[a]", "-t", f"{part_s}", "-c:v", "libx264"),
            *("-preset", "ultrafast", "-c:a", "aac", "-b:a", "64k", "-ar", "16000", str(part)),
        )
        parts.append(part)
    listing = folder / "parts.txt"
    listing.write_text("".join(f"file '{part}'\n" for part in parts))
    whole = folder / "long.mp4"
    _ffmpeg("-f", "concat", "-safe", "0", "-i", str(listing), "-c", "copy", str(whole))
    for part in parts:
        part.unlink()
    found = _child("memory", whole)
    found.pop("text")
    return {"hours": hours, "recordings": names} | found


def _child(way: str, file: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", __spec__.name, "--way", way, "--file", str(file)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 - ourselves
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _run(way: str, file: Path) -> dict[str, Any]:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cordee-bench-") as folder:
        text, more = _HOW[way](file, Path(folder))
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {
        "cpu_s": round(sum(u.ru_utime + u.ru_stime for u in (own, children)), 1),
        "wall_s": round(time.monotonic() - began, 1),
        "peak_mb": own.ru_maxrss // 1024,
        "peak_child_mb": children.ru_maxrss // 1024,
        "text": text,
    } | more


def _ours(file: Path, folder: Path) -> tuple[str, dict[str, Any]]:
    wav = folder / "speech.wav"
    to_speech_wav(file, wav, file.name, n_channels=1, limit_s=24 * 3600)
    transcriber = speech.open_transcriber(load_settings(os.environ), load_glossary())
    found = transcriber.transcribe(wav, speakers=(), progress=lambda _: None)
    return " ".join(u.text for u in found.utterances if not u.flags), {}


def _one_look(file: Path, folder: Path) -> tuple[str, dict[str, Any]]:
    speech._SECOND_LOOK_MS = 24 * 3600 * 1000  # noqa: SLF001 - no hole is that long
    return _ours(file, folder)


def _alone(file: Path, _: Path) -> tuple[str, dict[str, Any]]:
    found, _info = _whisper().transcribe(str(file), language="fr", **_options())
    return " ".join(each.text for each in found), {}


def _batched(file: Path, _: Path) -> tuple[str, dict[str, Any]]:
    from faster_whisper import BatchedInferencePipeline

    pipeline = BatchedInferencePipeline(_whisper())
    n_clips = speech._BATCH  # noqa: SLF001 - as many as ours
    found, _info = pipeline.transcribe(str(file), language="fr", batch_size=n_clips, **_options())
    return " ".join(each.text for each in found), {}


def _whole(file: Path, folder: Path) -> tuple[str, dict[str, Any]]:
    settings = load_settings(os.environ)
    blobs = open_blobs(f"file://{folder / 'blobs'}")
    transcriber = speech.open_transcriber(settings, load_glossary())
    deps = ExtractionDeps(settings.ingestion, blobs, transcriber, lambda _: None)
    found = extract(a_submission(filename=file.name), file, deps)
    assert isinstance(found.content, Transcript)  # noqa: S101 - of a video
    said = [u for u in found.content.utterances if not u.flags]
    return " ".join(u.text for u in said), {
        "words": sum(len(u.text.split()) for u in said),
        "last_word_s": said[-1].span.end_ms // 1000 if said and said[-1].span else None,
        "holes": len(found.content.holes),
        "warnings": list(found.warnings),
    }


_HOW: Final = {
    "faster-whisper": _alone,
    "ours": _ours,
    "ours-one-look": _one_look,
    "extract": _whole,
    "batched": _batched,
    "memory": _whole,
}


def _whisper() -> Any:
    speech.prefer_wide_registers()
    from faster_whisper import WhisperModel

    settings = load_settings(os.environ)
    threads = settings.models.threads or len(os.sched_getaffinity(0))
    path = model_dir(settings, settings.models.speech)
    return WhisperModel(str(path), device="cpu", compute_type="int8", cpu_threads=threads)


def _options() -> dict[str, Any]:
    """Return the settings and the glossary that ours listens with."""
    terms = list(dict.fromkeys(entry.term for entry in load_glossary()))
    hotwords = ", ".join(terms[: speech._MAX_HOTWORDS])  # noqa: SLF001
    return speech._SETTINGS | speech._AGAIN | {"hotwords": hotwords}  # noqa: SLF001


def _join(files: list[Path], target: Path) -> None:
    inputs = [word for file in files for word in ("-i", str(file))]
    n = len(files)
    same = "".join(f"[{i}:v]fps=12,scale=640:360,setsar=1[v{i}];" for i in range(n))
    streams = "".join(f"[v{i}][{i}:a]" for i in range(n))
    joined = f"{same}{streams}concat=n={n}:v=1:a=1[v][a]"
    maps = ("-map", "[v]", "-map", "[a]", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")
    _ffmpeg(*inputs, "-filter_complex", joined, *maps, str(target))


def _ffmpeg(*arguments: str) -> None:
    command = [FFMPEG, "-v", "error", "-nostdin", "-y", *arguments]
    subprocess.run(command, check=True)  # noqa: S603 - the ffmpeg that our dependency ships


if __name__ == "__main__":
    main()
