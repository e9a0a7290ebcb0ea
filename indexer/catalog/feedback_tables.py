"""The tables of the usefulness loop: what people say of answers, and what they do with them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from indexer.catalog.columns import CleanText, MsgspecJson, UtcDateTime
from indexer.catalog.tables import METADATA, POSITION, document_key
from schemas.feedback import ShownHit
from schemas.span import TimeSpan

judgments = Table(
    "judgments",
    METADATA,
    Column("id", POSITION, primary_key=True),  # rising: the latest line is the word in force
    Column("person_id", Text, nullable=False, index=True),
    Column("role", String(16), nullable=False),
    document_key(primary=False),
    Column("revision", String(64), nullable=False),
    Column("query_text", CleanText, nullable=False),
    # No index: with every character folded it may exceed what PostgreSQL indexes of a row.
    Column("query_key", CleanText, nullable=False),
    Column("query_id", String(64)),
    Column("passage", Integer),
    Column("value", String(16), nullable=False),
    Column("reason", String(16)),
    Column("comment", CleanText, nullable=False),
    Column("judged_at", UtcDateTime, nullable=False),
    Index("ix_judgments_document_id_person_id", "document_id", "person_id"),
    sqlite_autoincrement=True,
)

searches = Table(
    "searches",
    METADATA,
    Column("line", POSITION, primary_key=True),
    Column("query_id", String(64), nullable=False, unique=True),
    Column("person", String(32), nullable=False),
    Column("role", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("text", CleanText, nullable=False),
    Column("phrasing", String(64), nullable=False, index=True),
    Column("profile", Text, nullable=False),
    # No foreign keys inside: an answer was what it was. Ids alone, which show nothing to anybody.
    Column("hits", MsgspecJson(tuple[ShownHit, ...]), nullable=False),
    Column("page", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("surface", String(16), nullable=False),
    Column("confidence", Float),
    Column("is_doubtful", Boolean, nullable=False),
    Column("is_filtered", Boolean, nullable=False),
    Column("experiment", Text, nullable=False),
    Index("ix_searches_person_at", "person", "at"),
    sqlite_autoincrement=True,
)

phrasings = Table(
    "phrasings",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("encoder", Text, primary_key=True),
    Column("text", CleanText, nullable=False),
    Column("meaning", CleanText, nullable=False),
    Column("vector", LargeBinary, nullable=False),  # little-endian float16, L2 norm 1
)

search_events = Table(
    "search_events",
    METADATA,
    Column("line", POSITION, primary_key=True),
    Column("query_id", String(64), nullable=False, index=True),
    Column("person", String(32), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("action", String(16), nullable=False),
    document_key(primary=False),
    Column("position", Integer, nullable=False),
    Column("passage", Integer),
    Column("dwell_ms", BigInteger, nullable=False),
    Column("spans", MsgspecJson(tuple[TimeSpan, ...]), nullable=False),
    Index("ix_search_events_document_id", "document_id"),
    sqlite_autoincrement=True,
)

regroupings = Table(
    "regroupings",
    METADATA,
    Column("number", POSITION, primary_key=True),
    Column("line", BigInteger, nullable=False),  # the last search before it
    Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)
