"""The log leaves as Parquet that tools for User Behavior Insights 1.3 read."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from fixtures.builders import (
    A_MOMENT,
    AN_ENCODER,
    a_document,
    a_judgment,
    a_search,
    an_event,
    some_passages,
    some_vectors,
)
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.feedback.census import count
from indexer.feedback.export import EVENTS_FILE, QUERIES_FILE, Exported, export
from indexer.feedback.pseudonyms import Pseudonyms
from schemas.document import Document
from schemas.feedback import Action, Surface
from schemas.ids import PersonId, QueryId
from schemas.judgment import Reason, Verdict
from schemas.span import TimeSpan

CAMILLE = PersonId("s-17")
PSEUDONYMS = Pseudonyms("k" * 32)
REMARK = "Un mot qui ne regarde personne."


@pytest.fixture
def sheet() -> Document:
    return a_document("sheet:prix")


@pytest.fixture
def catalog(tmp_path: Path, sheet: Document) -> Any:
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    catalog.publishing.publish(sheet, some_passages(sheet), {AN_ENCODER: some_vectors(3)}, [])
    me = PSEUDONYMS.of(CAMILLE)
    later = A_MOMENT + timedelta(days=2)
    first = a_search(
        "q-1", sheet, person=me, text="Combien ?", surface=Surface.PORTAL, confidence=0.75
    )
    catalog.feedback.append(
        [first, a_search("q-2", sheet, person=me, at=later)],
        events=[
            an_event(first, passage=2),
            an_event(first, action=Action.PLAY, spans=(TimeSpan(5, 900), TimeSpan(1_000, 2_000))),
            an_event(first, action=Action.DWELL, dwell_ms=4_000, at=later),
            an_event(first, action=Action.COPY),
        ],
    )
    said = a_judgment(sheet, person_id=CAMILLE, query_id=QueryId("q-1"), judged_at=A_MOMENT)
    for changes in (
        {"value": Verdict.NOT_USEFUL, "reason": Reason.OUTDATED, "comment": REMARK},
        {"value": Verdict.WITHDRAWN},
        {"query_id": QueryId("q-forged"), "query_text": "Autre"},
        {"query_id": None, "query_text": "Encore une autre"},
        {"person_id": PersonId("s-18")},
    ):
        catalog.judgments.record(type(said)(**(as_dict(said) | changes)))
    yield catalog
    catalog.close()


def as_dict(said: Any) -> dict[str, Any]:
    return {name: getattr(said, name) for name in said.__struct_fields__}


def exported(catalog: Catalog, directory: Path, since: datetime | None = None) -> Exported:
    return export(
        catalog.feedback, catalog.judgments, directory, pseudonym_of=PSEUDONYMS.of, since=since
    )


def rows(directory: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(directory / name).to_pylist()
    return found


def test_every_row_has_what_the_schemas_of_ubi_require(catalog: Catalog, tmp_path: Path) -> None:
    exported(catalog, tmp_path)

    queries, events = rows(tmp_path, QUERIES_FILE), rows(tmp_path, EVENTS_FILE)
    assert {
        "application", "query_id", "client_id", "user_query", "query_attributes",
        "object_id_field", "timestamp", "query_response_id", "query_response_hit_ids",
    } == set(queries[0])  # fmt: skip
    assert {
        "application", "action_name", "query_id", "client_id", "user_id", "timestamp",
        "message_type", "message", "event_attributes",
    } == set(events[0])  # fmt: skip
    for event in events:
        assert len(event["action_name"]) <= 100
        assert datetime.fromisoformat(event["timestamp"]).tzinfo is not None
        assert event["event_attributes"]["position"]["ordinal"] >= 1
        assert event["event_attributes"]["object"]["object_id"].startswith("d-")
    assert pq.read_schema(tmp_path / EVENTS_FILE).metadata[b"ubi"] == b"1.3.0"


def test_searches_impressions_events_and_votes_are_there(
    catalog: Catalog, tmp_path: Path, sheet: Document
) -> None:
    done = exported(catalog, tmp_path)

    assert done == Exported(queries=2, impressions=2, events=4, votes=2, left_out=3)
    [first, _] = rows(tmp_path, QUERIES_FILE)
    assert (first["user_query"], first["application"]) == ("Combien ?", "portal")
    assert first["query_response_hit_ids"] == [sheet.id]
    assert first["query_attributes"]["confidence"] == 0.75
    events = rows(tmp_path, EVENTS_FILE)
    assert [each["action_name"] for each in events] == [
        *["impression"] * 2, "click", "watch", "view", "copy", "vote", "vote",
    ]  # fmt: skip
    click, watch, view, _, against, taken_back = events[2:]
    assert click["event_attributes"]["passage"] == 2
    assert watch["event_attributes"]["spans"] == [
        {"start_ms": 5, "end_ms": 900},
        {"start_ms": 1_000, "end_ms": 2_000},
    ]
    assert view["event_attributes"]["dwell_ms"] == 4_000
    assert (against["message"], against["event_attributes"]["reason"]) == ("not_useful", "outdated")
    assert taken_back["message"] == "withdrawn"


def test_persons_leave_under_pseudonyms_and_remarks_stay(catalog: Catalog, tmp_path: Path) -> None:
    exported(catalog, tmp_path)

    written = str(rows(tmp_path, QUERIES_FILE) + rows(tmp_path, EVENTS_FILE))
    assert CAMILLE not in written
    assert REMARK not in written
    assert {each["client_id"] for each in rows(tmp_path, EVENTS_FILE)} == {PSEUDONYMS.of(CAMILLE)}


def test_only_what_happened_since_then_is_written(catalog: Catalog, tmp_path: Path) -> None:
    done = exported(catalog, tmp_path, A_MOMENT + timedelta(days=1))
    nothing = exported(catalog, tmp_path, A_MOMENT + timedelta(days=9))

    assert done == Exported(queries=1, impressions=1, events=1, votes=0, left_out=0)
    assert nothing == Exported(0, 0, 0, 0, 0)
    assert rows(tmp_path, QUERIES_FILE) == []


def test_an_export_that_breaks_off_leaves_the_files_of_the_last_one(
    catalog: Catalog, tmp_path: Path
) -> None:
    exported(catalog, tmp_path)
    before = (tmp_path / QUERIES_FILE).read_bytes()

    def broken(_: PersonId) -> Any:
        raise OSError("The key is gone.")

    with pytest.raises(OSError, match="key"):
        export(catalog.feedback, catalog.judgments, tmp_path, pseudonym_of=broken)

    assert (tmp_path / QUERIES_FILE).read_bytes() == before
    assert list(tmp_path.glob("*.part")) == []


def test_the_log_is_counted_and_votes_that_do_not_count_by_reason(catalog: Catalog) -> None:
    found = count(catalog.feedback, catalog.judgments, pseudonym_of=PSEUDONYMS.of)

    assert (found.searches, found.people, found.votes) == (2, 1, 2)
    assert found.events == {"click": 1, "copy": 1, "dwell": 1, "play": 1}
    assert found.votes_ignored == {"no-search": 1, "other-person": 1, "unknown-query": 1}
    assert (found.first_at, found.last_at) == (A_MOMENT, A_MOMENT + timedelta(days=2))
