"""``column among (these values)`` as one parameter, however many values there are.

SQLAlchemy's ``in_`` writes one parameter per value, anew for each call: for 100 passages that
took longer than reading them, and databases cap the number of parameters.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import ARRAY, BigInteger, BindParameter, ColumnElement, Integer, Text, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


def among(column: ColumnElement[Any], values: Iterable[str | int]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of these values; of none, it holds none."""
    item = BigInteger() if isinstance(column.type, Integer) else Text()
    parameter: BindParameter[Any] = bindparam(None, list(values), type_=_Values(item))
    return column.bool_op("IN")(_Rows(parameter))


def among_given(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Return the same condition for values that are given by name when the statement is run.

    A statement that is made once is looked up in SQLAlchemy's cache in a third of the time.
    """
    item = BigInteger() if isinstance(column.type, Integer) else Text()
    parameter: BindParameter[Any] = bindparam(name, type_=_Values(item))
    return column.bool_op("IN")(_Rows(parameter))


class _Values(TypeDecorator[Any]):
    """A list: an array where the driver knows arrays, JSON where it does not."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(self.item))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return msgspec.json.encode(value).decode() if dialect.name == "sqlite" else value


class _Rows(FunctionElement[Any]):
    """The values of a list, one a row."""

    name = "rows_of"
    inherit_cache = True


@compiles(_Rows, "sqlite")
def _on_sqlite(element: _Rows, compiler: SQLCompiler, **options: Any) -> str:
    parameter = compiler.process(element.clauses, **options)
    return f"(SELECT value FROM json_each({parameter}))"  # noqa: S608 - a placeholder


@compiles(_Rows, "postgresql")
def _on_postgresql(element: _Rows, compiler: SQLCompiler, **options: Any) -> str:
    return f"(SELECT unnest({compiler.process(element.clauses, **options)}))"
