"""Replies as clients see them: the questions of a conversation with what answers them."""

from __future__ import annotations

from datetime import datetime

import msgspec


class ReplyPerson(msgspec.Struct, frozen=True):
    """Who asks or answers, and as what: ``student``, ``mentor`` or ``speaker``."""

    id: str
    name: str
    role: str


class ReplyView(msgspec.Struct, frozen=True):
    """A question put in an exchange, a call or a thread, and where its answer stands."""

    question: str
    """In short, in the words of who asked."""
    question_url: str
    """Portal address of the place where it is asked."""
    answer_url: str
    asker: ReplyPerson | None
    """``None`` for a voice that nobody named."""
    answerer: ReplyPerson | None
    asked_at: datetime
    """When the message was sent; of speech, when the document began."""
    topic: str | None
    """Tag of what it is about."""


class ReplyList(msgspec.Struct, frozen=True):
    """The replies of one document, in order of their questions."""

    replies: tuple[ReplyView, ...]
