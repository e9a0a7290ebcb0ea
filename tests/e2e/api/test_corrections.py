"""Correcting what was heard, over HTTP: kept at once, applied by the workers."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any

import msgspec
import pytest
from httpx import Response

from api.guards import SESSION_COOKIE
from indexer.correcting import MAX_TURN_CHARS
from schemas.content import Speaker, Transcript, Utterance, Word
from schemas.document import Document
from schemas.errors import TransientError
from schemas.identity import Caller
from schemas.ids import DocumentId, PersonId
from schemas.span import TimeSpan
from tests.e2e.api.school import CLAIRE, LEA, SERVICE, YOUSSEF, School, open_school

HEARD = "La TVA est un impopayé par le client."
SAID = "La TVA est un impôt payé par le client."
MISSING = "d-00000000000000000000"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school of its own: what is published here would fill the lists of other tests."""
    with open_school(tmp_path_factory.mktemp("corrections")) as opened:
        yield opened


def a_talk(school: School, name: str) -> Document:
    return school.publish(f"talk:{name}", f"{HEARD} ({name})")


def put(
    school: School, document: Document, ordinal: int = 0, who: Caller = CLAIRE, **body: Any
) -> Response:
    return school.client.put(
        f"/v1/documents/{document.id}/utterances/{ordinal}",
        json={"text": SAID, "revision": document.revision} | body,
        headers=school.headers(who),
    )


def turn_of(school: School, document: Document, who: Caller = LEA) -> Any:
    return school.get(who, f"/v1/documents/{document.id}/content")["utterances"][0]


def page_of(school: School, who: Caller, path: str) -> str:
    headers = {"Cookie": f"{SESSION_COOKIE}={school.token(who)}", "Accept": "text/html"}
    return unescape(school.client.get(path, headers=headers).text).replace("\u00a0", " ")


def test_a_correction_stands_beside_what_was_heard_until_it_is_applied(school: School) -> None:
    document = a_talk(school, "beside")

    answer = put(school, document)

    assert answer.status_code == 202, answer.text
    for turn in (answer.json(), turn_of(school, document)):
        correction = turn["correction"]
        assert turn["text"] == correction["heard"] == f"{HEARD} (beside)"
        assert correction["text"] == SAID
        assert correction["corrected_by"] == {"id": "m-claire", "name": "Claire"}
        assert correction["is_applied"] is False
    assert school.queue.corrected[-1] == document.id


def test_the_latest_correction_stands_whoever_made_it(school: School) -> None:
    document = a_talk(school, "latest")
    put(school, document, text="La TVA est un impôt.")

    put(school, document, who=YOUSSEF, text="  La TVA\nest une \u0007taxe.  ")

    correction = turn_of(school, document)["correction"]
    assert (correction["text"], correction["corrected_by"]["name"]) == (
        "La TVA est une taxe.",
        "Youssef",
    )
    assert correction["heard"] == f"{HEARD} (latest)"


def test_saying_what_is_there_changes_nothing_and_what_was_heard_takes_it_back(
    school: School,
) -> None:
    document = a_talk(school, "back")
    heard = f"{HEARD} (back)"
    n_queued = len(school.queue.corrected)

    untouched = put(school, document, text=heard)
    assert len(school.queue.corrected) == n_queued
    put(school, document)
    put(school, document)
    assert len(school.queue.corrected) == n_queued + 1
    back = put(school, document, text=heard)

    assert untouched.json()["correction"] is None
    assert back.json()["correction"] is None
    assert turn_of(school, document)["correction"] is None
    assert len(school.queue.corrected) == n_queued + 2


@pytest.mark.parametrize(
    ("ordinal", "body", "status", "code"),
    [
        (0, {"revision": "0" * 64}, 409, "conflict"),
        (1, {}, 404, "not-found"),
        (-1, {}, 404, "not-found"),
        (10**9, {}, 404, "not-found"),
        (0, {"text": ""}, 400, "invalid-input"),
        (0, {"text": " \n\t "}, 400, "invalid-input"),
        (0, {"text": "x" * (MAX_TURN_CHARS + 1)}, 400, "invalid-input"),
        (0, {"text": 7}, 400, "invalid-input"),
        (0, {"words": []}, 400, "invalid-input"),
    ],
)
def test_what_cannot_be_corrected_is_refused(
    school: School, ordinal: int, body: dict[str, Any], status: int, code: str
) -> None:
    document = a_talk(school, "refused")

    answer = put(school, document, ordinal, **body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert turn_of(school, document)["correction"] is None


def test_students_correct_nothing_and_a_document_that_is_not_there_is_not_there(
    school: School,
) -> None:
    document = a_talk(school, "students")
    ghost = msgspec.structs.replace(document, id=DocumentId(MISSING))

    assert put(school, document, who=LEA).status_code == 403
    assert put(school, ghost).status_code == 404
    assert put(school, document, who=SERVICE).status_code == 202


def test_written_messages_are_their_authors_own(school: School) -> None:
    written = Transcript(
        (Utterance(0, HEARD, PersonId("m-claire")),), (Speaker(PersonId("m-claire"), "Claire"),)
    )
    document = a_talk(school, "written")
    key = school.services.blobs.put(msgspec.json.encode(written))
    document = republish(school, document, content=key)

    assert put(school, document).status_code == 409


def test_a_turn_mended_by_the_glossary_says_what_was_heard(school: School) -> None:
    document = a_talk(school, "mended")
    words = (Word("Kbis", 1500, 2000, 0.9, heard="cas bis"), Word("lu", 2000, 2400, 0.9))
    turn = Utterance(0, "Kbis lu", PersonId("m-claire"), TimeSpan(1500, 2400), words=words)
    key = school.services.blobs.put(msgspec.json.encode(Transcript((turn,))))
    document = republish(school, document, content=key)

    view = school.get(LEA, f"/v1/documents/{document.id}/transcript", words=True)["utterances"][0]
    page = page_of(school, LEA, f"/documents/{document.id}")
    editor = page_of(school, CLAIRE, f"/documents/{document.id}/edit")

    assert (view["text"], view["heard"]) == ("Kbis lu", "cas bis lu")
    assert [word["heard"] for word in view["words"]] == ["cas bis", None]
    assert 'data-heard="entendu : « cas bis »"' in page
    assert "Corrigé par le glossaire ; entendu : « cas bis lu »" in editor
    assert put(school, document, text="cas bis lu").json()["correction"]["text"] == "cas bis lu"


def test_a_text_without_turns_has_none_to_correct(school: School) -> None:
    document = a_talk(school, "body")
    key = school.services.blobs.put(b'{"type":"body","blocks":[]}')
    document = republish(school, document, content=key)

    assert put(school, document).status_code == 404


def test_a_correction_is_kept_when_the_queue_is_away(school: School) -> None:
    class DeadQueue:
        def enqueue_corrections(self, *_: object) -> None:
            raise TransientError("The job queue cannot be reached.")

    document = a_talk(school, "queue")
    dead = msgspec.structs.replace(school.services.intake, queue=DeadQueue())
    alive, state = school.services, school.client.app.state
    state.services = msgspec.structs.replace(alive, intake=dead)
    try:
        answer = put(school, document)
    finally:
        state.services = alive

    assert answer.status_code == 202
    assert turn_of(school, document)["correction"]["text"] == SAID
    assert document.id in [id_ for id_, _ in alive.catalog.corrections.waiting(100)]


def republish(school: School, document: Document, **changes: Any) -> Document:
    """Give a published document another content, as a correction would."""
    catalog = school.services.catalog
    encoder = school.services.settings.models.encoder
    passages = catalog.passages.of_document(document.id)
    vectors = catalog.passages.vectors([p.id for p in passages], encoder)
    catalog.publishing.correct(
        document,
        passages,
        {encoder: vectors},
        applied=[],
        now=school.services.clock(),
        **changes,
    )
    found = catalog.documents.get(document.id)
    assert found is not None
    return found
