"""Alembic's entry point: runs the migrations on the connection that the caller passes."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from indexer.catalog import (  # noqa: F401 - METADATA
    erasure_tables,
    feedback_tables,
    naming_tables,
    question_tables,
    ranking_tables,
    reply_tables,
    stage_tables,
)
from indexer.catalog.columns import CleanText, MsgspecJson, UtcDateTime
from indexer.catalog.tables import METADATA


def _render_item(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    # A migration must keep working when our own types have moved on: it names plain ones.
    if kind == "type" and isinstance(item, MsgspecJson | CleanText):
        return "sa.Text()"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


# The caller owns the transaction and the lock around it: nothing is committed here.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_item=_render_item,
)
with context.begin_transaction():
    context.run_migrations()
