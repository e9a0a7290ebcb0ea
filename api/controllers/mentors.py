"""For mentors: what is asked without an answer, what a student asked, how useful answers were."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from litestar import Router, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, QueryParameter

from api.dependencies import TheCaller, TheServices
from api.guards import require_mentor
from api.mentoring import answers_of, asked_by
from schemas.gap import GapState
from schemas.wire import Problem
from schemas.wire_mentors import AnswerList, GapList, GapView, StudentQuestions, WeekView

MAX_LISTED: Final = 200
_FOR_MENTORS: Final = {
    403: ResponseSpec(Problem, generate_examples=False, description="A student asks.")
}


@get(
    "/gaps",
    sync_to_thread=True,
    guards=[require_mentor],
    responses=_FOR_MENTORS,
    summary="What is asked without an answer",
)
def list_gaps(
    services: TheServices,
    *,
    wanted: Annotated[
        GapState, QueryParameter(name="state", description="Those that wait, or the others.")
    ] = GapState.OPEN,
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_LISTED)] = 50,
) -> GapList:
    """List what people search and find nothing for, most people first; mentors only.

    Searches count that were not sure of an answer or in which nothing helped: nothing was opened,
    it was asked otherwise, it was called not useful. Nobody is told who asked; names, addresses and
    numbers of people are taken out of wordings. A gap is answered once what its searches did not
    show is found useful for it, or a mentor answers a question that came from it.
    """
    report = services.gaps.current(services.clock())
    found = [gap for gap in report.gaps if gap.state is wanted]
    return GapList(
        tuple(msgspec.convert(gap, GapView, from_attributes=True) for gap in found[:limit]),
        len(found),
        tuple(msgspec.convert(week, WeekView, from_attributes=True) for week in report.weeks),
    )


@get(
    "/students/{person_id:str}/questions",
    sync_to_thread=True,
    guards=[require_mentor],
    responses=_FOR_MENTORS,
    summary="What a student asked",
)
def list_student_questions(
    services: TheServices,
    caller: TheCaller,
    person_id: FromPath[str],
    *,
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_LISTED)] = 50,
) -> StudentQuestions:
    """List what a student searched and asked of mentors, the last first; mentors only.

    Each with what came of it: what was opened, what helped, who answered. What was typed on within
    seconds, later pages and repetitions are one.

    Raises:
        NotFoundError: If nobody of this id has a profile or ever asked anything.
    """
    return asked_by(services, caller, person_id, limit=limit)


@get(
    "/answers",
    sync_to_thread=True,
    guards=[require_mentor],
    responses=_FOR_MENTORS,
    summary="How useful my answers were",
)
def list_answers(services: TheServices, caller: TheCaller) -> AnswerList:
    """List documents in which the caller takes part as a mentor, and what people say of them.

    How many is told once several people have said something: fewer could tell who.
    """
    return AnswerList(answers_of(services, caller))


mentors_router = Router(
    "/", route_handlers=[list_gaps, list_student_questions, list_answers], tags=["mentors"]
)
