"""Slides of a video: where the picture stands still its text is read (OCR), with its time.

Only frames that are coded by themselves are decoded: encoders put one where the picture changes,
and another every few seconds. That costs a fiftieth of decoding a video whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from PIL import Image
from rapidfuzz import fuzz

from indexer.analysis.normalize import fold
from pipelines.extraction.blocks import clean
from pipelines.extraction.ffmpeg_run import open_input, run
from pipelines.extraction.ocr import Layout, PictureWord, read_picture, to_lines
from pipelines.ports import Progress
from schemas.content import Slide
from schemas.span import TimeSpan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Frames = NDArray[np.uint8]
    """Array of shape (n, height, width): small grey pictures, one every ``_STEP_MS``."""

_STEP_MS: Final = 2_000
_SIZE: Final = (96, 54)  # in which a line of text is still a change
_LEVELS: Final = 20  # of 255; less is the noise of coding
_CHANGED_SHARE: Final = 0.01  # of pixels: a line changes 2 %, a pointer or a small face less
_SHORTEST_STEPS: Final = 2  # a picture that stands four seconds is meant to be read
_MOST: Final = 200  # pictures that are read, the longest-standing ones: half a second each
_READ_WIDTH: Final = 1_280
_MIN_CONFIDENCE: Final = 0.6
_MIN_LETTERS: Final = 12  # fewer are a logo, or what is read into a face
_BULLET: Final = re.compile(r"^(?:[^\w\s«\"'(+-][^\w\s«]?|[+-]|[eo](?= [A-ZÀ-Ý«]))\s+")
"""A bullet as the engine reads it: a mark, or a small round letter before a capital one."""
_NUMBER: Final = re.compile(r"\d+(?:\s*/\s*\d+)?$")
_MIN_REPEATS: Final = 3
_FURNITURE_SHARE: Final = 0.5
_SAME: Final = 90.0  # of 100, of two texts: the engine misreads a letter here and there


class Seen(NamedTuple):
    """What was read of a picture, and when it stood."""

    lines: tuple[str, ...]
    span: TimeSpan


class _Still(NamedTuple):
    """A picture that stands, in steps: [first, end)."""

    first: int
    end: int


def read_slides(
    video: Path, folder: Path, filename: str, *, duration_ms: int, progress: Progress
) -> tuple[Slide, ...]:
    """Return the text of each picture that stands still, in order of time, each text once.

    A picture that only grows, as points appear one after the other, is one slide with all of
    them. Videos without still pictures cost the decoding alone.

    Args:
        video: What ffmpeg reads.
        folder: For temporary files.
        filename: The name to use in messages.
        duration_ms: Length of the video: where its last slide ends at the latest.
        progress: Called as pictures are read.

    Raises:
        DamagedFileError: If the video cannot be decoded.
        OcrMissingError: If a picture stands still and Tesseract is not installed.
    """
    frames = _sampled(video, folder, filename)
    stills = list(_stills(_lasting(frames, duration_ms)))
    longest = sorted(sorted(stills, key=lambda s: s.first - s.end)[:_MOST])
    seen: list[Seen] = []
    numbers = [min(still.end, len(frames)) - 1 for still in longest]  # by when all has appeared
    pictures = _pictures(video, folder, filename, numbers)
    for still, picture in zip(longest, pictures, strict=False):
        end_ms = min(still.end * _STEP_MS, duration_ms)
        seen.append(Seen(_read(picture), TimeSpan(still.first * _STEP_MS, end_ms)))
        progress(len(seen) / len(longest))
    return to_slides(seen)


def to_slides(seen: Sequence[Seen]) -> tuple[Slide, ...]:
    """Return what was read as slides: each text once, without the lines that stand on most."""
    slides: list[Seen] = []
    for one in _without_furniture(seen):
        if sum(c.isalpha() for line in one.lines for c in line) < _MIN_LETTERS:
            continue
        if slides and _grew(slides[-1], one):
            slides[-1] = Seen(one.lines, TimeSpan(slides[-1].span.start_ms, one.span.end_ms))
        elif all(fuzz.ratio(_joined(one), _joined(other)) < _SAME for other in slides):
            slides.append(one)
    return tuple(Slide(_joined(one), one.span) for one in slides)


def _sampled(video: Path, folder: Path, filename: str) -> Frames:
    """Return the pictures of a video at every step, small and grey."""
    target = folder / "frames.gray"
    frames = _steps(video).filter("scale", *_SIZE)
    run(frames.output(str(target), f="rawvideo", pix_fmt="gray"), filename)
    width, height = _SIZE
    return np.fromfile(target, np.uint8).reshape(-1, height, width)


def _lasting(frames: Frames, duration_ms: int) -> Frames:
    """Let the last picture stand to the end, as it does in a player.

    Recorders of screens write none while nothing changes.
    """
    missing = duration_ms // _STEP_MS - len(frames)
    if not len(frames) or missing <= 0:
        return frames
    return np.concatenate([frames, np.repeat(frames[-1:], missing, axis=0)])


def _pictures(video: Path, folder: Path, filename: str, numbers: Sequence[int]) -> list[Path]:
    """Write the pictures at some steps, as large as they are."""
    if not numbers:
        return []
    chosen = "+".join(f"eq(n,{number})" for number in numbers)
    pictures = _steps(video).filter("select", chosen).filter("scale", f"max({_READ_WIDTH},iw)", -2)
    target = str(folder / "slide-%04d.jpg")
    run(pictures.output(target, fps_mode="passthrough", **{"q:v": 2}), filename)
    return sorted(folder.glob("slide-*.jpg"))


def _steps(video: Path) -> Any:
    """Return a stream of one picture every step: the last intra frame before it."""
    frames = open_input(video, skip_frame="nointra")["v:0"]
    return frames.filter("fps", fps=f"1000/{_STEP_MS}", round="up", start_time=0)


def _stills(frames: Frames) -> Iterator[_Still]:
    """Yield the longest runs of frames that look like the first of them."""
    first = 0
    for n in range(1, len(frames) + 1):
        if n < len(frames) and _looks_like(frames[n], frames[n - 1]):
            continue
        if n - first >= _SHORTEST_STEPS:
            yield _Still(first, n)
        first = n


def _looks_like(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    changed = np.abs(one.astype(np.int16) - other) > _LEVELS
    return float(changed.mean()) < _CHANGED_SHARE


def _read(picture: Path) -> tuple[str, ...]:
    with Image.open(picture) as opened:
        return lines_of(read_picture(opened, layout=Layout.SPARSE))


def lines_of(words: Sequence[PictureWord]) -> tuple[str, ...]:
    """Return the lines that can be relied on, without bullets and the number of the slide."""
    sure = [word for word in words if word.confidence >= _MIN_CONFIDENCE]
    lines = [_BULLET.sub("", clean(line)) for line in to_lines(sure)]
    return tuple(
        line for line in lines if any(c.isalnum() for c in line) and not _NUMBER.match(line)
    )


def _without_furniture(seen: Sequence[Seen]) -> Iterator[Seen]:
    """Leave out what stands on most of the slides: the name of the talk, of the speaker."""
    counts = Counter(line for one in seen for line in {_key(each) for each in one.lines})
    common = {
        line for line, n in counts.items() if n >= _MIN_REPEATS and n > len(seen) * _FURNITURE_SHARE
    }
    first = True
    for one in seen:
        kept = tuple(line for line in one.lines if first or _key(line) not in common)
        first = first and not kept  # where it is read first it is news
        yield Seen(kept, one.span)


def _grew(before: Seen, after: Seen) -> bool:
    """Tell whether a slide is the one before it, with more on it."""
    if fuzz.ratio(before.lines[0], after.lines[0]) < _SAME:
        return False
    return all(
        max(fuzz.ratio(line, each) for each in after.lines) >= _SAME for line in before.lines
    )


def _key(line: str) -> str:
    return " ".join(fold(line).split())


def _joined(seen: Seen) -> str:
    return "\n".join(seen.lines)
