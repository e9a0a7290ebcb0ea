"""Naming who is heard, over HTTP: kept at once, applied by the workers."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any, Final
from urllib.parse import quote

import msgspec
import pytest
from httpx import Response

from api.access import content_of
from fixtures.builders import a_mentor
from pipelines.correcting import with_corrections
from schemas.content import Speaker, Transcript, Utterance
from schemas.document import Document
from schemas.errors import TransientError
from schemas.identity import Caller
from schemas.ids import PersonId
from schemas.span import TimeSpan
from tests.e2e.api.school import ADMIN, CLAIRE, KARIM, LEA, School, open_school
from tests.e2e.api.test_console import open_page
from tests.e2e.api.test_corrections import republish

LEFT: Final = Speaker(PersonId("voice:d-1:left"), "Voix gauche")
MENTOR: Final = {"person_id": "m-camille", "name": " Camille\n R. ", "role": "mentor"}


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school of its own: what is published here would fill the lists of other tests."""
    with open_school(tmp_path_factory.mktemp("speakers")) as opened:
        yield opened


def a_call(school: School, name: str) -> Document:
    """Publish a call with a voice on the left, and somebody unknown."""
    turns = (
        Utterance(0, "Comment fixer mes prix ?", LEFT.id, TimeSpan(0, 2000)),
        Utterance(1, "Compte tes heures.", None, TimeSpan(2000, 4000)),
        Utterance(2, "Merci beaucoup.", LEFT.id, TimeSpan(4000, 6000)),
    )
    document = school.publish(
        f"call:{name}", f"Comment fixer mes prix ? ({name})", participants=(a_mentor(),)
    )
    content = msgspec.json.encode(Transcript(turns, (LEFT,)))
    return republish(school, document, content=school.services.blobs.put(content))


def put(
    school: School, document: Document, heard: str = LEFT.id, who: Caller = CLAIRE, **body: Any
) -> Response:
    return school.client.put(
        f"/v1/documents/{document.id}/speakers/{quote(heard)}",
        json=MENTOR | {"revision": document.revision} | body,
        headers=school.headers(who),
    )


def heard_in(school: School, document: Document) -> list[dict[str, Any]]:
    answer = school.get(CLAIRE, f"/v1/documents/{document.id}/speakers")
    return list(answer["speakers"])


def test_a_naming_stands_beside_who_was_heard_until_it_is_applied(school: School) -> None:
    document = a_call(school, "beside")

    answer = put(school, document)

    assert answer.status_code == 202, answer.text
    naming = answer.json()["naming"]
    assert (naming["id"], naming["name"], naming["role"]) == ("m-camille", "Camille R.", "mentor")
    assert naming["named_by"] == {"id": "m-claire", "name": "Claire"}
    assert naming["is_applied"] is False
    assert school.queue.corrected[-1] == document.id
    assert [(each["id"], each["n_turns"]) for each in heard_in(school, document)] == [
        (LEFT.id, 2),
        ("unknown", 1),
    ]
    assert heard_in(school, document)[0] == answer.json()


def test_somebody_from_outside_is_known_by_name(school: School) -> None:
    document = a_call(school, "outside")

    naming = put(school, document, "unknown", person_id=None, role="speaker", who=ADMIN).json()

    assert (naming["id"], naming["naming"]["id"]) == ("unknown", "speaker:camille-r")


def test_whom_the_document_knows_keeps_name_and_part(school: School) -> None:
    document = a_call(school, "known")
    own = document.participants[0]

    naming = put(school, document, person_id=own.id, name="X", role="student").json()["naming"]

    assert (naming["name"], naming["role"]) == (own.name, own.role)


def test_saying_it_again_queues_nothing_and_a_naming_is_taken_back(school: School) -> None:
    document = a_call(school, "back")
    put(school, document)
    n_queued = len(school.queue.corrected)

    put(school, document)
    assert len(school.queue.corrected) == n_queued
    answer = school.client.delete(
        f"/v1/documents/{document.id}/speakers/{quote(LEFT.id)}",
        params={"revision": document.revision},
        headers=school.headers(CLAIRE),
    )

    assert answer.status_code == 204
    assert heard_in(school, document)[0]["naming"] is None
    assert len(school.queue.corrected) == n_queued + 1


@pytest.mark.parametrize(
    ("heard", "body", "status"),
    [
        (LEFT.id, {"revision": "0" * 64}, 409),
        ("voice:d-1:right", {}, 404),
        (LEFT.id, {"name": ""}, 400),
        (LEFT.id, {"name": " 7 "}, 400),
        (LEFT.id, {"name": "x" * 201}, 400),
        (LEFT.id, {"person_id": None}, 400),  # a mentor without an id
        (LEFT.id, {"person_id": "unknown"}, 400),
        (LEFT.id, {"person_id": "m\n4"}, 400),
        (LEFT.id, {"role": "admin"}, 400),
    ],
)
def test_what_names_nobody_is_refused(
    school: School, heard: str, body: dict[str, Any], status: int
) -> None:
    document = a_call(school, "refused")

    assert put(school, document, heard, **body).status_code == status
    assert [each["naming"] for each in heard_in(school, document)] == [None, None]


def test_students_name_nobody_and_do_not_see_who_was_heard(school: School) -> None:
    document = a_call(school, "students")

    assert put(school, document, who=LEA, person_id="s-lea", role="student").status_code == 403
    path = f"/v1/documents/{document.id}/speakers"
    assert school.client.get(path, headers=school.headers(KARIM)).status_code == 403


def test_a_naming_is_kept_when_the_queue_is_away(school: School) -> None:
    class DeadQueue:
        def enqueue_corrections(self, *_: object) -> None:
            raise TransientError("The job queue cannot be reached.")

    document = a_call(school, "queue")
    dead = msgspec.structs.replace(school.services.intake, queue=DeadQueue())
    alive, state = school.services, school.client.app.state
    state.services = msgspec.structs.replace(alive, intake=dead)
    try:
        answer = put(school, document)
    finally:
        state.services = alive

    assert answer.status_code == 202
    assert document.id in [id_ for id_, _ in alive.catalog.namings.waiting(100)]


def turn_put(school: School, document: Document, ordinal: int, **body: Any) -> Response:
    given = {"text": "Comment fixer mes prix ?", "revision": document.revision} | body
    return school.client.put(
        f"/v1/documents/{document.id}/utterances/{ordinal}",
        json=given,
        headers=school.headers(CLAIRE),
    )


def test_the_speaker_of_one_turn_is_corrected_beside_its_text(school: School) -> None:
    document = a_call(school, "turn")
    put(school, document)

    said = turn_put(school, document, 1, text="Compte tes heures.", speaker_id="m-camille")
    worded = turn_put(school, document, 1, text="Compte toutes tes heures.")
    back = turn_put(school, document, 1, text="Compte tes heures.", speaker_id="unknown")

    assert said.json()["correction"]["speaker"] == {"id": "m-camille", "name": "Camille R."}
    assert worded.json()["correction"]["speaker"]["id"] == "m-camille"  # not said: it stays
    assert back.json()["correction"] is None


def test_a_turn_is_given_only_to_whom_the_document_knows(school: School) -> None:
    document = a_call(school, "stranger")
    own = document.participants[0]

    stranger = turn_put(school, document, 0, speaker_id="s-karim")
    as_heard = turn_put(school, document, 0, speaker_id=LEFT.id)
    known = turn_put(school, document, 0, speaker_id=own.id)

    assert (stranger.status_code, stranger.json()["code"]) == (400, "invalid-input")
    assert as_heard.json()["correction"] is None
    assert known.json()["correction"]["speaker"]["name"] == own.name


def test_the_editing_page_names_voices_and_warns_who_will_see(school: School) -> None:
    document = a_call(school, "page")
    put(school, document)
    turn_put(school, document, 1, text="Compte tes heures.", speaker_id="m-camille")

    answer = open_page(school, CLAIRE, f"/documents/{document.id}/edit")
    page = unescape(answer.text).replace("\u00a0", " ")

    assert "un élève nommé dans un échange privé peut alors le lire" in page
    assert f'data-id="{LEFT.id}" aria-label="Voix gauche"' in page
    assert "Nommée Camille R. (mentor) par Claire" in page
    assert 'data-id="unknown" aria-label="Voix non reconnue"' in page
    assert page.count('data-speaker="m-camille"') == 3  # both of the voice, and the turn's own
    assert "Voix corrigée : Camille R." in page
    assert '<option value="unknown">Voix non reconnue</option>' in page
    assert f'<option value="{LEFT.id}">' not in page


def test_mentors_download_what_was_recognised_and_students_do_not(school: School) -> None:
    document = school.publish("talk:recognised", "La TVA est un impopayé.")
    put_path = f"/v1/documents/{document.id}/utterances/0"
    body = {"text": "La TVA est un impôt.", "revision": document.revision}
    school.client.put(put_path, json=body, headers=school.headers(CLAIRE))
    made = school.services.catalog.corrections.of(document.id, document.revision)
    stored = with_corrections(content_of(school.services, document), made)
    key = school.services.blobs.put(msgspec.json.encode(stored))
    document = republish(school, document, content=key)
    path = f"/v1/documents/{document.id}/transcript?format=vtt"

    def read(who: Caller, path: str) -> Response:
        return school.client.get(path, headers=school.headers(who))

    assert "impôt" in read(CLAIRE, path).text
    assert "impopayé" in read(CLAIRE, f"{path}&recognised=true").text
    assert read(LEA, f"{path}&recognised=true").status_code == 403
    link = f"/v1/documents/{document.id}/transcript?format=vtt&recognised=true"
    pages = [
        unescape(open_page(school, who, f"/documents/{document.id}").text) for who in (CLAIRE, LEA)
    ]
    assert [link in page for page in pages] == [True, False]
