"""The log as two Parquet files that tools for User Behavior Insights read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from indexer.feedback.lines import FeedbackLines, PseudonymOf, VoteLines
from indexer.feedback.standing import standing_of
from indexer.feedback.ubi import Row, event_row, hit_of, impression_rows, query_row, vote_row
from schemas.feedback import LoggedEvent, LoggedSearch
from schemas.ids import QueryId
from schemas.judgment import Judgment

QUERIES_FILE: Final = "ubi_queries.parquet"
EVENTS_FILE: Final = "ubi_events.parquet"
UBI_VERSION: Final = "1.3.0"
_BATCH: Final = 5_000  # rows written at once: some MB
_REMEMBERED: Final = 20_000  # searches read last: events follow their own soon

_TEXT, _NUMBER = pa.string(), pa.int64()
_QUERY_ATTRIBUTES: Final = pa.struct([
    ("role", _TEXT),
    ("phrasing", _TEXT),
    ("profile", _TEXT),
    ("experiment", _TEXT),
    ("page", _NUMBER),
    ("total", _NUMBER),
    ("confidence", pa.float64()),
    ("is_doubtful", pa.bool_()),
    ("is_filtered", pa.bool_()),
])
_EVENT_ATTRIBUTES: Final = pa.struct([
    (
        "object",
        pa.struct([("object_id", _TEXT), ("object_id_type", _TEXT), ("object_id_field", _TEXT)]),
    ),
    ("position", pa.struct([("ordinal", _NUMBER)])),
    ("team", _TEXT),
    ("passage", _NUMBER),
    ("dwell_ms", _NUMBER),
    ("spans", pa.list_(pa.struct([("start_ms", _NUMBER), ("end_ms", _NUMBER)]))),
    ("reason", _TEXT),
])
_VERSION: Final = {b"ubi": UBI_VERSION.encode()}
QUERIES: Final = pa.schema(
    [
        pa.field("application", _TEXT, nullable=False),
        pa.field("query_id", _TEXT, nullable=False),
        pa.field("client_id", _TEXT, nullable=False),
        pa.field("user_query", _TEXT, nullable=False),
        pa.field("query_attributes", _QUERY_ATTRIBUTES, nullable=False),
        pa.field("object_id_field", _TEXT, nullable=False),
        pa.field("timestamp", _TEXT, nullable=False),
        pa.field("query_response_id", _TEXT, nullable=False),
        pa.field("query_response_hit_ids", pa.list_(_TEXT), nullable=False),
    ],
    metadata=_VERSION,
)
EVENTS: Final = pa.schema(
    [
        pa.field("application", _TEXT, nullable=False),
        pa.field("action_name", _TEXT, nullable=False),
        pa.field("query_id", _TEXT, nullable=False),
        pa.field("client_id", _TEXT, nullable=False),
        pa.field("user_id", _TEXT, nullable=False),
        pa.field("timestamp", _TEXT, nullable=False),
        pa.field("message_type", _TEXT, nullable=False),
        pa.field("message", _TEXT),
        pa.field("event_attributes", _EVENT_ATTRIBUTES, nullable=False),
    ],
    metadata=_VERSION,
)


class Exported(msgspec.Struct, frozen=True):
    """What two files hold, and how many votes do not count and are left out."""

    queries: int
    impressions: int
    events: int
    votes: int
    left_out: int


def export(
    lines: FeedbackLines,
    votes: VoteLines,
    directory: Path,
    *,
    pseudonym_of: PseudonymOf,
    since: datetime | None = None,
) -> Exported:
    """Write ``ubi_queries.parquet`` and ``ubi_events.parquet`` into a directory.

    Files that are there are replaced when both are whole. What is written while this runs is left
    for the next time.

    Args:
        lines: The log of searches and events.
        votes: The log of judgments; one that belongs to no search of its person is left out.
        directory: Made where it is missing.
        pseudonym_of: The pseudonym of a person, for votes.
        since: Only what happened then or later; ``None`` means everything.
    """
    directory.mkdir(parents=True, exist_ok=True)
    end, search_of = lines.end(), lru_cache(_REMEMBERED)(lines.search)
    counts: Counter[str] = Counter()
    with ExitStack() as stack:
        queries = stack.enter_context(_File(directory / QUERIES_FILE, QUERIES))
        events = stack.enter_context(_File(directory / EVENTS_FILE, EVENTS))
        for search in lines.searches_after(0, until=end.search):
            if since is None or search.at >= since:
                queries.add(query_row(search))
                counts["impressions"] += events.add_all(impression_rows(search))
        for event in lines.events_after(0, until=end.event):
            if since is None or event.at >= since:
                counts["events"] += events.add_all(_event_rows(event, search_of))
        for _, vote in votes.after(0, until=end.judgment):
            if since is None or vote.judged_at >= since:
                n = events.add_all(_vote_rows(vote, search_of, pseudonym_of))
                counts["votes" if n else "left_out"] += 1
    return Exported(
        queries.n_rows, counts["impressions"], counts["events"], counts["votes"], counts["left_out"]
    )


SearchOf = Callable[[QueryId], LoggedSearch | None]


def _event_rows(event: LoggedEvent, search_of: SearchOf) -> Iterator[Row]:
    search = search_of(event.query_id)
    hit = hit_of(search, event.document_id) if search is not None else None
    if search is not None and hit is not None:
        yield event_row(event, search, hit)


def _vote_rows(vote: Judgment, search_of: SearchOf, pseudonym_of: PseudonymOf) -> Iterator[Row]:
    search = search_of(vote.query_id) if vote.query_id is not None else None
    found = standing_of(vote, search, pseudonym_of(vote.person_id))
    if isinstance(found, LoggedSearch) and (hit := hit_of(found, vote.document_id)):
        yield vote_row(vote, found, hit)


class _File:
    """Rows on their way into a Parquet file, which appears under its name when it is whole."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.n_rows = 0
        self._path = path
        self._schema = schema
        self._part = path.with_suffix(".part")
        self._rows: list[Row] = []
        self._writer = pq.ParquetWriter(self._part, schema, compression="zstd")

    def add(self, row: Row) -> None:
        self.n_rows += 1
        self._rows.append(row)
        if len(self._rows) >= _BATCH:
            self._write()

    def add_all(self, rows: Iterable[Row]) -> int:
        """Add rows and return how many they were."""
        before = self.n_rows
        for row in rows:
            self.add(row)
        return self.n_rows - before

    def _write(self) -> None:
        self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
        self._rows = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self._write()
        self._writer.close()
        if error is None:
            self._part.replace(self._path)
        else:
            self._part.unlink()
