"""Sharings and their previews as clients see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from api.services import Services
from api.views.places import document_url
from indexer.sharing.preview import Preview
from schemas.content import Transcript, Utterance
from schemas.document import Document, MediaKind
from schemas.ids import PersonId
from schemas.sharing import TITLE, Finding, FindingKind, Sharing, SharingState
from schemas.wire import Person
from schemas.wire_sharing import KindCount, PieceView, SharingSummary, SharingView, TurnView

_RECORDED: Final = frozenset({MediaKind.AUDIO, MediaKind.VIDEO})
_PICTURED: Final = frozenset({MediaKind.VIDEO, MediaKind.PDF})


def sharing_page_url(document_id: str) -> str:
    """Return the portal address of a preview."""
    return f"/documents/{document_id}/share"


def sharing_view(services: Services, sharing: Sharing, preview: Preview) -> SharingView:
    """Return a sharing with its preview, for mentors."""
    document = preview.document
    is_published = sharing.state is SharingState.PUBLISHED
    ids = {each for each in (sharing.requested_by, sharing.confirmed_by) if each}
    people = services.catalog.documents.people(ids)

    def person(person_id: PersonId | None) -> Person | None:
        if person_id is None:
            return None
        known = people.get(person_id)
        return Person(person_id, known.name if known else person_id)

    return SharingView(
        document_id=document.id,
        title=document.title,
        state=sharing.state,
        copy_id=sharing.copy_id if is_published else None,
        copy_url=document_url(sharing.copy_id) if is_published else None,
        requested_by=person(sharing.requested_by),
        requested_at=sharing.requested_at,
        confirmed_by=person(sharing.confirmed_by),
        confirmed_at=sharing.confirmed_at,
        version=preview.version,
        names_mentor=preview.decisions.names_mentor,
        has_sound=document.media_kind in _RECORDED and document.media.playable is not None,
        drops_picture=document.media_kind in _PICTURED,
        counts=tuple(_counts(preview)),
        turns=tuple(_turns(preview)),
    )


def sharing_summary(sharing: Sharing, document: Document) -> SharingSummary:
    """Return a sharing that waits for a mentor."""
    return SharingSummary(
        document_id=document.id,
        title=document.title,
        state=sharing.state,
        requested_at=sharing.requested_at,
        url=sharing_page_url(document.id),
    )


def _counts(preview: Preview) -> Iterator[KindCount]:
    for kind in FindingKind:
        own = [one for one in preview.findings if one.kind is kind]
        if own:
            hidden = sum(one.place not in preview.kept for one in own)
            yield KindCount(kind, len(own), hidden)


def _turns(preview: Preview) -> Iterator[TurnView]:
    content = preview.content
    spoken: dict[int, Utterance] = {}
    names: Mapping[PersonId, str] = {}
    if isinstance(content, Transcript):
        spoken = {turn.ordinal: turn for turn in content.utterances}
        names = {each.id: each.name for each in content.speakers}
    for ordinal, text in sorted(preview.texts.items()):
        if not text and ordinal != TITLE:
            continue
        turn = spoken.get(ordinal)
        speaker_id = turn.speaker_id if turn else None
        own = [one for one in preview.findings if one.place.turn == ordinal]
        yield TurnView(
            turn=ordinal,
            speaker=names.get(speaker_id, speaker_id) if speaker_id else None,
            start_ms=turn.span.start_ms if turn and turn.span else None,
            pieces=tuple(_pieces(text, own, preview)),
        )


def _pieces(text: str, findings: list[Finding], preview: Preview) -> Iterator[PieceView]:
    at = 0
    for one in findings:
        if at < one.place.start:
            yield _plain(text, at, one.place.start)
        yield PieceView(
            text=one.text,
            start=one.place.start,
            end=one.place.end,
            kind=one.kind,
            reason=one.reason,
            confidence=one.confidence,
            placeholder=one.placeholder,
            is_hidden=one.place not in preview.kept,
        )
        at = one.place.end
    if at < len(text):
        yield _plain(text, at, len(text))


def _plain(text: str, start: int, end: int) -> PieceView:
    return PieceView(text[start:end], start, end, None, None, None, None, None)
