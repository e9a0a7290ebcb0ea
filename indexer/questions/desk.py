"""Asking, routing and answering: what the API's routes and pages share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from indexer.analysis.normalize import query_key, well_formed
from indexer.catalog.catalog import Catalog
from indexer.catalog.questions import Change
from indexer.engine import Engine
from indexer.intake import Intake, receive
from indexer.questions import states
from indexer.questions.exchange import exchange_id, exchange_json, options_of
from indexer.questions.likeness import likeness_of, the_same
from indexer.questions.routing import N_LOOKED_AT, Near, first_free, suitors
from indexer.retrieval.search import rank, search
from schemas.content import Speaker
from schemas.document import Document, ParticipantRole, Visibility
from schemas.errors import ConflictError, InvalidInputError, NotFoundError
from schemas.hit import ResultPage
from schemas.identity import EVERYONE, MENTORS, Caller, Role, audiences_of, person_key
from schemas.ids import PersonId, QueryId, QuestionId, question_id_for
from schemas.query import MAX_QUERY_CHARS, Filter, Query
from schemas.question import WAITING, Question, QuestionState, Step, Suitor
from schemas.settings import Settings

N_ANSWERS: Final = 3
"""Answers shown while somebody types: read before asking, so few."""
N_SAME: Final = 3


class Desk(msgspec.Struct, frozen=True):
    """What questions are handled with."""

    catalog: Catalog
    engine: Engine
    intake: Intake
    settings: Settings
    clock: Callable[[], datetime]


class Draft(msgspec.Struct, frozen=True):
    """What a person is about to ask."""

    text: str
    details: str = ""
    visibility: Visibility = Visibility.PARTICIPANTS
    query_id: QueryId | None = None


class Checked(msgspec.Struct, frozen=True):
    """What there is already."""

    answers: ResultPage
    questions: tuple[Question, ...]
    """Without an answer yet, that ask the same, the surest first."""


def check(desk: Desk, caller: Caller, text: str) -> Checked:
    """Return what answers a question already, and who asked the same, of what the caller may see.

    Raises:
        InvalidInputError: If the text is too long.
    """
    asked = well_formed(text)[:MAX_QUERY_CHARS]
    query = Query(asked, Filter(audiences=caller.audiences), per_page=N_ANSWERS)
    answers = search(query, desk.engine)
    waiting = desk.catalog.questions.waiting(caller.person_id, everybody=caller.may_ingest)
    if not waiting or not query_key(asked):
        return Checked(answers, ())
    likeness = likeness_of(asked, desk.engine)
    return Checked(answers, tuple(the_same(asked, likeness, waiting, limit=N_SAME)))


def ask(desk: Desk, caller: Caller, draft: Draft) -> tuple[Question, bool]:
    """Ask a question and give it to a mentor; return it, and whether it is new.

    The same words of the same person within a minute are one question. Where no mentor answered
    anything near it, or those who did have enough, it stays open for all of them.

    Raises:
        InvalidInputError: If there is no word in it, or the asker could not see the answer.
        ConflictError: If the asker has as many questions without an answer as the settings allow.
    """
    text = " ".join(well_formed(draft.text).split())
    if not any(map(str.isalnum, text)):
        raise InvalidInputError("text: there is no word in it.")
    if draft.visibility is Visibility.MENTORS and MENTORS not in caller.audiences:
        raise InvalidInputError(
            "visibility: with mentors you could not read the answer yourself; participants shows "
            "it to you and the mentors."
        )
    most = desk.settings.questions.most_asked
    if desk.catalog.questions.page(asker_id=caller.person_id, states=WAITING)[1] >= most:
        raise ConflictError(f"You have {most} questions without an answer: close one first.")
    now = desk.clock()
    question = Question(
        id=question_id_for(caller.person_id, query_key(text), now),
        asker_id=caller.person_id,
        asker_name=caller.name,
        asker_role=caller.role,
        text=text,
        details=paragraphs(draft.details),
        query_id=draft.query_id,
        visibility=draft.visibility,
        state=QuestionState.OPEN,
        asked_at=now,
    )
    began = states.asked(question)
    chosen = route(desk, question)
    if chosen is not None:
        began = states.routed(began, *chosen)
    return desk.catalog.questions.ask(began, likeness_of(text, desk.engine))


def route(desk: Desk, question: Question) -> tuple[Suitor, Speaker] | None:
    """Return the mentor for a question, and why; ``None`` where nobody is free."""
    everything = Filter(audiences=frozenset({EVERYONE, MENTORS}))
    ranked = rank(Query(question.text[:MAX_QUERY_CHARS], everything), desk.engine).documents
    scores = {each.document.document_id: each.document.score for each in ranked[:N_LOOKED_AT]}
    documents = desk.catalog.documents.get_many(scores)
    near = [Near(documents[i], score) for i, score in scores.items() if i in documents]
    found = suitors(
        near,
        desk.catalog.judgments.last_words(documents.keys()),
        desk.catalog.questions.n_waiting(),
        never={question.asker_id},
    )
    chosen = first_free(found, most_waiting=desk.settings.questions.most_waiting)
    return (chosen, _named(chosen.mentor_id, [each.document for each in near])) if chosen else None


def assign(
    desk: Desk, caller: Caller, question_id: QuestionId, mentor_id: PersonId | None
) -> Question:
    """Give a question to a mentor, to the caller say; ``None`` gives it back to all of them.

    Raises:
        NotFoundError: If there is no such question, or no such mentor.
        ConflictError: If it waits for nobody.
    """
    act = _act(desk, caller)
    if mentor_id is None:
        return desk.catalog.questions.change(question_id, lambda q, _: states.released(q, act))
    mentor = Speaker(mentor_id, caller.name)
    if mentor_id != caller.person_id:
        known = desk.catalog.documents.mentors(caller.audiences).get(mentor_id)
        if known is None:
            raise NotFoundError("There is no such mentor.")
        mentor = known
    return desk.catalog.questions.change(
        question_id, lambda q, steps: states.taken(q, steps, act, mentor)
    )


def answer(
    desk: Desk,
    caller: Caller,
    question: Question,
    *,
    text: str,
    linked: Document | None = None,
) -> Question:
    """Answer a question: the words become an exchange, which is ingested like any other.

    Answering again with the same words is answering once; it sends the exchange again, should it
    have been lost on its way.

    Args:
        desk: What questions are handled with.
        caller: A mentor.
        question: As the caller saw it.
        text: Plain paragraphs; empty where the document says everything.
        linked: A document that answers, or that the answer points to; the caller may see it.

    Raises:
        InvalidInputError: If there is neither, or who asked may not see the document.
        ConflictError: If it was answered otherwise, or is closed.
    """
    words = paragraphs(text)
    if not words and linked is None:
        raise InvalidInputError("text: write an answer, or name a document that answers.")
    if linked is not None and not _may_all_see(question, linked):
        raise InvalidInputError("document_id: who asked may not see this document.")
    document_id = exchange_id(question.id) if words or linked is None else linked.id
    act = _act(desk, caller)

    def decide(known: Question, steps: Sequence[Step]) -> Change:
        return states.answered(
            known,
            steps,
            act,
            text=words,
            document_id=document_id,
            linked_id=linked.id if words and linked else None,
        )

    done = desk.catalog.questions.change(question.id, decide)
    if words:
        send_exchange(desk, done)
    return done


def send_exchange(desk: Desk, question: Question) -> None:
    """Take the exchange of an answered question in; one that is here already is left as it is."""
    receive(
        desk.intake,
        exchange_json(question, desk.catalog.questions.steps(question.id)),
        filename=f"{question.id}.json",
        options=options_of(question),
        uploaded_by=question.mentor_id,
    )


def close(desk: Desk, caller: Caller, question_id: QuestionId) -> Question:
    """Wait for an answer no longer."""
    act = _act(desk, caller)
    return desk.catalog.questions.change(question_id, lambda q, steps: states.closed(q, steps, act))


def reopen(desk: Desk, caller: Caller, question_id: QuestionId, text: str = "") -> Question:
    """Wait for an answer again; the asker may say what is missing."""
    act, words = _act(desk, caller), paragraphs(text)
    return desk.catalog.questions.change(question_id, lambda q, _: states.reopened(q, act, words))


def paragraphs(text: str) -> str:
    """Return plain paragraphs: lines trimmed, one empty line between paragraphs at most."""
    kept: list[str] = []
    for line in text.splitlines():
        words = " ".join(well_formed(line).split())
        if words or (kept and kept[-1]):
            kept.append(words)
    return "\n".join(kept).strip()


def _act(desk: Desk, caller: Caller) -> states.Act:
    return states.Act(caller, desk.clock(), tells=bool(desk.settings.webhooks.url))


def _may_all_see(question: Question, document: Document) -> bool:
    """Tell whether everybody who is to read the answer may see a document."""
    keys = audiences_of(document.visibility, document.participants)
    match question.visibility:
        case Visibility.STUDENTS:
            return EVERYONE in keys
        case Visibility.MENTORS:
            return MENTORS in keys
        case Visibility.PARTICIPANTS if question.asker_role is Role.STUDENT:
            return not keys.isdisjoint({EVERYONE, person_key(question.asker_id)})
        case Visibility.PARTICIPANTS:
            return MENTORS in keys


def _named(mentor_id: PersonId, documents: Sequence[Document]) -> Speaker:
    """Return a mentor by the name that the nearest of their documents has."""
    return next(
        Speaker(each.id, each.name)
        for document in documents
        for each in document.participants
        if each.id == mentor_id and each.role is ParticipantRole.MENTOR
    )
