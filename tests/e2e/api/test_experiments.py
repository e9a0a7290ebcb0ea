"""Experiments over HTTP: who starts them, what a search then shows, what they say."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from httpx import Response

from api.guards import SESSION_COOKIE
from api.pages.experiments import draw
from fixtures.builders import a_made_profile
from indexer.feedback.referee import Referee
from indexer.feedback.tally import SETTLES_AFTER
from schemas.identity import Caller, Role
from schemas.ids import PersonId
from schemas.wire_experiments import ExperimentResult
from tests.e2e.api.school import ADMIN, CLAIRE, KARIM, LEA, School

PATH = "/v1/experiments"
SOON_S = 20.0  # two seconds are promised; a busy machine may be slower


@pytest.fixture(autouse=True)
def _as_it_was(school: School) -> Iterator[None]:
    """Stop what a test has started: the school is shared."""
    yield
    for each in school.get(ADMIN, PATH)["experiments"]:
        if each["stopped_at"] is None:
            stop(school, ADMIN, each["name"])


@pytest.fixture(scope="module", autouse=True)
def _filled(school: School) -> None:
    for n in range(6):
        text = " ".join(["sablier"] * (n + 1)) + f" numéro {n} sur l’étagère {n}"
        school.publish(f"experiment:{n}", text, title=f"Objet {n}")


@pytest.fixture
def challenger(school: School) -> str:
    weights = {"lexical": -1.0, "dense": -1.0, "second": 0.0}
    made = a_made_profile(name=f"upside-down-{time.monotonic_ns()}", weights=weights)
    return school.services.catalog.rankings.add(made).key


def start(school: School, who: Caller, **changes: object) -> Response:
    wanted = {"name": f"try-{time.monotonic_ns()}", "challenger": "v1", "share": 1.0} | changes
    return school.client.post(PATH, json=wanted, headers=school.headers(who))


def stop(school: School, who: Caller, name: str) -> Response:
    return school.client.post(f"{PATH}/{name}/stop", json={}, headers=school.headers(who))


def page_of(school: School, who: Caller) -> Response:
    headers = {"Cookie": f"{SESSION_COOKIE}={school.token(who)}", "Accept": "text/html"}
    return school.client.get("/console/experiments", headers=headers)


def until_mixed(school: School, name: str, text: str) -> Any:
    end = time.monotonic() + SOON_S
    while time.monotonic() < end:
        found = school.get(LEA, "/v1/search", q=text)
        school.services.feedback.flush()
        logged = school.services.catalog.feedback.search(found["query_id"])
        if logged is not None and logged.experiment == name:
            return logged
        time.sleep(0.5)
    raise AssertionError("The experiment did not reach searches.")


@pytest.mark.parametrize("who", [LEA, CLAIRE], ids=lambda who: who.role)
def test_only_administrators_experiment(school: School, who: Caller) -> None:
    answers = [
        start(school, who),
        stop(school, who, "any"),
        school.client.get(PATH, headers=school.headers(who)),
    ]

    assert [answer.status_code for answer in answers] == [403] * 3


def test_an_experiment_starts_runs_alone_and_stops(school: School) -> None:
    started = start(school, ADMIN)
    second = start(school, ADMIN)
    name = started.json()["name"]
    stopped = stop(school, ADMIN, name)
    again = start(school, ADMIN, name=name)

    assert started.status_code == 201
    assert (started.json()["champion"], started.json()["challenger"]) == ("default@4", "v1@1")
    assert (started.json()["result"], started.json()["stopped_at"]) == (None, None)
    assert (second.status_code, again.status_code) == (409, 409)
    assert stopped.json()["reason"] == "stopped by hand"
    assert school.get(ADMIN, PATH)["experiments"][0]["name"] == name


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"challenger": "no-such"}, 404),
        ({"challenger": "default"}, 422),
        ({"share": 0}, 422),
        ({"share": 1.5}, 422),
        ({"name": "Pas Bon"}, 422),
        ({"surprise": 1}, 422),
    ],
    ids=str,
)
def test_what_cannot_be_tried_is_refused(
    school: School, changes: dict[str, object], status: int
) -> None:
    assert start(school, ADMIN, **changes).status_code in {status, 400}


def test_a_mixed_page_is_logged_with_its_teams_and_looks_like_any_other(
    school: School, challenger: str
) -> None:
    name = start(school, ADMIN, challenger=challenger).json()["name"]
    until_mixed(school, name, "sablier numéro")
    shown = school.get(LEA, "/v1/search", q="sablier numéro")
    school.services.feedback.flush()
    # Of this very search: what others clicked in this school may reach the next one.
    logged = school.services.catalog.feedback.search(shown["query_id"])
    of_operators = school.get(ADMIN, "/v1/search", q="sablier numéro")

    assert len(logged.hits) >= 6
    assert logged.profile == "default@4"
    assert {hit.team for hit in logged.hits} >= {"default@4", challenger}
    assert [hit["document_id"] for hit in shown["hits"]] == [h.document_id for h in logged.hits]
    assert not any("team" in hit or "experiment" in shown for hit in shown["hits"])
    assert of_operators["total"] >= shown["total"]


def test_clicks_of_enough_people_are_told_and_a_lost_experiment_stops(
    school: School, challenger: str
) -> None:
    name = start(school, ADMIN, challenger=challenger).json()["name"]
    until_mixed(school, name, "sablier numéro")
    services = school.services
    people = [Caller(PersonId(f"s-many-{n}"), Role.STUDENT, "Une personne") for n in range(12)]
    for text in ("sablier numéro", "sablier étagère", "étagère numéro"):
        for who in people:
            found = school.get(who, "/v1/search", q=text)
            services.feedback.flush()
            logged = services.catalog.feedback.search(found["query_id"])
            won = [hit.document_id for hit in logged.hits if hit.team == "default@4"]
            if won:
                event = {"query_id": found["query_id"], "document_id": won[0], "action": "click"}
                body = {"events": [event]}
                school.client.post("/v1/events", json=body, headers=school.headers(who))
    services.feedback.flush()
    early = next(e for e in school.get(ADMIN, PATH)["experiments"] if e["name"] == name)
    later = services.clock() + SETTLES_AFTER + timedelta(minutes=1)
    referee = Referee(
        services.catalog.rankings,
        services.catalog.feedback,
        services.catalog.judgments,
        pseudonyms=services.pseudonyms,
        clock=lambda: later,
    )
    experiment = next(e for e in services.catalog.rankings.experiments() if e.name == name)
    found, n_waiting = referee.verdict(experiment)
    stopped = referee.look()

    assert early["n_waiting"] >= 12
    assert early["result"] is None
    assert n_waiting == 0
    assert found.n_people == 12
    assert found.losses >= 12
    assert (found.wins, found.delta < 0) == (0, True)
    assert stopped is not None
    assert stopped.name == name
    assert stopped.reason.startswith(f"{challenger} lost")


def test_the_page_shows_every_experiment_to_administrators_only(school: School) -> None:
    name = start(school, ADMIN).json()["name"]
    page = page_of(school, ADMIN)
    refused = [page_of(school, who) for who in (LEA, CLAIRE, KARIM)]

    assert page.status_code == 200
    assert name in page.text
    assert "v1@1" in page.text
    assert [answer.status_code for answer in refused] == [403] * 3


def test_the_drawing_puts_zero_in_the_middle_and_the_interval_around_the_value() -> None:
    result = ExperimentResult(
        n_searches=10,
        n_people=5,
        wins=1,
        losses=6,
        ties=3,
        delta=-0.25,
        low=-0.4,
        high=0.02,
        chance=0.2,
        finding="undecided",
    )
    drawn = draw(result)
    narrow = draw(msgspec.structs.replace(result, delta=0.0, low=-0.001, high=0.001))

    assert drawn.ends[0] <= drawn.low < drawn.delta < drawn.zero < drawn.high < drawn.ends[1]
    assert drawn.zero * 2 == sum(drawn.ends)
    assert (drawn.reach, narrow.reach) == (0.4, 0.05)
