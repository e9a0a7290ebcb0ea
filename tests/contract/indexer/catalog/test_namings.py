"""Namings of speakers, on both databases."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from fixtures.builders import (
    A_MOMENT,
    AN_ENCODER,
    a_blob_key,
    a_document,
    a_revision,
    some_passages,
    some_vectors,
)
from indexer.catalog.catalog import Catalog
from schemas.content import Speaker
from schemas.document import Document, DocumentKind, Participant, ParticipantRole, Visibility
from schemas.errors import ConflictError, NotFoundError
from schemas.identity import MENTORS, person_key
from schemas.ids import PersonId
from schemas.naming import Naming

LATER = A_MOMENT + timedelta(minutes=1)
VOICE = Speaker(PersonId("voice:left"), "Voix gauche")
CAMILLE = Participant(PersonId("s-camille"), "Camille R.", ParticipantRole.STUDENT)


def of(document: Document, person: Participant | None = CAMILLE, **changes: Any) -> Naming:
    naming = Naming(
        document.id, document.revision, VOICE, None, person, PersonId("m-4"), "Modèle", A_MOMENT
    )
    return msgspec.structs.replace(naming, **changes)


def publish(catalog: Catalog) -> Document:
    document = a_document(kind=DocumentKind.EXCHANGE, visibility=Visibility.PARTICIPANTS)
    vectors = {AN_ENCODER: some_vectors(1)}
    catalog.publishing.publish(document, some_passages(document, 1), vectors, [])
    found = catalog.documents.get(document.id)
    assert found is not None
    return found


def apply(catalog: Catalog, document: Document, *named: Naming, people: Any = None) -> None:
    catalog.publishing.correct(
        document,
        some_passages(document, 1),
        {AN_ENCODER: some_vectors(1)},
        content=a_blob_key("named"),
        applied=[],
        named=named,
        participants=people,
        now=LATER,
    )


def test_the_latest_naming_is_in_force_and_what_was_heard_stays(catalog: Catalog) -> None:
    document = publish(catalog)
    catalog.namings.save(of(document))
    back = of(document, None, heard=Speaker(VOICE.id, "?"), heard_role=CAMILLE.role, named_at=LATER)

    catalog.namings.save(back)

    (kept,) = catalog.namings.of(document.id, document.revision)
    assert kept == of(document, None, named_at=LATER)
    assert catalog.namings.waiting(9) == [(document.id, LATER)]


def test_a_named_student_sees_the_exchange_and_no_more_once_unnamed(catalog: Catalog) -> None:
    document, key = publish(catalog), person_key(CAMILLE.id)
    catalog.namings.save(of(document))
    assert key not in catalog.documents.audiences(document.id)

    apply(catalog, document, of(document), people=(*document.participants, CAMILLE))
    named = catalog.documents.get(document.id)
    assert named is not None
    seen = catalog.documents.audiences(document.id)
    apply(catalog, named, people=document.participants)

    assert {key, MENTORS} <= seen
    assert key not in catalog.documents.audiences(document.id)
    assert catalog.documents.people([CAMILLE.id]) == {}
    assert catalog.namings.waiting(9) == []


def test_a_naming_changed_meanwhile_goes_on_waiting(catalog: Catalog) -> None:
    document = publish(catalog)
    catalog.namings.save(of(document, named_at=LATER))

    apply(catalog, document, of(document))

    assert catalog.namings.waiting(9) == [(document.id, LATER)]


def test_only_the_published_revision_is_named(catalog: Catalog) -> None:
    document = publish(catalog)

    with pytest.raises(ConflictError):
        catalog.namings.save(of(document, revision=a_revision("second")))
    with pytest.raises(NotFoundError):
        catalog.namings.save(of(a_document("talk:other")))
