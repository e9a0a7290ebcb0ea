"""A reply: a question that somebody put in an exchange, a call or a thread, and what answers it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec

from schemas.hiding import is_hidden
from schemas.ids import PersonId, TagId
from schemas.span import Locator, MessageSpan, TimeSpan

Turns = MessageSpan | TimeSpan
"""Messages by number, speech by time."""


class Reply(msgspec.Struct, frozen=True):
    """One question of a conversation with its answer; found by machine, anew for each revision.

    A question asked *of the mentors* through the portal is a ``Question`` (schemas/question.py);
    once its answer is an exchange, that exchange holds a reply as any other does.
    """

    ordinal: int
    """Position among the document's replies, from 0, by place of the question."""
    title: str
    """The question in short, in the words of who asked."""
    question: Turns
    answers: tuple[Turns, ...]
    """What answers it, in order of place; what the asker says between two of them is left out."""
    asker_id: PersonId | None
    answerer_id: PersonId | None
    """Who gives the first answer. ``None`` for a voice that nobody named."""
    asked_at: datetime | None = None
    """When the message was sent; ``None`` for speech, which is as old as its document."""
    topic: TagId | None = None
    """What it is about: a topic of the document that question or answer name, else its first."""


def shown_replies(replies: Iterable[Reply], hidden: Collection[Locator]) -> tuple[Reply, ...]:
    """Return the replies without hidden questions and answers; those left without are left out."""
    if not hidden:
        return tuple(replies)
    shown = []
    for reply in replies:
        answers = tuple(a for a in reply.answers if not is_hidden(a, hidden))
        asked = not is_hidden(reply.question, hidden)
        if asked and (answers or not reply.answers):
            # A topic may be named by what is hidden alone.
            is_whole = answers == reply.answers
            topic = reply.topic if is_whole else None
            shown.append(msgspec.structs.replace(reply, answers=answers, topic=topic))
    return tuple(shown)
