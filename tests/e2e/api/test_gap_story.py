"""A search that nothing answers becomes an answer: the whole way, through a server and a worker."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from fixtures.builders import an_exchange_dict
from fixtures.receiver import Receiver
from fixtures.school import School, until
from tests.e2e.browser.serving import serving

SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode()
QUESTION = "louer une yourte pour un atelier de reliure"
ANSWER = "Une yourte se loue à l'année : demandez à la mairie si l'atelier de reliure y est permis."
WITHIN_S = 60.0


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """The school's own software, which is away when it is called first."""
    opened = Receiver(503, 204)
    yield opened
    opened.close()


@pytest.fixture
def school(models_dir: Path, tmp_path: Path, receiver: Receiver) -> Iterator[School]:
    """A server and its worker, in whose school two mentors answered something."""
    told = {"CORDEE_WEBHOOKS__URL": receiver.url, "CORDEE_WEBHOOKS__SECRET": SECRET}
    with serving(models_dir, tmp_path, **told) as url:
        opened = School(url)
        answered = {"m-claire": "Trouver un local", "m-youssef": "Déclarer la TVA en ligne"}
        jobs = [opened.add(an_answer_of(tmp_path, who, text)) for who, text in answered.items()]
        opened.wait(jobs, seconds=WITHIN_S)
        yield opened


def an_answer_of(home: Path, mentor: str, text: str) -> Path:
    exchange = an_exchange_dict(
        id=f"ex-{mentor}",
        title=text,
        mentor={"id": mentor, "name": mentor},
        tags=[],
        visibility="students",
        anonymised=True,
    )
    exchange["messages"] = [
        {"from": "s-17", "at": "2026-03-02T10:00:00+01:00", "text": text},
        {"from": mentor, "at": "2026-03-02T11:00:00+01:00", "text": f"{text} Oui, commencez."},
    ]
    path = home / f"{mentor}.json"
    path.write_text(json.dumps(exchange, ensure_ascii=False), encoding="utf-8")
    return path


def get(client: httpx.Client, path: str, **params: Any) -> Any:
    return client.get(path, params=params).raise_for_status().json()


def post(client: httpx.Client, path: str, **body: Any) -> Any:
    return client.post(path, json=body).raise_for_status().json()


@pytest.mark.slow
def test_a_question_that_nothing_answered_is_answered_found_and_told(
    school: School, receiver: Receiver
) -> None:
    with (
        school.client(School.LEA) as lea,
        school.client(School.KARIM) as karim,
        school.client(School.CLAIRE) as claire,
    ):
        # The search fails.
        failed = get(lea, "/v1/search", q=QUESTION)
        assert failed["is_doubtful"]
        until(lambda: QUESTION in _gaps(claire, "open"), seconds=WITHIN_S, what="a gap")

        # Nothing is there already; the question is asked and goes to who answered near it.
        assert post(lea, "/v1/questions/check", text=QUESTION)["questions"] == []
        asked = post(lea, "/v1/questions", text=QUESTION, query_id=failed["query_id"])
        question = asked["question"]
        assert (question["state"], question["mentor"]["id"]) == ("assigned", "m-claire")

        # Asked again, it is found; for another student it does not exist.
        again = post(lea, "/v1/questions/check", text=f"{QUESTION} ?")
        assert [each["id"] for each in again["questions"]] == [question["id"]]
        assert post(karim, "/v1/questions/check", text=QUESTION)["questions"] == []

        # It is answered, and ingested by the worker.
        path = f"/v1/questions/{question['id']}"
        post(claire, f"{path}/answer", text=ANSWER)
        until(
            lambda: get(lea, path)["question"]["document"] is not None,
            seconds=WITHIN_S,
            what="the exchange to be published",
        )
        document = get(lea, path)["question"]["document"]

        # The gap is closed.
        until(lambda: QUESTION in _gaps(claire, "answered"), seconds=WITHIN_S, what="its end")
        assert QUESTION not in _gaps(claire, "open")

        # The same search finds it, for who may see it.
        until(
            lambda: _first(lea) == document["document_id"],
            seconds=WITHIN_S,
            what="the same search to find it",
        )
        assert _first(karim) != document["document_id"]

        # The asker is told: here, and where the school's software listens.
        assert get(lea, "/v1/questions")["n_news"] == 1
        until(lambda: len(receiver.heard) >= 2, seconds=WITHIN_S, what="a second try")
        for headers, body in receiver.heard[:2]:
            said = Webhook(SECRET).verify(body, headers)
            assert said["type"] == "question.answered"
            assert said["data"]["question_id"] == question["id"]
            assert said["data"]["person_id"] == School.LEA
            assert "yourte" not in body.decode()


def _first(client: httpx.Client) -> str | None:
    hits = get(client, "/v1/search", q=QUESTION)["hits"]
    return str(hits[0]["document_id"]) if hits else None


def _gaps(client: httpx.Client, state: str) -> set[str]:
    return {gap["name"] for gap in get(client, "/v1/gaps", state=state)["gaps"]}
