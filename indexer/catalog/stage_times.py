"""What the stages of ingestion cost: every worker adds to it, every API process reads it."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from sqlalchemy import select, update

from indexer.catalog.database import Database
from indexer.catalog.stage_tables import stage_times as s
from indexer.catalog.upsert import insert_new
from schemas.job import Stage
from schemas.stage_time import StageOutcome, StageTime

BOUNDS_S: Final = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0, float("inf"))
"""From the cutting of a text to hours of transcription. Rows keep a bound's place: leave it so."""


class StageTimes:
    """Sums over all jobs and workers since the catalog was made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        stage: Stage,
        outcome: StageOutcome,
        *,
        seconds: float,
        cpu_seconds: float,
        amount: float,
    ) -> None:
        """Count one run of a stage."""
        bucket = bisect_left(BOUNDS_S, seconds)
        key = {"stage": stage, "outcome": outcome, "bucket": bucket}
        more = {"n_runs": 1, "seconds": seconds, "cpu_seconds": cpu_seconds, "amount": amount}
        with self._database.writing() as connection:
            if insert_new(connection, s, {**key, **more}):
                return
            here = [s.c[name] == value for name, value in key.items()]
            added = {name: s.c[name] + value for name, value in more.items()}
            connection.execute(update(s).where(*here).values(added))

    def all(self) -> list[StageTime]:
        """Return the sums by stage, outcome and rising time."""
        query = select(s).order_by(s.c.stage, s.c.outcome, s.c.bucket)
        with self._database.reading() as connection:
            return [
                StageTime(
                    stage=Stage(row.stage),
                    outcome=StageOutcome(row.outcome),
                    within_s=BOUNDS_S[row.bucket],
                    n_runs=row.n_runs,
                    seconds=row.seconds,
                    cpu_seconds=row.cpu_seconds,
                    amount=row.amount,
                )
                for row in connection.execute(query)
            ]
