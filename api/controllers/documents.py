"""Documents: what is known about them, their text, and what may be changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from litestar import MediaType, Response, Router, delete, get, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from api.access import (
    content_of,
    nothing,
    recognised_content,
    shown_content,
    visible_document,
)
from api.dependencies import TheCaller, TheServices
from api.guards import require_ingest
from api.services import Services
from api.views.documents import content_view, document_view, transcript_view, utterance_view
from api.views.subrip import to_chapters, to_plain_text, to_srt
from api.views.webvtt import to_webvtt
from indexer.correcting import correct_turn
from indexer.sharing import desk
from indexer.sharing.desk import needs_copy
from schemas.content import Transcript
from schemas.document import Document, DocumentKind, Visibility
from schemas.errors import ConflictError, InvalidInputError
from schemas.identity import Caller
from schemas.ids import PersonId, TagId
from schemas.query import MAX_PAGE, MAX_PER_PAGE
from schemas.wire import (
    DocumentList,
    DocumentView,
    Problem,
    TagsRequest,
    TranscriptView,
    UtteranceView,
)
from schemas.wire_body import BodyView
from schemas.wire_sharing import VisibilityRequest
from schemas.wire_speakers import CorrectionRequest

_WRITTEN: Final[dict[str, tuple[Callable[[Transcript], str], str]]] = {
    "vtt": (to_webvtt, "text/vtt"),
    "srt": (to_srt, "application/x-subrip"),
    "txt": (to_plain_text, "text/plain"),
    "chapters": (to_chapters, "text/vtt"),
}
"""How a transcript is written, and what that is."""


_NO_TRANSCRIPT: Final = {
    403: ResponseSpec(
        Problem, generate_examples=False, description="A student asks for what was recognised."
    ),
    409: ResponseSpec(
        Problem, generate_examples=False, description="Subtitles are asked of written messages."
    ),
}


@dataclass
class TranscriptOperation(Operation):
    """Says that turns come as subtitles too: the handler's type names one way to write them."""

    def __post_init__(self) -> None:
        """Add subtitles to what is answered."""
        done = self.responses["200"] if self.responses else None
        if isinstance(done, OpenAPIResponse) and done.content is not None:
            text = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))
            written = {media_type: text for _, media_type in _WRITTEN.values()}
            done.content = done.content | written


@get("/documents", sync_to_thread=True, summary="Documents, newest first")
def list_documents(
    services: TheServices,
    caller: TheCaller,
    *,
    kind: FromQuery[list[DocumentKind] | None] = None,
    page: Annotated[int, QueryParameter(ge=1, le=MAX_PAGE)] = 1,
    per_page: Annotated[int, QueryParameter(ge=1, le=MAX_PER_PAGE)] = 20,
) -> DocumentList:
    """List the documents that the caller may see; ``total`` counts no others."""
    documents, total = services.catalog.documents.list_recent(
        caller.audiences, kinds=tuple(kind or ()), page=page, per_page=per_page
    )
    ids = [document.id for document in documents]
    tags, sharings = services.catalog.documents.tags(ids), services.catalog.sharings.states(ids)
    views = tuple(
        document_view(
            document,
            tags.get(document.id, ()),
            taxonomy=services.taxonomy,
            caller=caller,
            sharing=sharings.get(document.id),
        )
        for document in documents
    )
    return DocumentList(views, total, page, per_page)


@get("/documents/{document_id:str}", sync_to_thread=True, summary="One document")
def get_document(
    services: TheServices, caller: TheCaller, document_id: FromPath[str]
) -> DocumentView:
    """Return what is known about a document."""
    return _view(services, caller, visible_document(services, caller, document_id))


@delete(
    "/documents/{document_id:str}",
    sync_to_thread=True,
    guards=[require_ingest],
    summary="Delete a document",
)
def delete_document(services: TheServices, caller: TheCaller, document_id: FromPath[str]) -> None:
    """Take a document out of the catalog at once, and out of both indexes within two seconds."""
    document = visible_document(services, caller, document_id)
    services.catalog.documents.delete(document.id)


@get("/documents/{document_id:str}/content", sync_to_thread=True, summary="Its text")
def get_content(
    services: TheServices,
    caller: TheCaller,
    document_id: FromPath[str],
    *,
    words: FromQuery[bool] = False,
) -> TranscriptView | BodyView:
    """Return the turns of a recording or exchange, or the blocks of a text."""
    document = visible_document(services, caller, document_id)
    content, corrections = shown_content(services, caller, document)
    return content_view(document.id, content, corrections=corrections, with_words=words)


@get(
    "/documents/{document_id:str}/transcript",
    sync_to_thread=True,
    operation_class=TranscriptOperation,
    responses=_NO_TRANSCRIPT,
    summary="Its turns",
)
def get_transcript(
    services: TheServices,
    caller: TheCaller,
    document_id: FromPath[str],
    *,
    words: FromQuery[bool] = False,
    form: Annotated[
        str,
        QueryParameter(
            name="format",
            pattern="^(json|vtt|srt|txt|chapters)$",
            description="json, vtt, srt, txt, or chapters (as WebVTT)",
        ),
    ] = "json",
    recognised: FromQuery[bool] = False,
) -> Response[TranscriptView | str]:
    """Return the turns of a recording or exchange, as JSON, subtitles or plain text.

    With ``recognised=true`` they are as the machine made them, before people and the glossary
    corrected words and speakers.

    Raises:
        ForbiddenError: If a student asks for what was recognised.
        NotFoundError: If the document is a text without turns.
        ConflictError: If subtitles are asked of written messages.
    """
    document = visible_document(services, caller, document_id)
    content, corrections = shown_content(services, caller, document)
    if recognised:
        content, corrections = recognised_content(services, caller, document), []
    if not isinstance(content, Transcript):
        raise nothing()
    if form in _WRITTEN:
        write, media_type = _WRITTEN[form]
        return Response(write(content), media_type=media_type)
    view = transcript_view(document.id, content, corrections=corrections, with_words=words)
    return Response(view, media_type=MediaType.JSON)


@put(
    "/documents/{document_id:str}/tags",
    sync_to_thread=True,
    guards=[require_ingest],
    summary="Set its tags",
)
def put_tags(
    services: TheServices,
    caller: TheCaller,
    document_id: FromPath[str],
    data: JSONBody[TagsRequest],
) -> DocumentView:
    """Set the tags that a person wants on a document; they win over the machine's.

    Raises:
        InvalidInputError: If a tag is not in the taxonomy.
    """
    document = visible_document(services, caller, document_id)
    unknown = [tag for tag in data.tags if tag not in services.taxonomy.by_id]
    if unknown:
        raise InvalidInputError(f"tags: there is no tag {', '.join(map(repr, unknown))}.")
    wanted = tuple(TagId(tag) for tag in data.tags)
    services.catalog.documents.set_person_tags(document.id, wanted, caller.person_id)
    return _view(services, caller, document)


@put(
    "/documents/{document_id:str}/visibility",
    sync_to_thread=True,
    guards=[require_ingest],
    summary="Set who may see it",
)
def put_visibility(
    services: TheServices,
    caller: TheCaller,
    document_id: FromPath[str],
    data: JSONBody[VisibilityRequest],
) -> DocumentView:
    """Change who may see a document: at once by id, within two seconds in searches.

    An exchange stays as private as it is when it is to be opened to students: its sharing is
    asked for, ``sharing`` tells how far that has come, and a mentor confirms its preview.
    """
    document = visible_document(services, caller, document_id)
    is_opened = data.visibility is Visibility.STUDENTS is not document.visibility
    if is_opened and needs_copy(document):
        desk.ask(services.intake, document, caller)
    else:
        services.catalog.documents.set_visibility(document.id, data.visibility)
    return _view(services, caller, visible_document(services, caller, document_id))


@put(
    "/documents/{document_id:str}/utterances/{ordinal:int}",
    sync_to_thread=True,
    status_code=202,
    guards=[require_ingest],
    summary="Correct one of its turns",
)
def put_utterance(
    services: TheServices,
    caller: TheCaller,
    *,
    document_id: FromPath[str],
    ordinal: FromPath[int],
    data: JSONBody[CorrectionRequest],
) -> UtteranceView:
    """Say what was said in a turn of speech, and by whom; transcript and searches follow soon.

    What was heard is kept, and saying it again takes the correction back.

    Raises:
        NotFoundError: If the document has no such turn.
        ConflictError: If another revision is published than the one named, or the turn is a
            written message.
        InvalidInputError: If nothing is left of the text, or the document knows no such speaker.
    """
    document = visible_document(services, caller, document_id)
    if data.revision != document.revision:
        raise ConflictError("The document was replaced meanwhile: read it again.")
    turn, correction = correct_turn(
        services.intake,
        document,
        content_of(services, document),
        ordinal,
        text=data.text,
        speaker_id=PersonId(data.speaker_id) if data.speaker_id else None,
        by=caller,
    )
    return utterance_view(turn, correction)


documents_router = Router(
    "/",
    route_handlers=[
        list_documents,
        get_document,
        delete_document,
        get_content,
        get_transcript,
        put_tags,
        put_visibility,
        put_utterance,
    ],
    tags=["documents"],
)


def _view(services: Services, caller: Caller, document: Document) -> DocumentView:
    tags = services.catalog.documents.tags([document.id]).get(document.id, ())
    sharing = services.catalog.sharings.states([document.id]).get(document.id)
    return document_view(document, tags, taxonomy=services.taxonomy, caller=caller, sharing=sharing)
