"""The table of replies: the questions of conversations, with what answers them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Integer, Table, Text

from indexer.catalog.columns import CleanText, MsgspecJson, UtcDateTime
from indexer.catalog.tables import METADATA, document_key
from schemas.reply import Turns

replies: Final = Table(
    "replies",
    METADATA,
    document_key(),
    Column("ordinal", Integer, primary_key=True),
    Column("title", CleanText, nullable=False),
    Column("question", MsgspecJson(Turns), nullable=False),
    Column("answers", MsgspecJson(tuple[Turns, ...]), nullable=False),
    Column("asker_id", Text),
    Column("answerer_id", Text),
    Column("asked_at", UtcDateTime),
    Column("topic", Text),
)
