"""Questions as clients see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.services import Services
from api.views.places import document_url
from schemas.document import Document
from schemas.identity import Caller, audiences_of
from schemas.ids import DocumentId, PersonId
from schemas.question import Question, Step, StepKind, may_see_words
from schemas.wire import Person
from schemas.wire_questions import (
    AnswerDocument,
    QuestionDetails,
    QuestionView,
    RoutingView,
    StepView,
)

Documents = Mapping[DocumentId, Document]


def question_url(question_id: str) -> str:
    """Return the address of a question in the portal."""
    return f"/questions/{question_id}"


def question_views(
    services: Services, caller: Caller, questions: Sequence[Question]
) -> tuple[QuestionView, ...]:
    """Return questions that the caller may see, each with what of it is for the caller."""
    ids = {i for each in questions for i in (each.document_id, each.linked_id) if i is not None}
    documents = _seen(services, caller, ids)
    return tuple(_view(caller, each, documents) for each in questions)


def question_view(services: Services, caller: Caller, question: Question) -> QuestionView:
    """Return one question that the caller may see."""
    return question_views(services, caller, [question])[0]


def question_details(services: Services, caller: Caller, question: Question) -> QuestionDetails:
    """Return a question that the caller may see, with its history."""
    view = question_view(services, caller, question)
    if not may_see_words(caller, question):
        return QuestionDetails(view, (), None)
    steps = services.catalog.questions.steps(question.id)
    routing = _routing(services, caller, steps) if caller.may_ingest else None
    return QuestionDetails(view, tuple(_step(each) for each in steps), routing)


def _view(caller: Caller, question: Question, documents: Documents) -> QuestionView:
    is_mine = question.asker_id == caller.person_id
    has_words = may_see_words(caller, question)
    is_answered = question.answered_at is not None
    return QuestionView(
        id=question.id,
        url=question_url(question.id),
        text=question.text,
        details=question.details if has_words else None,
        asker=_person(question.asker_id, question.asker_name) if has_words else None,
        is_mine=is_mine,
        visibility=question.visibility,
        state=question.state,
        asked_at=question.asked_at,
        mentor=_person(question.mentor_id, question.mentor_name),
        answered_at=question.answered_at,
        answer=question.answer if has_words and is_answered else None,
        document=_document(question.document_id, documents),
        linked=_document(question.linked_id, documents),
        has_news=is_mine and question.has_news,
        may_answer=caller.may_ingest and not is_mine and question.is_waiting,
    )


def _step(step: Step) -> StepView:
    return StepView(
        kind=step.kind,
        at=step.at,
        person=_person(step.person_id, step.person_name),
        mentor=_person(step.mentor_id, step.mentor_name),
        text=step.text,
    )


def _routing(services: Services, caller: Caller, steps: Sequence[Step]) -> RoutingView | None:
    routed = [each for each in steps if each.kind is StepKind.ROUTED and each.suitor]
    if not routed or (suitor := routed[-1].suitor) is None:
        return None
    mentor = _person(routed[-1].mentor_id, routed[-1].mentor_name)
    if mentor is None:
        return None
    documents = _seen(services, caller, {each.document_id for each in suitor.evidence})
    n_useful = sum(each.n_useful for each in suitor.evidence)
    may_tell = n_useful >= services.settings.search.shared_query_people
    shown = (_document(each.document_id, documents) for each in suitor.evidence)
    return RoutingView(
        mentor=mentor,
        documents=tuple(each for each in shown if each is not None),
        n_useful=n_useful if may_tell else None,
        n_waiting=suitor.n_waiting,
    )


def _seen(services: Services, caller: Caller, ids: set[DocumentId]) -> Documents:
    found = services.catalog.documents.get_many(ids) if ids else {}
    return {
        id_: document
        for id_, document in found.items()
        if audiences_of(document.visibility, document.participants) & caller.audiences
    }


def _document(document_id: DocumentId | None, documents: Documents) -> AnswerDocument | None:
    document = documents.get(document_id) if document_id is not None else None
    if document is None:
        return None
    return AnswerDocument(document.id, document.title, document_url(document.id))


def _person(person_id: PersonId | None, name: str) -> Person | None:
    return Person(person_id, name or person_id) if person_id is not None else None
