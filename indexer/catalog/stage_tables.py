"""The table of what the stages of ingestion cost: sums, no row per job."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Float, String, Table

from indexer.catalog.tables import METADATA

stage_times: Final = Table(
    "stage_times",
    METADATA,
    Column("stage", String(16), primary_key=True),
    Column("outcome", String(16), primary_key=True),
    Column("bucket", BigInteger, primary_key=True, autoincrement=False),  # which upper bound
    Column("n_runs", BigInteger, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("cpu_seconds", Float, nullable=False),
    Column("amount", Float, nullable=False),
)
