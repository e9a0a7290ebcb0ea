"""The one table from an error to an RFC 9457 problem document.

A problem's ``code`` is stable and is what programs read; ``detail`` is a sentence for people.
An error that nobody raised on purpose becomes a 500 that says nothing but its request id: the
cause goes to the log.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, InternalServerException, ValidationException

from indexer.room import is_full
from schemas.errors import CordeeError, StorageFullError
from schemas.wire import FieldProblem, Problem

PROBLEM_TYPE: Final = "application/problem+json"
_RETRY_AFTER_S: Final = "5"
_MINUTE_S: Final = "60"
_HTTP_CODES: Final = {
    400: "invalid-input",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
    503: "unavailable",
}
"""Codes of what the web framework raises; ``schemas.errors`` holds those of our own errors."""
_HTTP_DETAILS: Final = {
    404: "There is no such thing, or none that you may see.",
    405: "This address exists, but not with this method.",
    413: "What was sent is larger than this service accepts.",
}
_TITLES: Final = {460: "Checksum Mismatch"}
_AUTHENTICATE: Final = 'Bearer realm="cordee"'
_CUT_OFF: Final = (
    "client disconnected prematurely"  # the framework's words, for which it has no class
)

log = structlog.get_logger(__name__)


class TooLargeError(CordeeError):
    """The request is larger than the settings allow; it was not read to its end."""

    code = "too-large"
    status = 413


class TooManyError(CordeeError):
    """One person asks for more in a minute than one person does."""

    code = "too-many-requests"
    status = 429


class TusVersionError(CordeeError):
    """The request speaks another version of the protocol of resumable uploads, or none."""

    code = "tus-version"
    status = 412


class ChecksumError(CordeeError):
    """A piece of an upload is not what its sender summed. The status is that protocol's own."""

    code = "checksum-mismatch"
    status = 460


class UnsupportedBodyError(CordeeError):
    """The body is of a type that this route does not read."""

    code = "unsupported-media-type"
    status = 415


class RangeError(CordeeError):
    """The range of bytes asked for starts after the end of the file."""

    code = "range-not-satisfiable"
    status = 416

    def __init__(self, size_bytes: int) -> None:
        """Say how long the file is."""
        super().__init__(f"The file has only {size_bytes} bytes.", size_bytes)
        self.size_bytes = size_bytes


def to_response(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Turn any error into a problem document: the only exception handler of the API."""
    problem = to_problem(
        error, instance=request.scope["path"], request_id=str(request.scope.get("request_id", ""))
    )
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request.crashed", exc_info=error, path=problem.instance)
    return Response(
        problem,
        status_code=problem.status,
        media_type=PROBLEM_TYPE,
        headers={**_headers(problem.status), **_own_headers(error)},
    )


def to_problem(error: Exception, *, instance: str, request_id: str) -> Problem:
    """Describe an error; texts of unexpected ones never leave the process."""
    status, code, detail = 500, "internal", "Something went wrong on our side."
    fields: tuple[FieldProblem, ...] = ()
    if isinstance(error, OSError) and is_full(error):
        error = StorageFullError("There is no room left on the disk. Nothing was lost; try later.")
    match error:
        case CordeeError():
            status, code, detail = error.status, error.code, error.message
        case ValidationException():
            fields = _fields(error)
            status, code, detail = 400, "invalid-input", _validation_detail(error, fields)
        case InternalServerException() if error.detail == _CUT_OFF:
            # Nobody reads this answer: it keeps a page that was left from counting as our failure.
            status, code, detail = 400, "invalid-input", "The request ended before its end."
        case HTTPException() if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            status = error.status_code
            code = _HTTP_CODES.get(status, "invalid-input")
            detail = _HTTP_DETAILS.get(status, error.detail)
        case _:
            pass
    return Problem(
        type=f"urn:cordee:problem:{code}",
        title=_TITLES.get(status) or HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        instance=instance,
        request_id=request_id,
        errors=fields,
    )


def _headers(status: int) -> dict[str, str]:
    match status:
        case 401:
            return {"WWW-Authenticate": _AUTHENTICATE}
        case 429:
            return {"Retry-After": _MINUTE_S}
        case 503:
            return {"Retry-After": _RETRY_AFTER_S}
        case _:
            return {}


def _own_headers(error: Exception) -> dict[str, str]:
    match error:
        case RangeError():
            return {"Content-Range": f"bytes */{error.size_bytes}"}
        case TusVersionError():
            return {"Tus-Version": "1.0.0"}
        case HTTPException():  # Allow, of a method that does not exist
            return dict(error.headers or {})
        case _:
            return {}


def _validation_detail(error: ValidationException, fields: tuple[FieldProblem, ...]) -> str:
    if not fields:
        return error.detail
    return "; ".join(
        f"{field.path}: {field.message}" if field.path else field.message for field in fields
    )


def _fields(error: ValidationException) -> tuple[FieldProblem, ...]:
    extra = error.extra if isinstance(error.extra, list) else []
    return tuple(_field(entry) for entry in extra if isinstance(entry, dict))


def _field(entry: dict[str, Any]) -> FieldProblem:
    message = str(entry.get("message", ""))
    path = str(entry.get("key", ""))
    # msgspec ends its message with " - at `$.tags[1]`"; the framework only keeps the first part
    text, _, place = message.partition(" - at `$")
    return FieldProblem(path or place.strip("`.").removeprefix("."), text)
