"""A vote moves a document for who asks the same, within seconds and over HTTP alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from schemas.document import DocumentKind
from schemas.identity import Caller, Role
from schemas.ids import PersonId
from tests.e2e.api.school import KARIM, LEA, School

ASKED: Final = "zostérisation des balcons"
EFFECT_WITHIN_S: Final = 20.0
"""Patience with a busy machine; what it took is a figure of ``benchmarks.usefulness``."""


def search(school: School, who: Caller, q: str = ASKED) -> dict[str, Any]:
    return school.get(who, "/v1/search", q=q)  # type: ignore[no-any-return]


def gain(answer: dict[str, Any], document_id: str) -> float:
    hits = {hit["document_id"]: hit for hit in answer["hits"]}
    return float(hits[document_id]["explanation"]["usefulness"] or 0.0)


def vote(school: School, who: Caller, document_id: str, value: str = "useful") -> None:
    said = {"document_id": document_id, "value": value, "q": ASKED}
    said["query_id"] = search(school, who)["query_id"]
    answer = school.client.post("/v1/judgments", json=said, headers=school.headers(who))
    assert answer.status_code < 300, answer.text


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + EFFECT_WITHIN_S
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_vote_counts_for_others_and_for_other_words_and_is_gone_when_taken_back(
    school: School,
) -> None:
    kind: dict[str, Any] = {"kind": DocumentKind.SHEET}
    text = "La zostérisation des balcons se fait au printemps"
    first, second = (
        school.publish(f"zosterisation:{n}", f"{text}, {n}.", title=f"Balcons {n}", **kind).id
        for n in ("un", "deux")
    )
    before = search(school, KARIM)
    assert [gain(before, each) for each in (first, second)] == [0.0, 0.0]
    last = before["hits"][1]["document_id"]
    assert last in {first, second}

    voters = [Caller(PersonId(f"s-zost-{n}"), Role.STUDENT, "Une") for n in range(5)]
    for who in voters:
        vote(school, who, last)
    wait_until(lambda: gain(search(school, LEA), last) > 0.5)

    after = search(school, KARIM, "balcons : la zostérisation ?")
    assert after["hits"][0]["document_id"] == last
    grounds = {each["code"]: each for each in after["hits"][0]["explanation"]["grounds"]}
    assert (grounds["useful"]["n_people"], grounds["useful"]["n_voters"]) == (5, 5)

    for who in voters:
        vote(school, who, last, "withdrawn")
    wait_until(lambda: gain(search(school, LEA), last) <= 0.0)
    again = search(school, KARIM)
    order = [hit["document_id"] for hit in again["hits"][:2]]
    assert order == [hit["document_id"] for hit in before["hits"][:2]]
    assert "useful" not in {each["code"] for each in again["hits"][1]["explanation"]["grounds"]}
