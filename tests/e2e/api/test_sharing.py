"""Sharing an exchange through the API: the preview, the decisions, the confirmation."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.document import Document
from schemas.errors import NotFoundError
from schemas.ids import document_id_for
from tests.e2e.api.school import CLAIRE, KARIM, LEA, YOUSSEF, School, exchange_of

SAID = "Bonjour Claire, c'est Léa, au 06 12 34 56 78. Le four de Quimperlé est prêt."


@pytest.fixture
def document(school: School, request: pytest.FixtureRequest) -> Document:
    return exchange_of(school, f"exchange:{request.node.name}", SAID)


def asked(school: School, document: Document, by: Any = CLAIRE) -> Any:
    return call(school, "POST", document, by=by).json()


def call(
    school: School,
    method: str,
    document: Document,
    part: str = "",
    *,
    by: Any = CLAIRE,
    **body: Any,
) -> Any:
    return school.client.request(
        method,
        f"/v1/documents/{document.id}/sharing{part}",
        json=body or None,
        headers=school.headers(by),
    )


def test_a_preview_shows_what_was_found_in_its_context(school: School, document: Document) -> None:
    view = asked(school, document)

    turn = view["turns"][1]
    assert "".join(piece["text"] for piece in turn["pieces"]) == SAID
    assert [
        (piece["text"], piece["placeholder"], piece["is_hidden"])
        for piece in turn["pieces"]
        if piece["kind"]
    ] == [
        ("Claire", "[mentor]", True),
        ("Léa", "[élève]", True),
        ("06 12 34 56 78", "[téléphone]", True),
    ]
    assert (view["state"], view["requested_by"]["id"]) == ("requested", "m-claire")
    assert {(each["kind"], each["found"]) for each in view["counts"]} == {
        ("student", 1),
        ("mentor", 1),
        ("phone", 1),
    }
    assert (view["has_sound"], view["drops_picture"]) == (True, True)


def test_opening_an_exchange_to_students_asks_to_share_it(
    school: School, document: Document
) -> None:
    path = f"/v1/documents/{document.id}"

    answer = school.client.put(
        f"{path}/visibility", json={"visibility": "students"}, headers=school.headers(CLAIRE)
    )

    assert answer.status_code == 200
    assert (answer.json()["visibility"], answer.json()["sharing"]) == ("participants", "requested")
    assert school.get(LEA, path)["sharing"] is None
    assert school.client.get(path, headers=school.headers(KARIM)).status_code == 404
    waiting = school.get(YOUSSEF, "/v1/sharings")["sharings"]
    assert document.id in {each["document_id"] for each in waiting}


def test_a_mentor_unticks_marks_and_confirms(school: School, document: Document) -> None:
    view = asked(school, document)
    phone = next(piece for piece in view["turns"][1]["pieces"] if piece["kind"] == "phone")
    at = SAID.index("Quimperlé")

    decided = call(
        school,
        "PUT",
        document,
        "/decisions",
        kept=[{"place": {"turn": 0, "start": phone["start"], "end": phone["end"]},
               "text": phone["text"]}],
        added=[{"place": {"turn": 0, "start": at, "end": at + 9}, "text": "Quimperlé"}],
    ).json()  # fmt: skip
    stale = call(school, "POST", document, "/confirm", version=view["version"])
    done = call(school, "POST", document, "/confirm", version=decided["version"])
    again = call(school, "POST", document, "/confirm", version=decided["version"])

    shown = {p["text"]: p["is_hidden"] for p in decided["turns"][1]["pieces"] if p["kind"]}
    assert shown == {"Claire": True, "Léa": True, "06 12 34 56 78": False, "Quimperlé": True}
    assert stale.status_code == 409
    assert (done.status_code, done.json()["sharing"]["state"]) == (202, "confirmed")
    assert again.json()["job"]["id"] == done.json()["job"]["id"]
    assert school.queue.queued.count(done.json()["job"]["id"]) == 1
    copy = school.services.catalog.jobs.submission(done.json()["job"]["id"])
    told = school.services.blobs.read(copy.original).decode()
    assert "[mentor], c'est [élève], au 06 12 34 56 78. Le four de [masqué] est prêt." in told
    assert "Léa" not in told
    assert "s-lea" not in told


@pytest.mark.parametrize(
    "mark",
    [
        {"place": {"turn": 0, "start": 0, "end": 7}, "text": "Bonsoir"},
        {"place": {"turn": 9, "start": 0, "end": 7}, "text": "Bonjour"},
        {"place": {"turn": 0, "start": 7, "end": 0}, "text": "Bonjour"},
    ],
)
def test_a_mark_that_fits_no_text_is_refused(
    school: School, document: Document, mark: dict[str, Any]
) -> None:
    asked(school, document)

    answer = call(school, "PUT", document, "/decisions", added=[mark])

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid-input"


def test_what_nobody_asked_to_share_has_no_preview(school: School, document: Document) -> None:
    answers = [
        call(school, "GET", document),
        call(school, "DELETE", document),
        call(school, "POST", document, "/confirm", version="x"),
        call(school, "PUT", document, "/decisions", names_mentor=True),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4


def test_what_students_see_already_is_not_shared_again(school: School) -> None:
    document = school.publish("sheet:open", "Le mot kinshasa est à tous.")

    answer = call(school, "POST", document)

    assert answer.status_code == 409


def test_sharing_no_longer_forgets_it(school: School, document: Document) -> None:
    asked(school, document)

    gone = call(school, "DELETE", document)

    assert gone.status_code == 204
    assert school.services.catalog.sharings.get(document.id) is None
    assert school.services.catalog.documents.get(document.id) is not None


def upload(school: School, by: Any, anonymised: str) -> Any:
    return school.client.post(
        "/v1/documents",
        files={"file": (f"{by.person_id}.txt", f"Un échange de {by.person_id}.".encode())},
        data={"kind": "exchange", "visibility": "students", "anonymised": anonymised},
        headers=school.headers(by),
    )


def test_only_who_may_add_documents_says_that_they_are_anonymised(school: School) -> None:
    refused, taken = upload(school, KARIM, "true"), upload(school, CLAIRE, "true")
    unclear = upload(school, CLAIRE, "oui")

    job_id = taken.json()["job"]["id"]
    assert (refused.status_code, taken.status_code, unclear.status_code) == (403, 202, 400)
    assert school.services.catalog.jobs.submission(job_id).anonymised


def test_a_copy_is_not_uploaded(school: School) -> None:
    answer = school.client.post(
        "/v1/documents",
        files={"file": ("a.txt", b"Un texte.")},
        data={"source": "shared:d-1"},
        headers=school.headers(CLAIRE),
    )

    assert answer.status_code == 400
    with pytest.raises(NotFoundError):
        school.services.catalog.documents.visible(document_id_for("shared:d-1"), {"everyone"})
