"""Mixed files made from a seed: what a school sends in one evening, and what goes wrong in it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Final

import docx
import imageio_ffmpeg
import msgspec
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

ROOT: Final = Path(__file__).resolve().parents[2]
_MEDIA: Final = ROOT / "fixtures" / "media"
_AROUND_MS: Final = 200  # left around a sentence that is cut out
_EPOCH: Final = (2020, 1, 1, 0, 0, 0)
_SHORTEST_MS, _LONGEST_MS = 3_000, 7_000
_SHORTEST, _LONGEST = 40, 300  # characters of a sentence
_BOMB_BYTES: Final = 60_000_000


class Made(msgspec.Struct, frozen=True):
    """A file, and why it must fail; ``""`` where it must be published."""

    path: Path
    code: str = ""


def make_files(folder: Path, *, n_files: int, n_bad: int, seed: int) -> list[Made]:
    """Write the files of a batch, in an order of their own; the same seed makes the same bytes.

    Args:
        folder: Where to; created.
        n_files: All of them.
        n_bad: How many are bad, each in one of ten ways in turn.
        seed: Of every choice.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng, sentences = Random(seed), _sentences()  # noqa: S311 - no secret
    kinds = [None] * (n_files - n_bad) + [_BAD[n % len(_BAD)] for n in range(n_bad)]
    rng.shuffle(kinds)
    made = []
    for number, bad in enumerate(kinds):
        writer = _Writer(rng, sentences, number)
        if bad is None:
            suffix, write = _GOOD[number % len(_GOOD)]
            code = ""
        else:
            suffix, code, write = bad
        path = folder / f"{number:03}{suffix}"
        path.write_bytes(write(writer))
        made.append(Made(path, code))
    return made


class _Writer:
    """Writes one file from sentences drawn for it alone."""

    def __init__(self, rng: Random, sentences: Sequence[str], number: int) -> None:
        self.rng = rng
        self.number = number
        self.spoken = _spoken()
        self.title = f"Note {number} du carnet"
        self.paragraphs = [
            " ".join(rng.sample(sentences, rng.randint(2, 5))) for _ in range(rng.randint(2, 8))
        ]

    def text(self) -> bytes:
        return "\n\n".join([self.title, *self.paragraphs]).encode()

    def markdown(self) -> bytes:
        return "\n\n".join([f"# {self.title}", *self.paragraphs]).encode()

    def html(self) -> bytes:
        body = "".join(f"<p>{each}</p>" for each in self.paragraphs)
        head = f'<head><meta charset="utf-8"><title>{self.title}</title></head>'
        return (
            f"<!doctype html><html lang=fr>{head}<body><main>{body}</main></body></html>".encode()
        )

    def docx(self, **members: bytes) -> bytes:
        document = docx.Document()
        document.add_heading(self.title, level=1)
        for each in self.paragraphs:
            document.add_paragraph(each)
        buffer = io.BytesIO()
        document.save(buffer)
        return _repacked(buffer.getvalue(), members)

    def pdf(self, **options: object) -> bytes:
        buffer = io.BytesIO()
        style = getSampleStyleSheet()["BodyText"]
        # `invariant` leaves the time of writing out: the same text is the same file.
        document = SimpleDocTemplate(buffer, title=self.title, invariant=1, **options)
        document.build([Paragraph(each, style) for each in (self.title, *self.paragraphs)])
        return buffer.getvalue()

    def subtitles(self, *, comma: bool) -> bytes:
        cues = []
        for n, line in enumerate(self.paragraphs):
            start, end = f"00:{n:02}:00.000", f"00:{n:02}:20.000"
            times = f"{start} --> {end}"
            cues.append(f"{n + 1}\n{times.replace('.', ',') if comma else times}\n{line}\n")
        head = "" if comma else "WEBVTT\n\n"
        return (head + "\n".join(cues)).encode()

    def conversation(self, kind: str, *, tags: Sequence[str] = ()) -> bytes:
        student = {"id": "s-1", "name": "Camille Exemple"}
        mentor = {"id": "m-1", "name": "Dominique Modèle"}
        messages = [
            {
                "from": "m-1" if n % 2 else "s-1",
                "at": f"2026-03-{1 + n:02}T10:00:00Z",
                "text": each if n % 2 else f"{each} Comment faire ?",
            }
            for n, each in enumerate(self.paragraphs)
        ]
        people = [student | {"role": "student"}, mentor | {"role": "mentor"}]
        whose = {"student": student, "mentor": mentor}
        return json.dumps({
            "kind": kind,
            "id": f"batch-{self.number}",
            "title": self.title,
            "tags": list(tags),
            "started_at": messages[0]["at"],
            **({"authors": people} if kind == "thread" else whose),
            "messages": messages,
        }).encode()

    def recording(self) -> bytes:
        """Return one spoken sentence: what a whole one says is heard alike each time."""
        path, start_ms, end_ms = self.spoken[self.number % len(self.spoken)]
        times = ["-ss", str(start_ms / 1000), "-to", str(end_ms / 1000)]
        source = [*times, "-i", str(path)]
        return _ffmpeg([*source, "-ac", "1", "-c:a", "pcm_s16le", "-bitexact", "-f", "wav"])

    def silence(self) -> bytes:
        seconds = str(2 + self.number % 7)
        source = ["-f", "lavfi", "-t", seconds, "-i", "anullsrc=r=16000:cl=mono"]
        return _ffmpeg([*source, "-c:a", "pcm_s16le", "-bitexact", "-f", "wav"])


_Write = Callable[[_Writer], bytes]

_GOOD: Final[Sequence[tuple[str, _Write]]] = (
    (".txt", _Writer.text),
    (".md", _Writer.markdown),
    (".html", _Writer.html),
    (".docx", _Writer.docx),
    (".pdf", _Writer.pdf),
    (".vtt", lambda w: w.subtitles(comma=False)),
    (".srt", lambda w: w.subtitles(comma=True)),
    (".json", lambda w: w.conversation("exchange")),
    (".json", lambda w: w.conversation("thread")),
    (".md", _Writer.markdown),
    (".txt", _Writer.text),
    (".wav", _Writer.recording),
)
_BAD: Final[Sequence[tuple[str, str, _Write]]] = (
    (".pdf", "encrypted-file", lambda w: w.pdf(encrypt=StandardEncryption("secret"))),
    (".docx", "damaged-file", lambda w: w.docx()[: 3000 + w.number]),
    (
        ".json",
        "invalid-exchange",
        lambda w: w.conversation("exchange").replace(b'"s-1"', b'"?"', 1),
    ),
    (".docx", "limit-exceeded", lambda w: w.docx(**{"word/media/a.xml": bytes(_BOMB_BYTES)})),
    (".bin", "unsupported-format", lambda w: w.rng.randbytes(4000)),
    (".wav", "no-sound", _Writer.silence),
    (".txt", "empty-file", lambda w: b" \n" * (10 + w.number)),
    (".pdf", "damaged-file", lambda w: b"%PDF-1.7\n" + bytes(2000 + w.number)),
    (".json", "unknown-tag", lambda w: w.conversation("thread", tags=["aucune-idee"])),
    (".mp4", "damaged-file", lambda w: b"\0\0\0\x20ftypisom" + w.rng.randbytes(5000)),
)


@lru_cache
def _spoken() -> list[tuple[Path, int, int]]:
    """Return the sentences of the fixtures' recordings that last some seconds: file, start, end."""
    found = []
    for path in sorted(_MEDIA.glob("*.times.json")):
        sound = next(_MEDIA.glob(f"{path.name.split('.')[0]}.m*"))
        for said in json.loads(path.read_text("utf-8")):
            if _SHORTEST_MS <= said["end_ms"] - said["start_ms"] <= _LONGEST_MS:
                span = said["start_ms"] - _AROUND_MS, said["end_ms"] + _AROUND_MS
                found.append((sound, max(0, span[0]), span[1]))
    return found


def _sentences() -> list[str]:
    found: dict[str, None] = {}
    for path in sorted(_MEDIA.glob("*.txt")):
        for line in re.split(r"[.?!]\s", path.read_text("utf-8")):
            words = " ".join(line.split())
            if _SHORTEST < len(words) < _LONGEST:
                found[f"{words}."] = None
    return list(found)


def _repacked(archive: bytes, members: dict[str, bytes]) -> bytes:
    """Return the same archive with members added and without times, which differ each run."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name, data in _members(old, members):
            new.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _members(old: zipfile.ZipFile, more: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for name in old.namelist():
        yield name, old.read(name)
    yield from more.items()


def _ffmpeg(arguments: Sequence[str]) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *arguments, "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603 - our own
