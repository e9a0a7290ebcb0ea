"""Extraction: from a submission's bytes to its Content, whatever the format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from pipelines.extraction.blocks import clean, first_heading, require_text, title_from_filename
from pipelines.extraction.call import transcribe_call
from pipelines.extraction.discourse import (
    is_topic,
    participants_of,
    read_topic,
    topic_to_transcript,
    topic_warnings,
)
from pipelines.extraction.docx import read_docx
from pipelines.extraction.epub import epub_to_body
from pipelines.extraction.exchange import (
    exchange_to_transcript,
    kind_of,
    read_exchange,
    started_at,
)
from pipelines.extraction.html import declared_encoding, html_to_body
from pipelines.extraction.markdown import markdown_to_body
from pipelines.extraction.meeting import read_meeting
from pipelines.extraction.pdf import extract_pdf
from pipelines.extraction.pptx import read_deck
from pipelines.extraction.recording import extract_recording
from pipelines.extraction.room_chat import read_room_chat
from pipelines.extraction.sniff import Format, sniff
from pipelines.extraction.subtitles import subtitles_to_transcript
from pipelines.extraction.text import read_text, text_to_body
from pipelines.ports import ExtractionDeps
from schemas.content import Body, Extraction, Transcript
from schemas.document import (
    DocumentKind,
    MediaKind,
    Participant,
    ParticipantRole,
    Submission,
    Visibility,
)
from schemas.errors import NoTextError

_SUBTITLES: Final = frozenset({Format.WEBVTT, Format.SRT, Format.SBV})


def extract(submission: Submission, path: Path, deps: ExtractionDeps) -> Extraction:
    """Return everything the bytes say: content, people, title, derived media.

    The format is told from the bytes. The title is always set: what the file declares, else its
    first heading, else a readable form of its name.

    Args:
        submission: What the sender said; only ``filename``, ``document_id``, ``media`` and,
            of a recording, ``kind`` are read.
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
            return _extract_json(submission, path, deps)
        case Format.DOCX | Format.PPTX | Format.EPUB:
            return _extract_archive(found, path, submission.filename, deps)
        case _:
            return _extract_text(found, path, submission.filename)


def _extract_text(found: Format, path: Path, filename: str) -> Extraction:
    if found is Format.HTML:
        text = read_text(path, filename, encoding=declared_encoding(path))
        return _of_body(*html_to_body(text), filename)
    text = read_text(path, filename)
    if found in _SUBTITLES:
        return _of_transcript(*subtitles_to_transcript(text, filename), filename)
    if found is Format.MARKDOWN:
        return _of_body(*markdown_to_body(text), filename)
    return _of_conversation(text.split("\n"), filename) or _of_body(
        text_to_body(text), None, filename
    )


def _extract_archive(found: Format, path: Path, filename: str, deps: ExtractionDeps) -> Extraction:
    if found is Format.PPTX:
        deck = read_deck(path, filename, deps.settings)
        extraction = _of_body(deck.body, deck.title, filename)
        return replace(extraction, n_pages=deck.n_slides, warnings=deck.warnings)
    if found is Format.EPUB:
        return _of_body(*epub_to_body(path, filename, deps.settings), filename)
    word = read_docx(path, filename, deps.settings)
    extraction = _of_conversation(word.lines, filename) or _of_body(word.body, word.title, filename)
    return replace(extraction, warnings=(*extraction.warnings, *word.warnings))


def _of_conversation(lines: Sequence[str], filename: str) -> Extraction | None:
    """Return the transcript or the chat of a meeting, when these lines are one."""
    if meeting := read_meeting(lines):
        return _of_transcript(*meeting, filename)
    if chat := read_room_chat(lines):
        if not chat.transcript.utterances:
            raise NoTextError(f"“{filename}” is a chat without any message to all.")
        return _of_transcript(*chat, filename)
    return None


def _of_body(body: Body, title: str | None, filename: str) -> Extraction:
    return Extraction(
        media_kind=MediaKind.TEXT,
        content=require_text(body, filename),
        title=title or first_heading(body) or title_from_filename(filename),
    )


def _of_transcript(transcript: Transcript, warnings: tuple[str, ...], filename: str) -> Extraction:
    spans = [u.span for u in transcript.utterances if u.span]
    return Extraction(
        media_kind=MediaKind.TRANSCRIPT if spans else MediaKind.MESSAGES,
        content=transcript,
        title=title_from_filename(filename),
        participants=tuple(
            Participant(s.id, s.name, ParticipantRole.SPEAKER) for s in transcript.speakers
        ),
        duration_ms=max(span.end_ms for span in spans) if spans else None,
        warnings=warnings,
    )


def _extract_json(submission: Submission, path: Path, deps: ExtractionDeps) -> Extraction:
    filename = submission.filename
    text = read_text(path, filename)
    if not is_topic(text):
        return _extract_exchange(submission, text, deps)
    topic = read_topic(text, filename)
    return Extraction(
        media_kind=MediaKind.MESSAGES,
        content=topic_to_transcript(topic),
        kind=DocumentKind.THREAD,
        title=clean(topic.title) or title_from_filename(filename),
        visibility=Visibility.PARTICIPANTS if topic.is_private else None,
        participants=participants_of(topic),
        created_at=topic.created_at or min(post.created_at for post in topic.shown),
        warnings=topic_warnings(topic),
    )


def _extract_exchange(submission: Submission, text: str, deps: ExtractionDeps) -> Extraction:
    filename = submission.filename
    exchange = read_exchange(text, filename)
    written = Extraction(
        media_kind=MediaKind.MESSAGES,
        content=exchange_to_transcript(exchange),
        kind=kind_of(exchange),
        title=exchange.title.strip() or title_from_filename(filename),
        visibility=exchange.visibility,
        participants=exchange.participants,
        created_at=started_at(exchange),
        tags=exchange.tags,
        anonymised=exchange.anonymised,
    )
    return transcribe_call(exchange, written, submission, deps)
