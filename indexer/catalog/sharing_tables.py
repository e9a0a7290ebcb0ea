"""The table of sharings: which documents are to be shared, and as which copy."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, String, Table, Text

from indexer.catalog.columns import MsgspecJson, UtcDateTime
from indexer.catalog.tables import METADATA, document_key
from schemas.sharing import Decisions

sharings: Final = Table(
    "sharings",
    METADATA,
    document_key(),
    # No foreign key: the copy is named before it is published, and may be deleted by itself.
    Column("copy_id", String(64), nullable=False, index=True),
    Column("state", String(16), nullable=False, index=True),
    Column("requested_by", Text),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("decisions", MsgspecJson(Decisions), nullable=False),
    Column("confirmed_by", Text),
    Column("confirmed_at", UtcDateTime),
    Column("content", String(64)),
    Column("plan", String(64)),
    Column("copy_revision", String(64)),
)
