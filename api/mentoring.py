"""What mentors see: what a student asked, and how useful their own answers were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from api.access import nothing
from api.services import Services
from api.views.places import document_url
from indexer.feedback.inquiries import Deeds, inquiries_of
from schemas.document import Document, ParticipantRole
from schemas.gap import Inquiry
from schemas.identity import Caller, audiences_of
from schemas.ids import DocumentId, PersonId
from schemas.judgment import Verdict
from schemas.question import Question
from schemas.wire import Person
from schemas.wire_mentors import (
    AnswerView,
    AskedKind,
    AskedView,
    StudentQuestions,
    TitleView,
)

N_SEARCHES: Final = 500
"""Of one student: what a mentor reads back is weeks, not years."""
N_QUESTIONS: Final = 50
N_ANSWERS: Final = 200


def asked_by(services: Services, caller: Caller, person_id: str, *, limit: int) -> StudentQuestions:
    """Return what a student asked, for a caller who may know.

    Raises:
        NotFoundError: If nobody of this id has a profile or ever asked anything.
    """
    student = PersonId(person_id)
    profile = services.catalog.profiles.get(student)
    inquiries = _inquiries(services, student)
    questions, _ = services.catalog.questions.page(asker_id=student, per_page=N_QUESTIONS)
    if profile is None and not inquiries and not questions:
        raise nothing()
    titles = _titles(services, caller, inquiries, questions)
    asked = [_search(each, titles) for each in inquiries]
    asked += [_question(each, titles) for each in questions]
    newest = sorted(asked, key=lambda each: each.at, reverse=True)[:limit]
    name = profile.name if profile is not None else ""
    project = profile.project if profile is not None else ""
    return StudentQuestions(student, name, project, tuple(newest))


def answers_of(services: Services, caller: Caller) -> tuple[AnswerView, ...]:
    """Return the documents that the caller answered in, with what people say of them.

    Numbers are told once ``search.shared_query_people`` people have said something.
    """
    documents = services.catalog.documents.by_participant(
        caller.person_id, ParticipantRole.MENTOR, limit=N_ANSWERS
    )
    said = services.catalog.judgments.verdicts([each.id for each in documents])
    least = services.settings.search.shared_query_people
    return tuple(_answer(each, said.get(each.id, {}), least) for each in documents)


def _inquiries(services: Services, student: PersonId) -> list[Inquiry]:
    person = services.pseudonyms.of(student)
    log, judgments = services.catalog.feedback, services.catalog.judgments
    deeds = Deeds(log.events_by(person), judgments.lines_of(student), services.pseudonyms.of)
    return inquiries_of(reversed(log.searches_of(person, limit=N_SEARCHES)), deeds)


def _titles(
    services: Services, caller: Caller, inquiries: Iterable[Inquiry], questions: Iterable[Question]
) -> dict[DocumentId, TitleView]:
    """Return the documents named, of those that the caller may see: the catalog decides."""
    ids = {i for inquiry in inquiries for i in (*inquiry.opened, *inquiry.useful)}
    ids |= {each.document_id for each in questions if each.document_id is not None}
    return {
        id_: TitleView(id_, document.title, document_url(id_))
        for id_, document in services.catalog.documents.get_many(ids).items()
        if caller.audiences & audiences_of(document.visibility, document.participants)
    }


def _search(inquiry: Inquiry, titles: Mapping[DocumentId, TitleView]) -> AskedView:
    return AskedView(
        kind=AskedKind.SEARCH,
        text=inquiry.text,
        at=inquiry.at,
        is_answered=inquiry.is_answered,
        outcome=inquiry.outcome,
        state=None,
        mentor=None,
        opened=_known(inquiry.opened, titles),
        useful=_known(inquiry.useful, titles),
    )


def _question(question: Question, titles: Mapping[DocumentId, TitleView]) -> AskedView:
    mentor = question.mentor_id
    return AskedView(
        kind=AskedKind.QUESTION,
        text=question.text,
        at=question.asked_at,
        is_answered=question.answered_at is not None,
        outcome=None,
        state=question.state,
        mentor=Person(mentor, question.mentor_name) if mentor is not None else None,
        opened=_known((question.document_id,) if question.document_id else (), titles),
        useful=(),
    )


def _known(
    ids: Iterable[DocumentId], titles: Mapping[DocumentId, TitleView]
) -> tuple[TitleView, ...]:
    return tuple(titles[id_] for id_ in ids if id_ in titles)


def _answer(document: Document, said: Mapping[PersonId, Verdict], least: int) -> AnswerView:
    n_useful = sum(verdict is Verdict.USEFUL for verdict in said.values())
    is_told = len(said) >= least
    return AnswerView(
        document_id=document.id,
        title=document.title,
        url=document_url(document.id),
        kind=document.kind,
        created_at=document.created_at,
        n_useful=n_useful if is_told else None,
        n_not_useful=len(said) - n_useful if is_told else None,
    )
