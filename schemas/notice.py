"""What the school's own software is told, by webhook."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

NoticeId = NewType("NoticeId", str)
"""``webhook-id``: the same one at every try, so that a receiver can drop doubles."""


class NoticeType(StrEnum):
    """What happened."""

    ASSIGNED = "question.assigned"
    ANSWERED = "question.answered"
    CLOSED = "question.closed"


class DeliveryState(StrEnum):
    """What became of a notice."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given-up"


class Notice(msgspec.Struct, frozen=True):
    """Something to tell: ids and an address, never what anybody wrote."""

    id: NoticeId
    type: NoticeType
    question_id: str
    person_id: str
    """Who is to be told."""
    at: datetime


class Delivery(msgspec.Struct, frozen=True):
    """A notice on its way."""

    notice: Notice
    n_tries: int
    due_at: datetime
    """When it is tried next."""
