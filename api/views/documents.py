"""Documents and their contents as clients see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from api.views.places import document_links, document_url
from api.views.search import participant_views
from api.views.tags import assignment_views
from indexer.taxonomy import Taxonomy
from schemas.content import Block, Body, Content, Transcript, Utterance
from schemas.correction import Correction, place_of
from schemas.document import Document
from schemas.identity import Caller
from schemas.ids import DocumentId
from schemas.sharing import SharingState
from schemas.tag import TagAssignment
from schemas.wire import (
    ChapterView,
    CorrectionView,
    DocumentView,
    HoleView,
    Person,
    SlideView,
    TranscriptView,
    UtteranceView,
    WordView,
)
from schemas.wire_body import BlockView, BodyView, BoxView


def document_view(
    document: Document,
    tags: Sequence[TagAssignment],
    *,
    taxonomy: Taxonomy,
    caller: Caller,
    sharing: SharingState | None = None,
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
        sharing=sharing if caller.may_ingest else None,
    )


def content_view(
    document_id: DocumentId,
    content: Content,
    *,
    corrections: Iterable[Correction] = (),
    with_words: bool = False,
) -> TranscriptView | BodyView:
    """Return the turns, with what people corrected in them, or the blocks of a document."""
    match content:
        case Transcript():
            return transcript_view(
                document_id, content, corrections=corrections, with_words=with_words
            )
        case Body():
            return BodyView(document_id, tuple(_block(block) for block in content.blocks))


def transcript_view(
    document_id: DocumentId,
    transcript: Transcript,
    *,
    corrections: Iterable[Correction] = (),
    with_words: bool,
) -> TranscriptView:
    """Return turns in order; words only when asked for: they are ten times the rest."""
    made = {correction.place: correction for correction in corrections}
    return TranscriptView(
        document_id=document_id,
        speakers=tuple(Person(each.id, each.name) for each in transcript.speakers),
        utterances=tuple(
            utterance_view(each, made.get(place) if place else None, with_words=with_words)
            for each in transcript.utterances
            for place in [place_of(each)]
        ),
        holes=tuple(HoleView(hole.start_ms, hole.end_ms) for hole in transcript.holes),
        chapters=tuple(
            ChapterView(each.title, each.span.start_ms, each.span.end_ms)
            for each in transcript.chapters
        ),
        slides=tuple(
            SlideView(each.text, each.span.start_ms, each.span.end_ms) for each in transcript.slides
        ),
    )


def utterance_view(
    utterance: Utterance, correction: Correction | None, *, with_words: bool = False
) -> UtteranceView:
    """Return one turn or message; what a person took back to what was heard is no correction."""
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
        words=tuple(WordView(word.text, word.start_ms, word.end_ms, word.heard) for word in words),
        correction=_correction(correction) if correction and correction.is_change else None,
        heard=utterance.heard,
    )


def _correction(correction: Correction) -> CorrectionView:
    said_by = correction.speaker
    return CorrectionView(
        text=correction.text,
        heard=correction.heard.text,
        corrected_by=Person(correction.person_id, correction.person_name),
        corrected_at=correction.corrected_at,
        is_applied=correction.applied_at is not None,
        speaker=Person(said_by.id, said_by.name) if said_by else None,
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
