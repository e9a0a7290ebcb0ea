"""Extraction: from a submission's bytes to its Content, whatever the format."""

from __future__ import annotations

from pathlib import Path

from pipelines.extraction.blocks import first_heading, require_text, title_from_filename
from pipelines.extraction.docx import docx_to_body
from pipelines.extraction.exchange import (
    exchange_to_transcript,
    kind_of,
    read_exchange,
    started_at,
)
from pipelines.extraction.html import declared_encoding, html_to_body
from pipelines.extraction.markdown import markdown_to_body
from pipelines.extraction.pdf import extract_pdf
from pipelines.extraction.recording import extract_recording, transcribe_call
from pipelines.extraction.sniff import Format, sniff
from pipelines.extraction.subtitles import subtitles_to_transcript
from pipelines.extraction.text import read_text, text_to_body
from pipelines.ports import ExtractionDeps
from schemas.content import Body, Extraction
from schemas.document import MediaKind, Participant, ParticipantRole, Submission


def extract(submission: Submission, path: Path, deps: ExtractionDeps) -> Extraction:
    """Return everything the bytes say: content, people, title, derived media.

    The format is told from the bytes. The title is always set: what the file declares, else its
    first heading, else a readable form of its name.

    Args:
        submission: What the sender said; only ``filename``, ``document_id`` and ``media`` are
            read.
        path: A local copy of the original.
        deps: Limits, blob store, transcriber and progress.

    Raises:
        PermanentError: One of its leaves, with what is wrong and where.
    """
    found = sniff(path, submission.filename)
    match found:
        case Format.PDF:
            return extract_pdf(path, submission.filename, deps)
        case Format.MEDIA:
            return extract_recording(submission, path, deps)
        case Format.JSON:
            return _extract_exchange(submission, path, deps)
        case Format.WEBVTT | Format.SRT:
            return _extract_subtitles(path, submission.filename)
        case _:
            return _extract_text(found, path, submission.filename, deps)


def _extract_text(found: Format, path: Path, filename: str, deps: ExtractionDeps) -> Extraction:
    if found is Format.DOCX:
        return _of_body(*docx_to_body(path, filename, deps.settings), filename)
    if found is Format.HTML:
        text = read_text(path, filename, encoding=declared_encoding(path))
        return _of_body(*html_to_body(text), filename)
    text = read_text(path, filename)
    if found is Format.MARKDOWN:
        return _of_body(*markdown_to_body(text), filename)
    return _of_body(text_to_body(text), None, filename)


def _of_body(body: Body, title: str | None, filename: str) -> Extraction:
    return Extraction(
        media_kind=MediaKind.TEXT,
        content=require_text(body, filename),
        title=title or first_heading(body) or title_from_filename(filename),
    )


def _extract_subtitles(path: Path, filename: str) -> Extraction:
    transcript, warnings = subtitles_to_transcript(read_text(path, filename), filename)
    return Extraction(
        media_kind=MediaKind.TRANSCRIPT,
        content=transcript,
        title=title_from_filename(filename),
        participants=tuple(
            Participant(s.id, s.name, ParticipantRole.SPEAKER) for s in transcript.speakers
        ),
        duration_ms=max(u.span.end_ms for u in transcript.utterances if u.span),
        warnings=warnings,
    )


def _extract_exchange(submission: Submission, path: Path, deps: ExtractionDeps) -> Extraction:
    filename = submission.filename
    exchange = read_exchange(read_text(path, filename), filename)
    written = Extraction(
        media_kind=MediaKind.MESSAGES,
        content=exchange_to_transcript(exchange),
        kind=kind_of(exchange),
        title=exchange.title.strip() or title_from_filename(filename),
        visibility=exchange.visibility,
        participants=exchange.participants,
        created_at=started_at(exchange),
        tags=exchange.tags,
    )
    return transcribe_call(exchange, written, submission, deps)
