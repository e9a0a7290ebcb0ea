"""Text in pictures, read by Tesseract (OCR): words with their boxes.

Tesseract is Debian's (``tesseract-ocr``, ``tesseract-ocr-fra``), run as a process of its own: what
crashes or hangs in it takes no worker along. Its hOCR output is read, since of all its outputs only
that one tells the height of a line's type, which is what makes a heading a heading.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import groupby
from typing import Final, NamedTuple

from PIL import Image
from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.extraction.blocks import clean
from schemas.errors import DamagedFileError, OcrMissingError

PROGRAM: Final = "tesseract"
LANGUAGES: Final = "fra"
"""The school writes French, and its data knows the letters of English too."""
_TIMEOUT_S: Final = 180.0  # a dense page takes 2 s; what takes this long will not end
_MAX_SIDE_PX: Final = 8_000  # Tesseract's own limit is 32 767; this bounds the memory
_BOX: Final = re.compile(r"bbox (\d+) (\d+) (\d+) (\d+)")
_SIZE: Final = re.compile(r"x_size ([\d.]+)")
_CONFIDENCE: Final = re.compile(r"x_wconf (\d+)")
_TURN: Final = re.compile(r"^Rotate: (\d+)", re.MULTILINE)
_LINES: Final = ".ocr_line, .ocr_caption, .ocr_header, .ocr_textfloat"
_NO_LANGUAGE: Final = re.compile(r"Failed loading language '(\w+)'|Error opening data file")


class Layout(StrEnum):
    """How text stands in a picture: Tesseract's page segmentation modes."""

    PAGE = "3"
    """Columns, paragraphs, lines: a scanned page."""
    SPARSE = "11"
    """Text anywhere, in no order: a slide, a screen."""


class PictureWord(NamedTuple):
    """One word where it stands, in pixels from the picture's top left corner."""

    text: str
    x0: int
    y0: int
    x1: int
    y1: int
    confidence: float
    """The engine's own belief, 0 to 1."""
    line: int
    """Number of the line that it stands in, from 0, in the engine's reading order."""
    size: float
    """Height of the line's type in pixels, from descender to ascender."""


def read_picture(
    picture: Image.Image,
    *,
    languages: str = LANGUAGES,
    dpi: int | None = None,
    layout: Layout = Layout.PAGE,
) -> tuple[PictureWord, ...]:
    """Return the words of a picture in reading order; none when it holds no text.

    One thread of one other process does the work; any number of calls may run at once.

    Args:
        picture: Any mode; one longer than 8 000 pixels is reduced first, and boxes are given in
            pixels of the picture as it came.
        languages: Names of Tesseract's data, joined by ``+``.
        dpi: Dots per inch, where that is known; else it is guessed from the type.
        layout: How the text is laid out.

    Raises:
        OcrMissingError: If Tesseract or its data for a language is not installed; names the
            packages.
        DamagedFileError: If the engine fails on this picture, or takes three minutes.
    """
    scale = min(1.0, _MAX_SIDE_PX / max(picture.size))
    options = ["-l", languages, "--psm", layout.value, "-c", "hocr_font_info=0"]
    if dpi:
        options += ["--dpi", str(max(70, round(dpi * scale)))]  # it refuses less than 70
    hocr = _run([PROGRAM, "stdin", "stdout", *options, "hocr"], _encoded(picture, scale), languages)
    return tuple(_iter_words(hocr, scale))


def find_turn(picture: Image.Image) -> int:
    """Return the degrees clockwise by which a picture of text must be turned to stand upright.

    0 as well when the engine cannot tell: it wants some twenty words.
    """
    command = [PROGRAM, "stdin", "stdout", "--psm", "0", "-l", "osd"]
    try:
        said = _run(command, _encoded(picture, min(1.0, _MAX_SIDE_PX / max(picture.size))), "osd")
    except DamagedFileError:
        return 0
    found = _TURN.search(said)
    return int(found.group(1)) if found else 0


def require_ocr(languages: str = LANGUAGES) -> None:
    """Check that the engine and its languages are installed.

    Raises:
        OcrMissingError: If not; names the packages.
    """
    known = set(_run([PROGRAM, "--list-langs"], b"", languages).split())
    if missing := [name for name in languages.split("+") if name not in known]:
        raise _missing(languages, f"no data for {', '.join(missing)}")


def to_lines(words: Iterable[PictureWord]) -> list[str]:
    """Return the text of each line, in reading order."""
    return [
        " ".join(word.text for word in line) for _, line in groupby(words, key=lambda w: w.line)
    ]


def _encoded(picture: Image.Image, scale: float) -> bytes:
    """Return a PNG in grey: colours tell the engine nothing, and fast packing is enough."""
    grey = picture.convert("L")
    if scale < 1:
        size = round(picture.width * scale), round(picture.height * scale)
        grey = grey.resize((max(1, size[0]), max(1, size[1])), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    grey.save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()


def _run(command: list[str], data: bytes, languages: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments, no shell
            command,
            input=data,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_S,
            # Its threads wait for each other more than they work: one is as fast, and leaves the
            # other cores to other documents.
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except FileNotFoundError as exc:
        raise _missing(languages, "the program is not there") from exc
    except subprocess.TimeoutExpired as exc:
        raise DamagedFileError(
            f"Reading the text of a picture (OCR) took more than {_TIMEOUT_S:.0f} s."
        ) from exc
    if done.returncode == 0:
        return done.stdout.decode("utf-8", errors="replace")
    said = done.stderr.decode("utf-8", errors="replace")
    if _NO_LANGUAGE.search(said):
        raise _missing(languages, "its data is not there")
    reason = (said.strip().splitlines() or ["no reason given"])[-1].rstrip(".")
    raise DamagedFileError(f"The text of a picture cannot be read (OCR): {reason}.")


def _missing(languages: str, why: str) -> OcrMissingError:
    packages = " ".join([
        "tesseract-ocr",
        *(f"tesseract-ocr-{name.replace('_', '-')}" for name in languages.split("+")),
    ])
    return OcrMissingError(
        f"Reading text in pictures (OCR) needs Tesseract on the worker ({why}): install "
        f"{packages}, then try again."
    )


def _iter_words(hocr: str, scale: float) -> Iterator[PictureWord]:
    for number, line in enumerate(LexborHTMLParser(hocr).css(_LINES)):
        size = _number(_SIZE, line) / scale
        for node in line.css(".ocrx_word"):
            box = _BOX.search(_title(node))
            text = clean(node.text(deep=True))
            if text and box:
                x0, y0, x1, y1 = (round(int(edge) / scale) for edge in box.groups())
                confidence = _number(_CONFIDENCE, node) / 100
                yield PictureWord(text, x0, y0, x1, y1, confidence, number, size)


def _title(node: LexborNode) -> str:
    return node.attributes.get("title") or ""


def _number(pattern: re.Pattern[str], node: LexborNode) -> float:
    found = pattern.search(_title(node))
    return float(found.group(1)) if found else 0.0
