"""Documents and their contents as clients see them."""

from __future__ import annotations

from collections.abc import Sequence

from api.views.places import document_links, document_url
from api.views.search import participant_views
from api.views.tags import assignment_views
from indexer.taxonomy import Taxonomy
from schemas.content import Block, Body, Content, Transcript, Utterance
from schemas.document import Document
from schemas.identity import Caller
from schemas.ids import DocumentId
from schemas.tag import TagAssignment
from schemas.wire import (
    BlockView,
    BodyView,
    BoxView,
    ChapterView,
    DocumentView,
    HoleView,
    Person,
    TranscriptView,
    UtteranceView,
    WordView,
)


def document_view(
    document: Document, tags: Sequence[TagAssignment], *, taxonomy: Taxonomy, caller: Caller
) -> DocumentView:
    """Return a document that its caller may see."""
    return DocumentView(
        id=document.id,
        kind=document.kind,
        media_kind=document.media_kind,
        title=document.title,
        url=document_url(document.id),
        language=document.language,
        visibility=document.visibility,
        filename=document.filename,
        revision=document.revision,
        media_type=document.media.playable_type,
        created_at=document.created_at,
        published_at=document.published_at,
        duration_ms=document.duration_ms,
        n_pages=document.n_pages,
        n_passages=document.n_passages,
        participants=participant_views(document.participants),
        tags=assignment_views(tags, taxonomy),
        links=document_links(document),
        may_edit=caller.may_ingest,
    )


def content_view(
    document_id: DocumentId, content: Content, *, with_words: bool = False
) -> TranscriptView | BodyView:
    """Return the turns or the blocks of a document."""
    match content:
        case Transcript():
            return transcript_view(document_id, content, with_words=with_words)
        case Body():
            return BodyView(document_id, tuple(_block(block) for block in content.blocks))


def transcript_view(
    document_id: DocumentId, transcript: Transcript, *, with_words: bool
) -> TranscriptView:
    """Return turns in order; words only when asked for: they are ten times the rest."""
    return TranscriptView(
        document_id=document_id,
        speakers=tuple(Person(each.id, each.name) for each in transcript.speakers),
        utterances=tuple(_utterance(each, with_words) for each in transcript.utterances),
        holes=tuple(HoleView(hole.start_ms, hole.end_ms) for hole in transcript.holes),
        chapters=tuple(
            ChapterView(each.title, each.span.start_ms, each.span.end_ms)
            for each in transcript.chapters
        ),
    )


def _utterance(utterance: Utterance, with_words: bool) -> UtteranceView:  # noqa: FBT001 - private
    span = utterance.span
    words = utterance.words if with_words else ()
    return UtteranceView(
        ordinal=utterance.ordinal,
        text=utterance.text,
        speaker_id=utterance.speaker_id,
        start_ms=span.start_ms if span is not None else None,
        end_ms=span.end_ms if span is not None else None,
        sent_at=utterance.sent_at,
        confidence=utterance.confidence,
        flags=utterance.flags,
        words=tuple(WordView(word.text, word.start_ms, word.end_ms) for word in words),
    )


def _block(block: Block) -> BlockView:
    box = block.box
    return BlockView(
        ordinal=block.ordinal,
        text=block.text,
        role=block.role,
        level=block.level,
        page=block.page,
        box=BoxView(box.x, box.y, box.width, box.height) if box else None,
    )
