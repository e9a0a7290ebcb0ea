"""Asking a mentor what no document answers."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from api.access import visible_document, visible_question
from api.dependencies import TheCaller, TheServices
from api.services import Services
from api.views.questions import question_details, question_url, question_view, question_views
from api.views.search import search_response, unnamed_people
from indexer.questions import desk
from schemas.errors import ForbiddenError
from schemas.identity import Caller
from schemas.ids import PersonId, QueryId
from schemas.query import MAX_PAGE, MAX_PER_PAGE
from schemas.question import Question, QuestionState
from schemas.wire import Problem, SearchRequest
from schemas.wire_questions import (
    AnswerRequest,
    AssignRequest,
    CheckRequest,
    CheckView,
    QuestionDetails,
    QuestionList,
    QuestionReceipt,
    QuestionRequest,
    QuestionView,
    ReopenRequest,
)

_CONFLICT = {
    409: ResponseSpec(Problem, generate_examples=False, description="Its state is another one.")
}


@post("/questions/check", sync_to_thread=True, status_code=200, summary="What there is already")
def check_question(
    services: TheServices, caller: TheCaller, data: JSONBody[CheckRequest]
) -> CheckView:
    """Show what answers a question that is being typed, and who asked the same.

    Both of what the caller may see: their own questions and those shared with students, for
    mentors all. Nothing is kept.
    """
    return check(services, caller, data.text)


@post(
    "/questions",
    sync_to_thread=True,
    responses={
        409: ResponseSpec(Problem, generate_examples=False, description="Too many wait already.")
    },
    summary="Ask a mentor",
)
def ask_question(
    services: TheServices, caller: TheCaller, data: JSONBody[QuestionRequest]
) -> Response[QuestionReceipt]:
    """Ask a question; it goes to the mentor who answered best near it, or stays open for all.

    The same words again within a minute give the same question.

    Raises:
        InvalidInputError: If there is no word in it, or the asker could not read the answer.
        ConflictError: If the caller has too many questions without an answer.
    """
    draft = desk.Draft(
        data.text, data.details, data.visibility, _own_search(services, caller, data.query_id)
    )
    question, is_new = desk.ask(services.desk, caller, draft)
    receipt = QuestionReceipt(question_view(services, caller, question), is_new)
    location = f"/v1{question_url(question.id)}"
    return Response(receipt, status_code=201, headers={"Location": location})


@get("/questions", sync_to_thread=True, summary="Questions")
def list_questions(
    services: TheServices,
    caller: TheCaller,
    *,
    states: Annotated[
        list[QuestionState] | None, QueryParameter(name="state", description="Repeat for several.")
    ] = None,
    mentor: Annotated[
        str | None, QueryParameter(max_length=64, description="Only of this mentor.")
    ] = None,
    page: Annotated[int, QueryParameter(ge=1, le=MAX_PAGE)] = 1,
    per_page: Annotated[int, QueryParameter(ge=1, le=MAX_PER_PAGE)] = 20,
) -> QuestionList:
    """List the caller's own questions; for mentors, everybody's.

    Those that wait come first, the longest wait before all; then the others, the last one first.
    """
    found, total = services.catalog.questions.page(
        asker_id=None if caller.may_ingest else caller.person_id,
        mentor_id=PersonId(mentor) if mentor is not None else None,
        states=states or (),
        page=page,
        per_page=per_page,
    )
    return QuestionList(
        question_views(services, caller, found),
        total,
        page,
        per_page,
        services.catalog.questions.n_news(caller.person_id),
    )


@get("/questions/{question_id:str}", sync_to_thread=True, summary="A question")
def get_question(
    services: TheServices, caller: TheCaller, question_id: FromPath[str]
) -> QuestionDetails:
    """Return a question with its history; the asker has not seen it by that.

    Raises:
        NotFoundError: If there is none, or none that the caller may see.
    """
    return question_details(services, caller, visible_question(services, caller, question_id))


@post(
    "/questions/{question_id:str}/seen",
    sync_to_thread=True,
    status_code=204,
    summary="Say that it was seen",
)
def see_question(services: TheServices, caller: TheCaller, question_id: FromPath[str]) -> None:
    """Take the news off a question of the caller's own; anybody else's look changes nothing."""
    question = visible_question(services, caller, question_id)
    services.catalog.questions.see(question.id, caller.person_id, services.clock())


@post(
    "/questions/{question_id:str}/assign",
    sync_to_thread=True,
    status_code=200,
    responses=_CONFLICT,
    summary="Give a question to a mentor",
)
def assign_question(
    services: TheServices,
    caller: TheCaller,
    question_id: FromPath[str],
    data: JSONBody[AssignRequest],
) -> QuestionView:
    """Take a question, hand it to another mentor, or give it back to all of them.

    Raises:
        NotFoundError: If there is no such question, or no such mentor.
        ForbiddenError: If the caller is no mentor, or the mentor is who asks.
        ConflictError: If it waits for nobody.
    """
    question = _of_mentors(services, caller, question_id)
    mentor_id = PersonId(data.mentor_id) if data.mentor_id is not None else caller.person_id
    given = desk.assign(services.desk, caller, question.id, None if data.release else mentor_id)
    return question_view(services, caller, given)


@post(
    "/questions/{question_id:str}/answer",
    sync_to_thread=True,
    status_code=200,
    responses=_CONFLICT,
    summary="Answer a question",
)
def answer_question(
    services: TheServices,
    caller: TheCaller,
    question_id: FromPath[str],
    data: JSONBody[AnswerRequest],
) -> QuestionView:
    """Answer in words, which become an exchange, or by a document; the asker is told.

    The exchange is ingested like any other: a few seconds later searches find it.

    Raises:
        NotFoundError: If there is no such question or document, or the caller may not see it.
        ForbiddenError: If the caller is no mentor, or asked it.
        InvalidInputError: If it says nothing, or names what its readers may not see.
        ConflictError: If it was answered otherwise, or is closed.
    """
    question = _of_mentors(services, caller, question_id)
    linked = visible_document(services, caller, data.document_id) if data.document_id else None
    done = desk.answer(services.desk, caller, question, text=data.text, linked=linked)
    return question_view(services, caller, done)


@post(
    "/questions/{question_id:str}/close",
    sync_to_thread=True,
    status_code=200,
    summary="Wait for an answer no longer",
)
def close_question(
    services: TheServices, caller: TheCaller, question_id: FromPath[str]
) -> QuestionView:
    """Close a question; what answers it stays where it is.

    Raises:
        NotFoundError: If there is none, or none that the caller may see.
        ForbiddenError: If the caller neither asked it nor is a mentor.
    """
    question = _of_those(services, caller, question_id)
    return question_view(services, caller, desk.close(services.desk, caller, question.id))


@post(
    "/questions/{question_id:str}/reopen",
    sync_to_thread=True,
    status_code=200,
    summary="Ask again",
)
def reopen_question(
    services: TheServices,
    caller: TheCaller,
    question_id: FromPath[str],
    data: JSONBody[ReopenRequest],
) -> QuestionView:
    """Wait for an answer again, from the mentor who had it; the asker may say what is missing.

    Raises:
        NotFoundError: If there is none, or none that the caller may see.
        ForbiddenError: If the caller neither asked it nor is a mentor, or adds to another's.
    """
    question = _of_those(services, caller, question_id)
    again = desk.reopen(services.desk, caller, question.id, data.text)
    return question_view(services, caller, again)


questions_router = Router(
    "/",
    route_handlers=[
        check_question,
        ask_question,
        list_questions,
        get_question,
        see_question,
        assign_question,
        answer_question,
        close_question,
        reopen_question,
    ],
    tags=["questions"],
)


def check(services: Services, caller: Caller, text: str) -> CheckView:
    """Look for what there is already: what the route and pages share."""
    found = desk.check(services.desk, caller, text)
    request = SearchRequest(q=text, per_page=desk.N_ANSWERS)
    missing = unnamed_people(found.answers)
    people = services.catalog.documents.people(missing) if missing else {}
    shown = search_response(found.answers, request, taxonomy=services.taxonomy, people=people)
    return CheckView(
        shown.hits, found.answers.is_doubtful, question_views(services, caller, found.questions)
    )


def _own_search(services: Services, caller: Caller, query_id: str | None) -> QueryId | None:
    """Return the id of a search that is the caller's own: nobody answers for another's gap."""
    if query_id is None:
        return None
    search = services.catalog.feedback.search(QueryId(query_id))
    person = services.pseudonyms.of(caller.person_id)
    return QueryId(query_id) if search is not None and search.person == person else None


def _of_mentors(services: Services, caller: Caller, question_id: str) -> Question:
    question = visible_question(services, caller, question_id)
    if not caller.may_ingest:
        raise ForbiddenError("Questions are answered by mentors.")
    return question


def _of_those(services: Services, caller: Caller, question_id: str) -> Question:
    question = visible_question(services, caller, question_id)
    if not caller.may_ingest and question.asker_id != caller.person_id:
        raise ForbiddenError("A question is changed by its asker, or by a mentor.")
    return question
