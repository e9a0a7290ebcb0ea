"""Pages about questions to mentors: one's own, asking one, one question, and the mentors' queue."""

from __future__ import annotations

from typing import Final

import msgspec
from litestar import get
from litestar.params import FromPath

from api.access import visible_question
from api.controllers.questions import check
from api.dependencies import TheServices
from api.pages.addresses import SearchAddress
from api.pages.rendering import render_page
from api.pages.visit import AnyRequest, Html, Visit, for_callers, for_mentors
from api.views.questions import question_details, question_views
from indexer.analysis.normalize import well_formed
from schemas.document import Visibility
from schemas.query import MAX_QUERY_CHARS
from schemas.question import (
    MAX_ANSWER_CHARS,
    MAX_DETAILS_CHARS,
    MAX_TEXT_CHARS,
    WAITING,
    QuestionState,
)
from schemas.wire_questions import CheckView

N_LISTED: Final = 50
_STUDENTS: Final = (Visibility.PARTICIPANTS, Visibility.STUDENTS)
_MENTORS: Final = (Visibility.MENTORS, Visibility.STUDENTS)


@get("/questions", include_in_schema=False, sync_to_thread=True)
def show_own_questions(services: TheServices, request: AnyRequest) -> Html:
    """Show what the reader asked, and what is new."""
    return for_callers(services, request, _own)


@get("/questions/new", include_in_schema=False, sync_to_thread=True)
def show_new_question(services: TheServices, request: AnyRequest) -> Html:
    """Show the form that asks, filled in with what was searched."""
    return for_callers(services, request, _new)


@get("/questions/{question_id:str}", include_in_schema=False, sync_to_thread=True)
def show_question(services: TheServices, request: AnyRequest, question_id: FromPath[str]) -> Html:
    """Show a question: to its asker what became of it, to mentors what helps to answer."""
    return for_callers(services, request, lambda visit: _one(visit, question_id))


@get("/console/questions", include_in_schema=False, sync_to_thread=True)
def show_queue(services: TheServices, request: AnyRequest) -> Html:
    """Show what waits for the mentor who looks, and for the others."""
    return for_mentors(services, request, _queue)


asking_handlers: Final = (show_own_questions, show_new_question, show_question, show_queue)


def _own(visit: Visit) -> Html:
    services, _, visitor, caller = visit
    found, total = services.catalog.questions.page(asker_id=caller.person_id, per_page=N_LISTED)
    return render_page(
        "questions/own.html",
        visitor,
        address=SearchAddress(),
        questions=question_views(services, caller, found),
        total=total,
    )


def _new(visit: Visit) -> Html:
    services, request, visitor, caller = visit
    typed = well_formed(str(request.query_params.get("q", "")))[:MAX_QUERY_CHARS]
    text = typed[:MAX_TEXT_CHARS]
    return render_page(
        "questions/new.html",
        visitor,
        address=SearchAddress(),
        text=text,
        details=typed if len(typed) > MAX_TEXT_CHARS else "",
        query_id=str(request.query_params.get("query_id", ""))[:64],
        found=check(services, caller, text) if any(map(str.isalnum, text)) else _NOTHING,
        visibilities=_MENTORS if caller.may_ingest else _STUDENTS,
        max_text=MAX_TEXT_CHARS,
        max_details=MAX_DETAILS_CHARS,
    )


def _one(visit: Visit, question_id: str) -> Html:
    services, _, visitor, caller = visit
    question = visible_question(services, caller, question_id)
    details = question_details(services, caller, question)
    services.catalog.questions.see(question.id, caller.person_id, services.clock())
    is_seen = details.question.has_news
    return render_page(
        "questions/one.html",
        msgspec.structs.replace(visitor, n_news=max(0, visitor.n_news - is_seen)),
        address=SearchAddress(),
        question=details.question,
        steps=details.steps,
        routing=details.routing,
        found=check(services, caller, question.text) if details.question.may_answer else _NOTHING,
        is_free=question.state is QuestionState.OPEN or question.mentor_id != caller.person_id,
        may_act=details.question.is_mine or caller.may_ingest,
        max_answer=MAX_ANSWER_CHARS,
        max_details=MAX_DETAILS_CHARS,
    )


def _queue(visit: Visit) -> Html:
    services, request, visitor, caller = visit
    wanted = str(request.query_params.get("state", ""))
    state = next((each for each in QuestionState if each == wanted), None)
    catalog = services.catalog.questions
    mine, _ = catalog.page(mentor_id=caller.person_id, states=WAITING, per_page=N_LISTED)
    listed, total = catalog.page(states=(state,) if state else WAITING, per_page=N_LISTED)
    own = {each.id for each in mine} if state is None else set()
    return render_page(
        "console/questions.html",
        visitor,
        address=SearchAddress(),
        tab="questions",
        mine=question_views(services, caller, mine) if state is None else (),
        others=question_views(services, caller, [each for each in listed if each.id not in own]),
        total=total,
        states=tuple(QuestionState),
        state=state,
    )


_NOTHING: Final = CheckView((), is_doubtful=False, questions=())
