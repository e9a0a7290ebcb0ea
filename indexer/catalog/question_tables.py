"""The tables of questions asked of mentors."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from indexer.catalog.columns import CleanText, MsgspecJson, UtcDateTime
from indexer.catalog.tables import METADATA, POSITION
from schemas.ids import DocumentId
from schemas.question import Suitor

questions = Table(
    "questions",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("asker_id", Text, nullable=False),
    Column("asker_name", CleanText, nullable=False),
    Column("asker_role", String(16), nullable=False),
    Column("text", CleanText, nullable=False),
    Column("text_key", CleanText, nullable=False),
    Column("details", CleanText, nullable=False),
    Column("query_id", String(64), index=True),
    Column("visibility", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("mentor_id", Text),
    Column("mentor_name", CleanText, nullable=False),
    Column("answer", CleanText, nullable=False),
    # No foreign keys: an exchange is named before it is published, and may be deleted later.
    Column("document_id", String(64), index=True),
    Column("linked_id", String(64)),
    Column("answered_at", UtcDateTime),
    Column("news_at", UtcDateTime),
    Column("seen_at", UtcDateTime),
    # What tells whether another question asks the same; empty where no encoder was there.
    Column("encoder", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),  # little-endian float16, L2 norm 1
    Column("near", MsgspecJson(tuple[tuple[DocumentId, float], ...]), nullable=False),
    Index("ix_questions_asker_id_asked_at", "asker_id", "asked_at"),
    Index("ix_questions_state_asked_at", "state", "asked_at"),
    Index("ix_questions_mentor_id_state", "mentor_id", "state"),
)

question_steps = Table(
    "question_steps",
    METADATA,
    Column("line", POSITION, primary_key=True),
    Column(
        "question_id",
        String(64),
        ForeignKey("questions.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("kind", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("person_id", Text),
    Column("person_name", CleanText, nullable=False),
    Column("mentor_id", Text),
    Column("mentor_name", CleanText, nullable=False),
    Column("suitor", MsgspecJson(Suitor)),
    Column("text", CleanText, nullable=False),
    sqlite_autoincrement=True,
)

notices = Table(
    "notices",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("type", String(32), nullable=False),
    Column("question_id", String(64), nullable=False, index=True),
    Column("person_id", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("n_tries", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("last_problem", CleanText, nullable=False),
    Index("ix_notices_state_due_at", "state", "due_at"),
)
