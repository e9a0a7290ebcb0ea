"""The table of namings: who the heard speakers of a document are, and who says so."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, String, Table, Text

from indexer.catalog.columns import CleanText, UtcDateTime
from indexer.catalog.tables import METADATA, document_key

namings: Final = Table(
    "namings",
    METADATA,
    document_key(),
    Column("revision", String(64), primary_key=True),
    Column("heard_id", Text, primary_key=True),
    Column("heard_name", CleanText, nullable=False),
    Column("heard_role", String(16)),
    Column("person_id", Text, index=True),  # NULL once taken back
    Column("person_name", CleanText),
    Column("role", String(16)),
    Column("named_by", Text, nullable=False),
    Column("named_by_name", CleanText, nullable=False),
    Column("named_at", UtcDateTime, nullable=False),
    Column("applied_at", UtcDateTime, index=True),
)
