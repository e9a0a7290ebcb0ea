"""The description of the API: what the framework makes of the handlers, put right where it errs.

Clients are generated from it and tests drive every search route by it, so it must hold: what it
allows is answered, and what is answered is in it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection
from http import HTTPStatus
from typing import Any, Final

from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

from api.problems import PROBLEM_TYPE

_Json = Any
_SAFE: Final = frozenset({"get", "head"})
_UNTRIED: Final[_Json] = {}  # what the framework makes of the dots in ``tuple[str, ...]``
_NULL: Final = {"type": "null"}
_PLACEHOLDER: Final = re.compile(r"\{\w+\}")
_PROBLEM: Final = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_FIRST_ERROR: Final = "400"
_OTHERWISE: Final = "Any other error, as a problem document."


class Description(JsonRenderPlugin):
    """Serves the description as JSON."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, _Json]) -> bytes:
        """Return the description, put right."""
        return super().render(request, described(openapi_schema))


def described(document: dict[str, _Json]) -> dict[str, _Json]:
    """Return a copy of an OpenAPI document that says what the API does.

    - A sequence holds values of its own type and of no other.
    - A parameter of an address that may be left out is never null: addresses have no null.
    - Errors are problem documents (RFC 9457), whatever the framework would answer by itself.
    """
    mended: dict[str, _Json] = _without_dots(copy.deepcopy(document))
    for path, operations in mended["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _without_null(parameter["schema"])
            if path.startswith("/v1/"):
                stated = operation["responses"]
                stated |= _problems(path, method, operation, stated.keys())
    return mended


def _without_dots(part: _Json) -> _Json:
    match part:
        case dict():
            alternatives = part.get("oneOf")
            if isinstance(alternatives, list) and _UNTRIED in alternatives:
                kept = [each for each in alternatives if each != _UNTRIED]
                rest = {name: value for name, value in part.items() if name != "oneOf"}
                return _without_dots(rest | (kept[0] if len(kept) == 1 else {"oneOf": kept}))
            return {name: _without_dots(value) for name, value in part.items()}
        case list():
            return [_without_dots(value) for value in part]
        case _:
            return part


def _without_null(schema: dict[str, _Json]) -> dict[str, _Json]:
    alternatives = schema.get("oneOf")
    if not alternatives or _NULL not in alternatives:
        return schema
    kept = [each for each in alternatives if each != _NULL]
    rest = {name: value for name, value in schema.items() if name != "oneOf"}
    return rest | (kept[0] if len(kept) == 1 else {"oneOf": kept})


def _problems(
    path: str, method: str, operation: dict[str, _Json], stated: Collection[str]
) -> dict[str, _Json]:
    """Return the errors of an operation by their status."""
    found = {HTTPStatus(int(status)) for status in stated if status >= _FIRST_ERROR}
    if operation.get("security") != []:
        found.add(HTTPStatus.UNAUTHORIZED)
    if method not in _SAFE:
        found.add(HTTPStatus.FORBIDDEN)
    if _PLACEHOLDER.search(path):
        found.add(HTTPStatus.NOT_FOUND)
    if "requestBody" in operation:
        found |= {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
    named = {str(each.value): _problem(each.phrase) for each in sorted(found)}
    return named | {"default": _problem(_OTHERWISE)}


def _problem(description: str) -> dict[str, _Json]:
    return {"description": description, "content": _PROBLEM}
