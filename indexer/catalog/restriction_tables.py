"""The table of restrictions: which stretches of documents are hidden, by whom and why."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, String, Table, Text

from indexer.catalog.columns import CleanText, MsgspecJson, UtcDateTime
from indexer.catalog.tables import METADATA, document_key
from schemas.span import Locator

restrictions: Final = Table(
    "restrictions",
    METADATA,
    Column("id", String(32), primary_key=True),
    document_key(primary=False),
    Column("place", MsgspecJson(Locator), nullable=False),
    Column("visibility", String(16), nullable=False),
    Column("revision", String(64), nullable=False),
    Column("person_id", Text, nullable=False),
    Column("person_name", CleanText, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
