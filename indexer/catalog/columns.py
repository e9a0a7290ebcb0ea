"""Column types of the catalog: JSON of msgspec values, any text, datetimes that stay UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class MsgspecJson(TypeDecorator[Any]):
    """A msgspec-encodable value, kept as JSON text on every database.

    Text and not JSONB: PostgreSQL's own JSON would be parsed by ``json`` first and converted
    after, which is the slower half of reading passages.
    """

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind  # part of SQLAlchemy's cache key, like every constructor argument
        self._decoder = msgspec.json.Decoder(kind)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Encode a value; ``None`` is stored as NULL."""
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """Decode what was stored, checked against the column's type."""
        return None if value is None else self._decoder.decode(value)


class CleanText(TypeDecorator[str]):
    """Text as extractors and people deliver it; U+0000, which PostgreSQL refuses, becomes U+FFFD.

    One character for one character: offsets into the text stay true.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Replace the one character that PostgreSQL cannot keep."""
        return None if value is None else value.replace("\0", "\N{REPLACEMENT CHARACTER}")


class UtcDateTime(TypeDecorator[datetime]):
    """A datetime with a time zone, in UTC on the way in and on the way out.

    SQLite forgets time zones. advanced-alchemy has the same type, but importing it costs a second
    of every process start (measured: 1.3 s against 0.3 s for SQLAlchemy alone).
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Convert to UTC; a datetime without a zone is a bug of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime of the catalog needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
