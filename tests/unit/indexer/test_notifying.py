"""Notices reach the school's software, signed, more than once if they must, and never for ever."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from standardwebhooks import Webhook

from fixtures.builders import a_question
from fixtures.receiver import Receiver
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.catalog.questions import Change
from indexer.notifying import PAUSES_S, Notifier, open_notifier
from schemas.errors import SettingsError
from schemas.notice import DeliveryState, Notice, NoticeId, NoticeType
from schemas.question import Likeness
from schemas.settings import WebhookSettings

SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode()
NOW = datetime.now(UTC).replace(microsecond=0)


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)  # not when the file was read: signatures age

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    question = a_question(text="Le mot zanzibar est pour les mentors", asked_at=NOW)
    notice = Notice(NoticeId("msg_1"), NoticeType.ANSWERED, question.id, question.asker_id, NOW)
    opened.questions.ask(Change(question, (), (notice,)), Likeness("", b""))
    yield opened
    opened.close()


def settings(url: str, **changes: Any) -> WebhookSettings:
    return msgspec.structs.replace(WebhookSettings(url=url, secret=SECRET), **changes)


def state_of(catalog: Catalog) -> dict[DeliveryState, int]:
    return dict(catalog.notices.counts())


def test_a_receiver_that_fails_twice_gets_the_same_notice_a_third_time(catalog: Catalog) -> None:
    receiver, clock = Receiver(500, 503, 204), Clock()
    notifier = Notifier(catalog.notices, settings(receiver.url), clock=clock)

    found = [notifier.send_due(), notifier.send_due()]
    clock.wait(PAUSES_S[0])
    found.append(notifier.send_due())
    clock.wait(PAUSES_S[0])
    early = notifier.send_due()
    clock.wait(PAUSES_S[1])
    found.append(notifier.send_due())
    receiver.close()

    assert (found, early) == ([0, 0, 0, 1], 0)
    assert len(receiver.heard) == 3
    assert {headers["webhook-id"] for headers, _ in receiver.heard} == {"msg_1"}
    assert len({body for _, body in receiver.heard}) == 1
    assert state_of(catalog) == {DeliveryState.DELIVERED: 1}


def test_it_is_signed_and_says_nothing_that_anybody_wrote(catalog: Catalog) -> None:
    receiver = Receiver(200)
    Notifier(catalog.notices, settings(receiver.url), clock=Clock()).send_due()
    receiver.close()
    headers, body = receiver.heard[0]

    said = Webhook(SECRET).verify(body, headers)

    assert said == json.loads(body)
    assert said["type"] == "question.answered"
    assert said["data"] == {"question_id": "a-1", "person_id": "s-17", "path": "/questions/a-1"}
    assert "zanzibar" not in body.decode()


def test_a_sender_that_dies_at_work_loses_nothing(catalog: Catalog) -> None:
    clock = Clock()

    def die(_body: bytes, _headers: object) -> int:
        raise KeyboardInterrupt

    dying = Notifier(catalog.notices, settings("http://x"), clock=clock, post=die)
    with pytest.raises(KeyboardInterrupt):
        dying.send_due()
    next_one = Notifier(catalog.notices, settings("http://x"), clock=clock, post=lambda *_: 200)
    while_it_may_still_work = next_one.send_due()
    clock.wait(60)

    assert (while_it_may_still_work, next_one.send_due()) == (0, 1)


def test_after_so_many_tries_it_is_given_up_and_counted(catalog: Catalog) -> None:
    clock = Clock()

    def refuse(_body: bytes, _headers: object) -> int:
        raise httpx.ConnectError("nobody there")

    notifier = Notifier(catalog.notices, settings("http://x", tries=3), clock=clock, post=refuse)
    for _ in range(9):
        notifier.send_due()
        clock.wait(PAUSES_S[-1])

    assert state_of(catalog) == {DeliveryState.GIVEN_UP: 1}


def test_who_wants_nothing_more_is_left_alone(catalog: Catalog) -> None:
    notifier = Notifier(catalog.notices, settings("http://x"), clock=Clock(), post=lambda *_: 410)

    notifier.send_due()

    assert state_of(catalog) == {DeliveryState.GIVEN_UP: 1}


def test_the_signature_is_that_of_the_specification(catalog: Catalog) -> None:
    secret = "whsec_plJ3nmyCDGBKInavdOK15jsl"  # noqa: S105 - of the specification
    body = '{"event_type":"ping","data":{"success":true}}'

    signed = Webhook(secret).sign(
        "msg_loFOjxBNrRLzqYUf", datetime.fromtimestamp(1_731_705_121, UTC), body
    )

    assert signed == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="


@pytest.mark.parametrize("secret", ["", "whsec_", "not base64!", "c2hvcnQ="])
def test_a_secret_that_is_none_is_said_at_the_start(catalog: Catalog, secret: str) -> None:
    with pytest.raises(SettingsError):
        open_notifier(catalog.notices, settings("http://x", secret=secret), clock=lambda: NOW)


def test_without_an_address_nobody_is_told(catalog: Catalog) -> None:
    assert open_notifier(catalog.notices, WebhookSettings(), clock=lambda: NOW) is None
