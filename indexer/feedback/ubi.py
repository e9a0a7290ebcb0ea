"""Lines of the log as rows of User Behavior Insights 1.3 (https://github.com/o19s/ubi).

Its two JSON schemas (``query.request`` and ``event``) give the names; what they call optional and
the log does not have is left out, and what the log has beyond them stands under the attributes,
where they allow more. Persons stand there under their pseudonyms, and remarks not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from schemas.feedback import Action, LoggedEvent, LoggedSearch, ShownHit
from schemas.judgment import Judgment

Row = dict[str, Any]

OBJECT_ID_FIELD: Final = "document_id"
IMPRESSION: Final = "impression"
VOTE: Final = "vote"
ACTION_NAMES: Final = {
    Action.CLICK: "click",
    Action.PLAY: "watch",
    Action.DWELL: "view",
    Action.COPY: "copy",
}
"""The common names of UBI, where it has one."""


def query_row(search: LoggedSearch) -> Row:
    """Return a search as a row of ``ubi_queries``."""
    return {
        "application": search.surface.value,
        "query_id": search.query_id,
        "client_id": search.person,
        "user_query": search.text,
        "query_attributes": {
            "role": search.role.value,
            "phrasing": search.phrasing,
            "profile": search.profile,
            "experiment": search.experiment,
            "page": search.page,
            "total": search.total,
            "confidence": search.confidence,
            "is_doubtful": search.is_doubtful,
            "is_filtered": search.is_filtered,
        },
        "object_id_field": OBJECT_ID_FIELD,
        "timestamp": _time(search.at),
        "query_response_id": search.query_id,
        "query_response_hit_ids": [hit.document_id for hit in search.hits],
    }


def impression_rows(search: LoggedSearch) -> Iterator[Row]:
    """Yield what a search showed as rows of ``ubi_events``."""
    for hit in search.hits:
        yield _event_row(search, hit, IMPRESSION, search.at, message_type="IMPRESSION")


def event_row(event: LoggedEvent, search: LoggedSearch, hit: ShownHit) -> Row:
    """Return something done with a hit as a row of ``ubi_events``."""
    name = ACTION_NAMES[event.action]
    row = _event_row(search, hit, name, event.at, message_type="ENGAGEMENT")
    row["event_attributes"] |= {
        "passage": event.passage,
        "dwell_ms": event.dwell_ms if event.action is Action.DWELL else None,
        "spans": [{"start_ms": span.start_ms, "end_ms": span.end_ms} for span in event.spans],
    }
    return row


def vote_row(vote: Judgment, search: LoggedSearch, hit: ShownHit) -> Row:
    """Return what was said of a hit as a row of ``ubi_events``; the remark stays behind."""
    row = _event_row(search, hit, VOTE, vote.judged_at, message_type="JUDGMENT")
    row["message"] = vote.value.value
    row["event_attributes"] |= {
        "passage": vote.passage,
        "reason": vote.reason.value if vote.reason is not None else None,
    }
    return row


def hit_of(search: LoggedSearch, document_id: str) -> ShownHit | None:
    """Return the hit of a document in a search; ``None`` where it did not show it."""
    return next((hit for hit in search.hits if hit.document_id == document_id), None)


def _event_row(
    search: LoggedSearch, hit: ShownHit, name: str, at: datetime, *, message_type: str
) -> Row:
    return {
        "application": search.surface.value,
        "action_name": name,
        "query_id": search.query_id,
        "client_id": search.person,
        "user_id": search.person,
        "timestamp": _time(at),
        "message_type": message_type,
        "message": None,
        "event_attributes": {
            "object": {
                "object_id": hit.document_id,
                "object_id_type": hit.kind,
                "object_id_field": OBJECT_ID_FIELD,
            },
            "position": {"ordinal": hit.position},
            "team": hit.team or None,
            "passage": None,
            "dwell_ms": None,
            "spans": [],
            "reason": None,
        },
    }


def _time(at: datetime) -> str:
    """Return a time as UBI wants it: ISO 8601 with its zone."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
