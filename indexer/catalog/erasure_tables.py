"""The table of erasures: which this catalog has been through. It names nobody."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, String, Table

from indexer.catalog.columns import UtcDateTime
from indexer.catalog.tables import METADATA

erasures: Final = Table(
    "erasures",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("erased_at", UtcDateTime, nullable=False),
)
