"""An answered question as an exchange JSON: what a school's own software would send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from indexer.intake import SubmissionOptions
from schemas.document import DocumentKind
from schemas.identity import Role
from schemas.ids import DocumentId, PersonId, QuestionId, document_id_for
from schemas.question import Question, Step, StepKind
from schemas.sharing import QUESTION_PREFIX


def source_of(question_id: QuestionId) -> str:
    """Return where the exchange of a question lives: another answer replaces it."""
    return f"{QUESTION_PREFIX}{question_id}"


def exchange_id(question_id: QuestionId) -> DocumentId:
    """Return the id that the exchange has once it is published."""
    return document_id_for(source_of(question_id))


def options_of(question: Question) -> SubmissionOptions:
    """Return what is said of the bytes: private unless the asker chose otherwise."""
    return SubmissionOptions(
        source=source_of(question.id), kind=DocumentKind.EXCHANGE, visibility=question.visibility
    )


def exchange_json(question: Question, steps: Sequence[Step]) -> bytes:
    """Return question and answers as messages in order of time (docs/formats.md).

    A student and one mentor are an exchange; with several mentors, or a mentor who asks, it has
    the form of a thread. The same history gives the same bytes.
    """
    messages = list(_messages(question, steps))
    names = {question.asker_id: question.asker_name}
    for step in steps:
        if step.kind is StepKind.ANSWERED and step.person_id is not None:
            names[step.person_id] = step.person_name
    _, *mentors = [{"id": i, "name": name or i} for i, name in names.items()]
    asker = {"id": question.asker_id, "name": question.asker_name or question.asker_id}
    content: dict[str, Any] = {
        "id": question.id,
        "title": question.text,
        "started_at": question.asked_at,
        "visibility": question.visibility,
        "messages": messages,
    }
    is_pair = question.asker_role is Role.STUDENT and len(mentors) == 1
    if is_pair:
        content |= {"kind": "exchange", "student": asker, "mentor": mentors[0]}
    else:
        role = "student" if question.asker_role is Role.STUDENT else "mentor"
        authors = [asker | {"role": role}, *(each | {"role": "mentor"} for each in mentors)]
        content |= {"kind": "thread", "authors": authors}
    return msgspec.json.encode(content)


def _messages(question: Question, steps: Sequence[Step]) -> Iterator[dict[str, Any]]:
    first = "\n\n".join(part for part in (question.text, question.details) if part)
    yield _message(0, question.asker_id, question.asked_at, first)
    for n, step in enumerate(steps, 1):
        is_said = step.kind in {StepKind.ANSWERED, StepKind.REOPENED} and step.text
        if is_said and step.person_id is not None:
            yield _message(n, step.person_id, step.at, step.text)


def _message(n: int, sender: PersonId, at: datetime, text: str) -> dict[str, Any]:
    return {"id": str(n), "from": sender, "at": at, "text": text}
