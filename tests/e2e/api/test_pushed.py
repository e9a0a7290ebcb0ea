"""Documents that come by their address, and those that other systems push, signed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import Response
from standardwebhooks import Webhook

from fixtures.builders import an_exchange_dict
from tests.e2e.api.school import CLAIRE, LEA, School, open_school

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105 - of this test alone


@pytest.fixture(scope="module")
def open_to_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school that fetches from this machine, and knows the secret of who pushes."""
    with open_school(tmp_path_factory.mktemp("pushed")) as school:
        before = school.services
        ingestion = msgspec.structs.replace(
            before.settings.ingestion, fetch_private=True, hook_secret=SECRET
        )
        settings = msgspec.structs.replace(before.settings, ingestion=ingestion)
        intake = msgspec.structs.replace(before.intake, settings=settings)
        school.client.app.state.services = msgspec.structs.replace(
            before, settings=settings, intake=intake
        )
        yield school


def push(school: School, message: Any, *, at: datetime | None = None, **changes: str) -> Response:
    body = json.dumps(message)
    moment = at or datetime.now(UTC)
    headers = {
        "webhook-id": "msg-1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "Content-Type": "application/json",
    } | {name.replace("_", "-"): value for name, value in changes.items()}
    signature = Webhook(SECRET).sign(headers["webhook-id"], moment, body)
    return school.client.post(
        "/v1/hooks/documents", content=body, headers={"webhook-signature": signature} | headers
    )


def test_a_document_is_sent_by_its_address(open_to_all: School) -> None:
    url = "http://127.0.0.1:9/Fiche%20prix.pdf"
    order = {"url": f"{url}#page=2", "title": "Prix", "date": "2026-03-02T00:00:00Z"}

    answers = [
        open_to_all.client.post("/v1/documents", json=order, headers=open_to_all.headers(CLAIRE))
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [202, 202]  # nobody answers there: later
    assert [answer.json()["is_new"] for answer in answers] == [True, False]
    job = answers[0].json()["job"]
    assert (job["state"], job["filename"]) == ("queued", "Fiche prix.pdf")
    submission = open_to_all.services.catalog.jobs.submission(job["id"])
    assert (submission.url, submission.source, submission.title) == (url, url, "Prix")
    assert submission.created_at == datetime(2026, 3, 2, tzinfo=UTC)
    assert submission.uploaded_by == CLAIRE.person_id


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "http://169.254.169.254/latest/meta-data"}, "address-refused"),
        ({"url": "http://localhost/"}, "address-refused"),
        ({"url": "file:///etc/passwd"}, "address-refused"),
        ({"url": "https://exemple.fr/", "kind": "poem"}, "invalid-input"),
        ({"url": "https://exemple.fr/", "colour": "red"}, "invalid-input"),
        ({"url": "https://exemple.fr/", "tags": ["topic.licorne"]}, "invalid-input"),
    ],
)
def test_an_address_that_is_not_for_us_is_refused(
    school: School, body: dict[str, Any], code: str
) -> None:
    answer = school.client.post("/v1/documents", json=body, headers=school.headers(CLAIRE))

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert school.client.post(
        "/v1/documents", json=body, headers=school.headers(LEA)
    ).status_code == (403)


def test_a_signed_exchange_is_taken_once(open_to_all: School) -> None:
    message = {"exchange": an_exchange_dict(id="ex-pushed"), "visibility": "mentors"}

    first = push(open_to_all, message, webhook_id="msg-exchange")
    again = push(open_to_all, message, webhook_id="msg-exchange")

    assert first.status_code == again.status_code == 202
    assert (first.json()["is_new"], again.json()["is_new"]) == (True, False)
    assert first.json()["job"]["id"] == again.json()["job"]["id"]
    submission = open_to_all.services.catalog.jobs.submission(first.json()["job"]["id"])
    assert submission.source == "exchange:ex-pushed"


def test_one_message_delivered_twice_at_once_is_taken_both_times(
    open_to_all: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = {"exchange": an_exchange_dict(id="ex-twice")}
    others: list[Response] = []
    replace = Path.replace

    def replace_after_another(self: Path, target: Path) -> Path:
        if not others and target.parent.name == "hooks":
            monkeypatch.undo()
            others.append(push(open_to_all, message, webhook_id="msg-twice"))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replace_after_another)
    first = push(open_to_all, message, webhook_id="msg-twice")

    assert [answer.status_code for answer in (first, *others)] == [202, 202]
    assert first.json()["job"]["id"] == others[0].json()["job"]["id"]


def test_where_messages_cannot_be_noted_none_is_taken(open_to_all: School) -> None:
    message = {"exchange": an_exchange_dict(id="ex-unnoted")}
    in_the_way = open_to_all.services.settings.data_dir / "hooks" / "old"
    in_the_way.mkdir(parents=True)
    os.utime(in_the_way, (0, 0))

    refused = push(open_to_all, message, webhook_id="msg-unnoted")
    in_the_way.rmdir()
    taken = push(open_to_all, message, webhook_id="msg-unnoted")

    assert refused.status_code == 503
    assert (taken.status_code, taken.json()["is_new"]) == (202, True)


def test_a_signed_address_is_ordered(open_to_all: School) -> None:
    message = {"url": "http://127.0.0.1:9/named", "source": "lms-7"}

    answer = push(open_to_all, message, webhook_id="msg-address")

    submission = open_to_all.services.catalog.jobs.submission(answer.json()["job"]["id"])
    assert (submission.source, submission.url) == ("lms-7", message["url"])


def test_what_is_not_signed_so_or_is_old_is_refused(open_to_all: School) -> None:
    message = {"url": "https://exemple.fr/x"}
    old = datetime.now(UTC) - timedelta(minutes=6)

    refused = [
        push(open_to_all, message, webhook_signature="v1,aGVsbG8="),
        push(open_to_all, message, webhook_signature="nothing"),
        push(open_to_all, message, webhook_timestamp="yesterday"),
        push(open_to_all, message, at=old),
        open_to_all.client.post("/v1/hooks/documents", json=message),
    ]

    assert {answer.status_code for answer in refused} == {401}


@pytest.mark.parametrize("message", [{}, [], {"url": "x", "exchange": {}}, {"colour": "red"}])
def test_a_message_without_a_document_says_so(open_to_all: School, message: Any) -> None:
    answer = push(open_to_all, message)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")


def test_without_a_secret_nothing_is_taken(school: School) -> None:
    assert push(school, {"url": "https://exemple.fr/x"}).status_code == 404
