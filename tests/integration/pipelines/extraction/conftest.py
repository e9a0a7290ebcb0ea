"""Extraction as the worker calls it: bytes under a name, a blob store in memory, a fake ear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import ffmpeg
import imageio_ffmpeg
import msgspec
import pytest

from fixtures.builders import a_submission
from fixtures.fakes import FakeTranscriber
from indexer.blobs import open_blobs
from indexer.ports import BlobStore
from indexer.recordings import Recording, put_recordings
from pipelines.extraction.extract import extract
from pipelines.ports import ExtractionDeps, Progress, Transcriber, VoiceEncoder
from schemas.content import Extraction
from schemas.document import DocumentKind
from schemas.settings import IngestionSettings


class ExtractBytes(Protocol):
    """Extracts bytes that were sent under a name; settings may be changed one by one."""

    def __call__(
        self,
        filename: str,
        data: bytes,
        *,
        media: Path | None = None,
        recordings: Sequence[Recording] = (),
        transcriber: Transcriber | None = None,
        voice_encoder: VoiceEncoder | None = None,
        kind: DocumentKind | None = None,
        progress: Progress = ...,
        **limits: int,
    ) -> Extraction: ...


@pytest.fixture
def blobs() -> BlobStore:
    return open_blobs("memory://")


@pytest.fixture
def extract_bytes(tmp_path: Path, blobs: BlobStore) -> ExtractBytes:
    def run(
        filename: str,
        data: bytes,
        *,
        media: Path | None = None,
        recordings: Sequence[Recording] = (),
        transcriber: Transcriber | None = None,
        voice_encoder: VoiceEncoder | None = None,
        kind: DocumentKind | None = None,
        progress: Progress = lambda _: None,
        **limits: int,
    ) -> Extraction:
        path = tmp_path / "original"
        path.write_bytes(data)
        settings = msgspec.structs.replace(IngestionSettings(), **limits)
        submission = a_submission(
            filename=filename,
            original=blobs.put(path),
            media=blobs.put(media) if media else put_recordings(blobs, recordings, tmp_path),
            kind=kind,
        )
        ear = transcriber or FakeTranscriber()
        deps = ExtractionDeps(settings, blobs, ear, progress, voice_encoder=voice_encoder)
        return extract(submission, path, deps)

    return run


@pytest.fixture
def make_media(tmp_path: Path) -> Callable[..., Path]:
    """Make a small recording: (name, *lavfi sources, **ffmpeg output options)."""

    def make(name: str, *sources: str, **options: object) -> Path:
        target = tmp_path / name
        inputs = [ffmpeg.input(source, f="lavfi") for source in sources]
        command = ffmpeg.output(*inputs, str(target), **options).overwrite_output()
        command.run(cmd=imageio_ffmpeg.get_ffmpeg_exe(), quiet=True)
        return target

    return make
