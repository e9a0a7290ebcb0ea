"""What is done with hits, over HTTP: it counts where it belongs to a search, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from indexer.feedback.pseudonyms import open_pseudonyms
from schemas.document import Document, DocumentKind, Visibility
from schemas.feedback import Action, LoggedEvent, LoggedSearch
from schemas.identity import Caller, Role
from schemas.ids import PersonId, QueryId
from schemas.settings import FeedbackSettings
from schemas.span import TimeSpan
from tests.e2e.api.school import ADMIN, CLAIRE, KARIM, LEA, SERVICE, School, open_school


@pytest.fixture(scope="module")
def sheet(school: School) -> Document:
    return published(school, "sheet:done", "Le mot kinshasa aide à fixer ses prix.")


@pytest.fixture
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school in which nobody may do much."""
    limits = FeedbackSettings(searches_per_minute=5, events_per_minute=20, votes_per_minute=30)
    with open_school(tmp_path_factory.mktemp("strict"), feedback=limits) as school:
        yield school


def published(school: School, source: str, text: str, **changes: Any) -> Document:
    how = {"kind": DocumentKind.SHEET, "visibility": Visibility.STUDENTS, "title": source}
    return school.publish(source, text, **(how | changes))


def searched(school: School, who: Caller, q: str = "kinshasa") -> str:
    query_id: str = school.get(who, "/v1/search", q=q)["query_id"]
    return query_id


def report(school: School, who: Caller, *events: dict[str, Any]) -> Any:
    return school.client.post(
        "/v1/events", json={"events": list(events)}, headers=school.headers(who)
    )


def an_event(query_id: str, document: Document, action: str = "click", **more: Any) -> Any:
    return {"query_id": query_id, "document_id": document.id, "action": action} | more


def logged(school: School, query_id: str) -> list[LoggedEvent]:
    assert school.services.feedback.flush()
    return school.services.catalog.feedback.events_of(QueryId(query_id))


def search_of(school: School, query_id: str) -> LoggedSearch | None:
    assert school.services.feedback.flush()
    return school.services.catalog.feedback.search(QueryId(query_id))


def test_a_search_and_what_is_done_with_its_hits_stand_in_the_log(
    school: School, sheet: Document
) -> None:
    query_id = searched(school, LEA)
    passage = school.services.catalog.passages.of_document(sheet.id)[0]

    answer = report(
        school,
        LEA,
        an_event(query_id, sheet, passage_id=str(passage.id)),
        an_event(query_id, sheet, "play", spans=[{"start_ms": 5, "end_ms": 9}, *span(7, 20)]),
        an_event(query_id, sheet, "dwell", dwell_ms=4_000),
        an_event(query_id, sheet, "copy"),
    )

    assert (answer.status_code, answer.json()) == (202, {"accepted": 4, "ignored": {}})
    events = logged(school, query_id)
    assert [each.action for each in events] == [*Action]
    assert events[0].passage == passage.ordinal
    assert events[1].spans == (TimeSpan(5, 20),)
    assert events[2].dwell_ms == 4_000
    search = search_of(school, query_id)
    assert search is not None
    assert search.hits[events[0].position - 1].document_id == sheet.id
    assert search.person == open_pseudonyms(school.services.settings).of(LEA.person_id)
    assert {each.person for each in events} == {search.person}


def span(start_ms: int, end_ms: int) -> list[dict[str, int]]:
    return [{"start_ms": start_ms, "end_ms": end_ms}]


def test_what_a_search_meant_is_kept_with_its_vector(school: School, sheet: Document) -> None:
    query_id = searched(school, LEA, "Combien, à Kinshasa ?")
    search = search_of(school, query_id)
    assert search is not None

    encoder = school.services.settings.models.encoder
    phrasing = school.services.catalog.feedback.phrasings(encoder)[search.phrasing]

    assert (phrasing.text, phrasing.meaning) == ("Combien, à Kinshasa ?", "combien, à kinshasa")
    assert len(phrasing.vector) == 2 * 32


def test_nothing_counts_twice(school: School, sheet: Document) -> None:
    query_id = searched(school, LEA)
    click = an_event(query_id, sheet)

    report(school, LEA, click)
    again = report(school, LEA, click, click)

    assert again.json() == {"accepted": 0, "ignored": {"repeated": 2}}
    assert len(logged(school, query_id)) == 1


def test_only_full_searches_with_a_word_typed_are_logged(school: School, sheet: Document) -> None:
    asked = [
        school.get(LEA, "/v1/search", q="kinshasa", mode="instant"),
        school.get(LEA, "/v1/search", q=" "),
        school.get(LEA, "/v1/search", q="((((*.+)+)+ 🧗"),
    ]
    ahead = {"Sec-Purpose": "prefetch;prerender"}
    before = school.services.feedback.counted()
    school.client.get("/?q=kinshasa", headers=school.headers(LEA) | ahead)
    school.client.get(f"/documents/{sheet.id}?q=kinshasa", headers=school.headers(LEA))
    school.client.get("/", headers=school.headers(LEA))

    assert [search_of(school, each["query_id"]) for each in asked] == [None, None, None]
    assert school.services.feedback.counted() == before


@pytest.mark.parametrize("who", [ADMIN, SERVICE], ids=["admin", "service"])
def test_who_looks_after_the_service_is_not_logged(
    school: School, sheet: Document, who: Caller
) -> None:
    query_id = searched(school, who)

    answer = report(school, who, an_event(query_id, sheet))

    assert answer.json() == {"accepted": 0, "ignored": {"role": 1}}
    assert search_of(school, query_id) is None


def test_several_searches_at_once_are_each_logged(school: School, sheet: Document) -> None:
    body = {"searches": [{"q": "kinshasa"}, {"q": "prix", "kind": ["sheet"]}, {"page": 0}]}
    answer = school.client.post("/v1/multi-search", json=body, headers=school.headers(CLAIRE))
    ids = [each["query_id"] for each in answer.json()["results"] if "query_id" in each]

    found = [search_of(school, each) for each in ids]

    assert [each.is_filtered for each in found if each is not None] == [False, True]


# --- abuse and bad input -----------------------------------------------------------------------


def test_events_of_no_search_of_ones_own_are_ignored_without_a_word_on_whose_it_is(
    school: School, sheet: Document
) -> None:
    karims = searched(school, KARIM)

    answers = [report(school, LEA, an_event(each, sheet)).json() for each in (karims, "q-forged")]

    assert answers == [{"accepted": 0, "ignored": {"unknown-query": 1}}] * 2
    assert logged(school, karims) == []


def test_a_hit_that_was_not_shown_or_may_not_be_seen_any_more_is_ignored_alike(
    school: School, sheet: Document
) -> None:
    hidden = published(school, "sheet:hidden", "Le mot brazzaville aussi.")
    query_id = searched(school, LEA, "brazzaville")
    other = published(school, "sheet:never", "Rien de tout cela : antsirabe.", title="Autre")
    school.services.catalog.documents.set_visibility(hidden.id, Visibility.MENTORS)
    absent = {"query_id": query_id, "document_id": "d-0000", "action": "click"}
    narrow = school.get(LEA, "/v1/search", q="kinshasa", document=sheet.id)["query_id"]

    answer = report(school, LEA, an_event(query_id, hidden), absent, an_event(narrow, other))

    assert answer.json() == {"accepted": 0, "ignored": {"not-shown": 3}}
    assert logged(school, query_id) == logged(school, narrow) == []


@pytest.mark.parametrize(
    ("event", "names"),
    [
        ({"action": "stare"}, "action"),
        ({"query_id": ""}, "query_id"),
        ({"query_id": "a\0b"}, "query_id"),
        ({"document_id": "x" * 65}, "document_id"),
        ({"dwell_ms": -1}, "dwell_ms"),
        ({"spans": [{"start_ms": 1}]}, "spans"),
        ({"spans": [{"start_ms": 0, "end_ms": 1}] * 101}, "spans"),
        ({"passage_id": "x"}, "passage_id"),
        ({"position": 1}, "position"),
        ({"at": "2026-01-01"}, "at"),
    ],
    ids=str,
)
def test_an_event_that_makes_no_sense_is_refused_and_names_the_field(
    school: School, sheet: Document, event: dict[str, Any], names: str
) -> None:
    answer = report(school, LEA, an_event("q-1", sheet) | event)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")
    assert names in answer.json()["detail"]


@pytest.mark.parametrize("n", [0, 51])
def test_a_request_holds_one_to_fifty_events(school: School, sheet: Document, n: int) -> None:
    assert report(school, LEA, *[an_event("q-1", sheet)] * n).status_code == 400


@pytest.mark.parametrize("n_bytes", [20_000, 1_000_000])
def test_an_event_that_is_too_large_is_refused(
    school: School, sheet: Document, n_bytes: int
) -> None:
    answer = report(school, LEA, an_event("q-" + "1" * n_bytes, sheet))

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_nobody_reports_without_signing_in(school: School, sheet: Document) -> None:
    answer = school.client.post("/v1/events", json={"events": [an_event("q-1", sheet)]})

    assert answer.status_code == 401


def test_a_flood_is_refused_or_left_out_and_the_log_stays_whole(strict: School) -> None:
    document = published(strict, "sheet:flood", "Le mot kinshasa.")
    ids = [searched(strict, LEA) for _ in range(9)]
    shown = an_event(ids[0], document, "dwell", dwell_ms=1_000)
    answers = [report(strict, LEA, *[shown] * 10).json() for _ in range(3)]
    body = {"document_id": document.id, "q": "kinshasa", "query_id": ids[0]}
    verdicts = [
        strict.client.post(
            "/v1/judgments",
            json=body | {"value": ("useful", "not_useful")[n % 2]},
            headers=strict.headers(LEA),
        )
        for n in range(300)
    ]

    assert [search_of(strict, each) is not None for each in ids] == [True] * 5 + [False] * 4
    assert [each["accepted"] for each in answers] == [10, 10, 0]
    assert answers[2]["ignored"] == {"flood": 10}
    assert [each.status_code for each in verdicts] == [200] * 30 + [429] * 270
    assert verdicts[-1].json()["code"] == "too-many-requests"
    assert verdicts[-1].headers["retry-after"] == "60"
    kept = strict.services.catalog.judgments.after(0)
    assert [said.value for _, said in kept] == ["useful", "not_useful"] * 15
    figures = strict.client.get("/metrics").text
    assert 'cordee_feedback_ignored_total{part="vote",reason="flood"} 270.0' in figures
    assert 'cordee_feedback_ignored_total{part="search",reason="flood"} 4.0' in figures
    assert searched(strict, KARIM)


def test_a_clock_that_runs_backwards_changes_neither_order_nor_the_last_word(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    times = [datetime.now(UTC)]
    with open_school(tmp_path_factory.mktemp("backwards"), clock=lambda: times[-1]) as school:
        document = published(school, "sheet:backwards", "Le mot kinshasa.")
        query_id = searched(school, LEA)
        body = {"document_id": document.id, "q": "kinshasa", "query_id": query_id}
        for value in ("useful", "not_useful"):
            times.append(times[-1] - timedelta(days=400))
            school.client.post(
                "/v1/judgments", json=body | {"value": value}, headers=school.headers(LEA)
            )
            report(school, LEA, an_event(query_id, document, "dwell", dwell_ms=5_000))
        later = searched(school, LEA)

        [said] = school.get(LEA, "/v1/judgments", document_id=document.id)["judgments"]
        first, second = search_of(school, query_id), search_of(school, later)
        assert said["value"] == "not_useful"
        assert first is not None
        assert second is not None
        assert [each.at for each in logged(school, query_id)] == [first.at] * 2
        assert first.line < second.line


@pytest.mark.parametrize("case", ["not-shown", "other-person", "unknown-query", "no-search"])
def test_a_vote_that_belongs_to_no_search_stays_a_remark_and_teaches_nothing(
    school: School, sheet: Document, case: str
) -> None:
    other = published(school, f"sheet:{case}", "Le mot lubumbashi.")
    query_id = {
        "not-shown": school.get(LEA, "/v1/search", q="kinshasa", document=sheet.id)["query_id"],
        "other-person": searched(school, KARIM, "lubumbashi"),
        "unknown-query": "q-forged",
        "no-search": None,
    }[case]
    before = ignored_votes(school, case)
    body = {"document_id": other.id, "value": "useful", "q": "lubumbashi", "query_id": query_id}

    answer = school.client.post("/v1/judgments", json=body, headers=school.headers(LEA))

    assert answer.status_code == 200
    assert ignored_votes(school, case) == before + 1
    assert school.get(LEA, "/v1/judgments", document_id=other.id)["total"] == 1


def test_what_fewer_than_five_people_say_is_told_to_nobody_else(school: School) -> None:
    document = published(school, "sheet:few-words", "Le mot bujumbura parle de loyers.")
    told = []
    for number in range(5):
        who = Caller(PersonId(f"s-word-{number}"), Role.STUDENT)
        query_id = searched(school, who, "bujumbura")
        body = {"document_id": document.id, "q": "bujumbura", "query_id": query_id}
        school.client.post(
            "/v1/judgments", json=body | {"value": "useful"}, headers=school.headers(who)
        )
        school.services.handle.feedback.catch_up()
        [hit] = [
            each
            for each in school.get(KARIM, "/v1/search", q="bujumbura")["hits"]
            if each["document_id"] == document.id
        ]
        grounds = {each["code"]: each["n_people"] for each in hit["explanation"]["grounds"]}
        told.append((hit["explanation"]["usefulness"] is not None, grounds.get("useful")))

    assert told == [(False, None)] * 4 + [(True, 5)]


def ignored_votes(school: School, reason: str) -> int:
    found = school.services.feedback.ignored()
    return sum(n for (part, why), n in found.items() if (part, why) == ("vote", reason))


def test_a_vote_for_a_document_one_may_not_see_is_as_for_none(school: School) -> None:
    hidden = published(school, "sheet:mentors-only", "Le mot goma.", visibility=Visibility.MENTORS)
    query_id = searched(school, LEA, "goma")
    body = {"document_id": hidden.id, "value": "useful", "q": "goma", "query_id": query_id}
    absent = body | {"document_id": "d-0000"}

    answers = [
        school.client.post("/v1/judgments", json=each, headers=school.headers(LEA))
        for each in (body, absent)
    ]

    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


def test_a_vote_of_ones_own_search_follows_it_in_the_log(school: School, sheet: Document) -> None:
    query_id = searched(school, LEA)
    body = {"document_id": sheet.id, "value": "useful", "q": "kinshasa", "query_id": query_id}

    school.client.post("/v1/judgments", json=body, headers=school.headers(LEA))

    log = school.services.catalog
    assert log.feedback.search(QueryId(query_id)) is not None
    assert log.judgments.after(0)[-1][1].query_id == query_id
