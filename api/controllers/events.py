"""What is done with hits: told by pages as it happens, believed where the log agrees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from litestar import Router, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from api.dependencies import TheCaller, TheServices
from api.problems import PROBLEM_TYPE
from api.services import Services
from schemas.feedback import Ignored, ReportedEvent
from schemas.identity import Caller
from schemas.ids import DocumentId, PassageId, QueryId
from schemas.passage import Passage
from schemas.span import TimeSpan
from schemas.wire import Problem
from schemas.wire_events import EventRequest, EventsReceipt, EventsRequest

MAX_BODY_BYTES: Final = 16 * 1024
"""Fifty clicks are 8 KB; browsers send no more than 64 KB from a page that is being left."""
_LAST_PASSAGE_ID: Final = 2**63 - 1


@post(
    "/events",
    sync_to_thread=True,
    status_code=202,
    request_max_body_size=MAX_BODY_BYTES,
    responses={
        413: ResponseSpec(
            Problem,
            generate_examples=False,
            description="More than 16 KB.",
            media_type=PROBLEM_TYPE,
        )
    },
    summary="Say what was done with hits",
)
def report_events(
    services: TheServices, caller: TheCaller, data: JSONBody[EventsRequest]
) -> EventsReceipt:
    """Note clicks, plays, dwell and copies of the hits of the caller's own searches.

    What does not belong to one is ignored and counted, and so is what was said before: a hit is
    clicked once, of plays only new stretches count, of dwell half an hour in all. Times and
    positions are the service's own. A page that is being left sends this by
    ``fetch`` with ``keepalive``.
    """
    reported, ignored = _believable(services, caller, data.events)
    recorded = services.feedback.record_events(caller, reported)
    told = _sum(recorded.ignored) + Counter({Ignored.NOT_SHOWN.value: ignored})
    return EventsReceipt(recorded.accepted, {reason: told[reason] for reason in sorted(+told)})


events_router = Router("/", route_handlers=[report_events], tags=["judgments"])


def _believable(
    services: Services, caller: Caller, events: Sequence[EventRequest]
) -> tuple[list[ReportedEvent], int]:
    """Return the events of documents that the caller may see, and how many others there are."""
    ids = {DocumentId(each.document_id) for each in events}
    seen = services.catalog.documents.visible_among(ids, caller.audiences)
    passage_ids = {_passage_id(each) for each in events if each.passage_id is not None}
    passages = services.catalog.passages.get_many(sorted(passage_ids)) if passage_ids else {}
    there = [each for each in events if each.document_id in seen]
    for _ in range(len(events) - len(there)):
        services.feedback.ignore_event(Ignored.NOT_SHOWN)
    return [_reported(each, passages) for each in there], len(events) - len(there)


def _reported(event: EventRequest, passages: Mapping[PassageId, Passage]) -> ReportedEvent:
    passage = passages.get(_passage_id(event)) if event.passage_id is not None else None
    is_own = passage is not None and passage.document_id == event.document_id
    return ReportedEvent(
        query_id=QueryId(event.query_id),
        document_id=DocumentId(event.document_id),
        action=event.action,
        passage=passage.ordinal if passage is not None and is_own else None,
        dwell_ms=event.dwell_ms,
        spans=tuple(TimeSpan(span.start_ms, span.end_ms) for span in event.spans),
    )


def _passage_id(event: EventRequest) -> PassageId:
    return PassageId(min(int(event.passage_id or 0), _LAST_PASSAGE_ID))


def _sum(ignored: Mapping[Ignored, int]) -> Counter[str]:
    told: Counter[str] = Counter()
    for reason, n in ignored.items():
        # Whether somebody else's search has this id is nobody's business.
        known = Ignored.UNKNOWN_QUERY if reason is Ignored.OTHER_PERSON else reason
        told[known.value] += n
    return told
