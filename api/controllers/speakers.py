"""Heard speakers: who they are, as mentors say."""

from __future__ import annotations

from typing import Final

from litestar import Router, delete, get, put
from litestar.params import FromPath, FromQuery, JSONBody

from api.access import content_of, visible_document
from api.dependencies import TheCaller, TheServices
from api.guards import require_ingest
from api.services import Services
from api.views.speakers import heard_speaker_view
from indexer.speakers import heard_speakers, name_speaker, person_called
from schemas.document import Document
from schemas.errors import ConflictError
from schemas.identity import Caller
from schemas.ids import PersonId
from schemas.wire_speakers import HeardSpeakerList, HeardSpeakerView, NamingRequest


@get(
    "/documents/{document_id:str}/speakers",
    sync_to_thread=True,
    guards=[require_ingest],
    summary="Who is heard in it",
)
def get_speakers(
    services: TheServices, caller: TheCaller, document_id: FromPath[str]
) -> HeardSpeakerList:
    """List who is heard in a recording, as recognised, and who people say that is."""
    document = visible_document(services, caller, document_id)
    namings = services.catalog.namings.of(document.id, document.revision)
    heard = heard_speakers(content_of(services, document), namings)
    return HeardSpeakerList(tuple(heard_speaker_view(each) for each in heard))


@put(
    "/documents/{document_id:str}/speakers/{speaker_id:str}",
    sync_to_thread=True,
    status_code=202,
    guards=[require_ingest],
    summary="Say who is heard",
)
def put_speaker(
    services: TheServices,
    caller: TheCaller,
    *,
    document_id: FromPath[str],
    speaker_id: FromPath[str],
    data: JSONBody[NamingRequest],
) -> HeardSpeakerView:
    """Name a heard speaker; transcript, participants and searches follow soon.

    A student or mentor who is named takes part in the document from then on, and may see it where
    its participants may.

    Raises:
        NotFoundError: If nobody is heard under this id.
        ConflictError: If another revision is published than the one named, or it is a shared copy.
        InvalidInputError: If the name is none, or a student or mentor comes without an id.
    """
    document = _read(services, caller, document_id, data.revision)
    person = person_called(document, data.name, person_id=data.person_id, role=data.role)
    heard = name_speaker(
        services.intake,
        document,
        content_of(services, document),
        PersonId(speaker_id),
        person=person,
        by=caller,
    )
    return heard_speaker_view(heard)


@delete(
    "/documents/{document_id:str}/speakers/{speaker_id:str}",
    sync_to_thread=True,
    guards=[require_ingest],
    summary="Take back who is heard",
)
def delete_speaker(
    services: TheServices,
    caller: TheCaller,
    *,
    document_id: FromPath[str],
    speaker_id: FromPath[str],
    revision: FromQuery[str],
) -> None:
    """Take a naming back: the speaker is called as recognised, who was named takes part no more.

    Raises:
        NotFoundError: If nobody is heard under this id.
        ConflictError: If another revision is published than the one named.
    """
    document = _read(services, caller, document_id, revision)
    content = content_of(services, document)
    name_speaker(services.intake, document, content, PersonId(speaker_id), person=None, by=caller)


speakers_router: Final = Router(
    "/", route_handlers=[get_speakers, put_speaker, delete_speaker], tags=["documents"]
)


def _read(services: Services, caller: Caller, document_id: str, revision: str) -> Document:
    document = visible_document(services, caller, document_id)
    if revision != document.revision:
        raise ConflictError("The document was replaced meanwhile: read it again.")
    return document
