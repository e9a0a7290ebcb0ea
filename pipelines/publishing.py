"""From what the sender said and what the bytes say to one Document; defaults apply last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from schemas.content import Content, Extraction, Transcript
from schemas.document import Document, DocumentKind, MediaKind, Participant, Submission, Visibility
from schemas.identity import audiences_of
from schemas.ids import BlobKey
from schemas.passage import Passage
from schemas.sharing import QUESTION_PREFIX, SharingTerms, is_shared_copy

MAX_TITLE_CHARS: Final = 300
"""Room for any real title; a longer one is a text that got into the wrong field."""
_CALL_SPEAKERS: Final = 2
"""A recording with at most this many known voices may be a private call."""
_GUESSED_PRIVATE: Final = (
    "Nobody said what kind of document this is: it was taken for a private exchange that only "
    "mentors see. Change who may see it, or delete it and send it again with its kind."
)

_TO_BE_CONFIRMED: Final = (
    "Exchanges are shared with students as copies without names: until a mentor has looked at this "
    "one and confirmed it, only its participants and mentors see the exchange."
)


class Description(msgspec.Struct, frozen=True):
    """A document's facts, all settled, before its passages are cut."""

    title: str
    kind: DocumentKind
    visibility: Visibility
    participants: tuple[Participant, ...]
    created_at: datetime
    warnings: tuple[str, ...] = ()
    terms: SharingTerms = SharingTerms()

    @property
    def audiences(self) -> tuple[str, ...]:
        """Sorted audience keys."""
        return tuple(sorted(audiences_of(self.visibility, self.participants)))


def describe(
    submission: Submission, extraction: Extraction, *, received_at: datetime
) -> Description:
    """Settle every fact: the sender's word, else what the bytes say, else a default.

    A recording or a transcript that nobody says anything about is taken for a private exchange
    when it has at most two known voices: a mistake then hides a course, and never shows a
    student's call to everybody. The warning tells how to put it right.
    """
    kind = submission.kind or extraction.kind
    guessed = kind or _kind_of(extraction)
    visibility = submission.visibility or extraction.visibility or _visibility_of(guessed)
    is_hidden_guess = kind is None and visibility is Visibility.PARTICIPANTS
    by_copy = is_by_copy(submission, guessed, extraction)
    is_wanted = by_copy and visibility is Visibility.STUDENTS
    if is_wanted:
        visibility = Visibility.PARTICIPANTS
    return Description(
        title=_title_of(submission, extraction),
        kind=guessed,
        visibility=visibility,
        participants=extraction.participants,
        created_at=submission.created_at or extraction.created_at or received_at,
        warnings=(
            *extraction.warnings,
            *([_GUESSED_PRIVATE] if is_hidden_guess else []),
            *([_TO_BE_CONFIRMED] if is_wanted else []),
        ),
        terms=SharingTerms(by_copy=by_copy, is_wanted=is_wanted),
    )


def extraction_of(document: Document, content: Content) -> Extraction:
    """Return what was extracted from a document that is published."""
    return Extraction(
        media_kind=document.media_kind,
        content=content,
        kind=document.kind,
        title=document.title,
        visibility=document.visibility,
        participants=document.participants,
        created_at=document.created_at,
        media=document.media,
        duration_ms=document.duration_ms,
        n_pages=document.n_pages,
    )


def description_of(document: Document) -> Description:
    """Return the settled facts of a document that is published."""
    return Description(
        title=document.title,
        kind=document.kind,
        visibility=document.visibility,
        participants=document.participants,
        created_at=document.created_at,
    )


def is_by_copy(submission: Submission, kind: DocumentKind, extraction: Extraction) -> bool:
    """Tell whether students may see a document as a copy without names only: any exchange.

    Not one of which the school says that it has been made fit for students, nor a copy.
    """
    is_fit = submission.anonymised or extraction.anonymised
    if is_fit or is_shared_copy(submission.source):
        return False
    kinds = {kind, extraction.kind}
    return DocumentKind.EXCHANGE in kinds or submission.source.startswith(QUESTION_PREFIX)


def assemble(  # noqa: PLR0913 - one value from each stage
    submission: Submission,
    extraction: Extraction,
    description: Description,
    *,
    language: str,
    content: BlobKey,
    n_passages: int,
    published_at: datetime,
) -> Document:
    """Return the document as it is to be published."""
    return Document(
        id=submission.document_id,
        source=submission.source,
        revision=submission.revision,
        kind=description.kind,
        media_kind=extraction.media_kind,
        title=description.title,
        language=language,
        visibility=description.visibility,
        filename=submission.filename,
        original=submission.original,
        media=extraction.media,
        content=content,
        participants=description.participants,
        created_at=description.created_at,
        published_at=published_at,
        duration_ms=extraction.duration_ms,
        n_pages=extraction.n_pages,
        n_passages=n_passages,
    )


def main_language(
    passages: Sequence[Passage], title: str, *, language_of: Callable[[str], str]
) -> str:
    """Return the language that most characters are in; ties go to the first in the alphabet."""
    characters: Counter[str] = Counter()
    for passage in passages:
        characters[passage.language] += len(passage.text)
    if not characters:
        return language_of(title)
    return min(characters, key=lambda language: (-characters[language], language))


def _kind_of(extraction: Extraction) -> DocumentKind:
    match extraction.media_kind:
        case MediaKind.VIDEO:
            return DocumentKind.COURSE
        case MediaKind.PDF | MediaKind.TEXT:
            return DocumentKind.SHEET
        case MediaKind.MESSAGES:
            return DocumentKind.EXCHANGE
        case MediaKind.AUDIO | MediaKind.TRANSCRIPT:
            is_call = _n_voices(extraction) <= _CALL_SPEAKERS
            return DocumentKind.EXCHANGE if is_call else DocumentKind.WORKSHOP


def _n_voices(extraction: Extraction) -> int:
    content = extraction.content
    return len(content.speakers) if isinstance(content, Transcript) else 0


def _visibility_of(kind: DocumentKind) -> Visibility:
    is_private = kind is DocumentKind.EXCHANGE
    return Visibility.PARTICIPANTS if is_private else Visibility.STUDENTS


def _title_of(submission: Submission, extraction: Extraction) -> str:
    for title in (submission.title, extraction.title):
        shown = " ".join((title or "").split())
        if shown:
            return shown[:MAX_TITLE_CHARS].rstrip()
    return submission.filename
