"""Replies as clients see them."""

from __future__ import annotations

from api.views.places import place_url
from schemas.document import Document
from schemas.ids import PersonId
from schemas.reply import Reply
from schemas.wire_replies import ReplyPerson, ReplyView


def reply_view(reply: Reply, document: Document) -> ReplyView:
    """Return a reply of a document that its caller may see."""
    return ReplyView(
        question=reply.title,
        question_url=place_url(document.id, reply.question, None),
        answer_url=place_url(document.id, reply.answers[0], None),
        asker=_person(reply.asker_id, document),
        answerer=_person(reply.answerer_id, document),
        asked_at=reply.asked_at or document.created_at,
        topic=reply.topic,
    )


def _person(person_id: PersonId | None, document: Document) -> ReplyPerson | None:
    known = (p for p in document.participants if p.id == person_id)
    return next((ReplyPerson(p.id, p.name, p.role.value) for p in known), None)
