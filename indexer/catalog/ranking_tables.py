"""Tables of ranking profiles that were made here, and of experiments with them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, String, Table, Text

from indexer.catalog.columns import CleanText, MsgspecJson, UtcDateTime
from indexer.catalog.tables import METADATA, POSITION
from schemas.feedback import LogPosition

ranking_profiles = Table(
    "ranking_profiles",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("weights", MsgspecJson(dict[str, float]), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("dataset", CleanText, nullable=False),
    Column("measure", Text, nullable=False),
    Column("before", Float, nullable=False),
    Column("after", Float, nullable=False),
    Column("p_value", Float, nullable=False),
    Column("against", Text, nullable=False),
)

ranking_service = Table(
    "ranking_service",
    METADATA,
    Column("line", POSITION, primary_key=True),
    Column("profile", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("is_rollback", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

experiments = Table(
    "experiments",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("champion", Text, nullable=False),
    Column("challenger", Text, nullable=False),
    Column("share", Float, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("started_by", Text, nullable=False),
    # Where the log of searches ended then: nothing before counts.
    Column("since", MsgspecJson(LogPosition), nullable=False),
    Column("stopped_at", UtcDateTime),
    Column("reason", CleanText, nullable=False),
    # Rises with every change of any row: what other processes look at.
    Column("version", BigInteger, nullable=False, index=True),
)
