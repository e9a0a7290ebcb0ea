"""Adding documents: the only handler that reads a large body, piece by piece, to disk."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from litestar import Request, Response, Router, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

from api.dependencies import TheCaller, TheServices
from api.fetching import MAX_ORDER_BYTES, Order, order_of, receive_order
from api.guards import require_ingest
from api.problems import UnsupportedBodyError
from api.services import Services
from api.uploads import (
    ENVELOPE_BYTES,
    ReceivedFile,
    ReceivedForm,
    read_body,
    read_form,
    too_large,
)
from api.views.jobs import job_view
from indexer.intake import Received, SubmissionOptions, clean_filename, receive
from indexer.recordings import MAX_RECORDINGS, Recording
from schemas.document import DocumentKind, Visibility
from schemas.errors import InvalidInputError
from schemas.identity import Caller
from schemas.wire import UploadReceipt

_MULTIPART: Final = "multipart/form-data"
_JSON: Final = "application/json"
_FIELDS: Final = frozenset({"kind", "title", "visibility", "tag", "source", "anonymised"})
_FILES: Final = frozenset({"file", "media"})
_YES_NO: Final = {"true": True, "false": False}
_BODY_NAME: Final = "exchange.json"
MAX_TAGS: Final = 50
MAX_TITLE_CHARS: Final = 300
Choice = TypeVar("Choice", bound=StrEnum)


def _text(description: str) -> Schema:
    return Schema(type=OpenAPIType.STRING, description=description)


_FORM_SCHEMA: Final = Schema(
    type=OpenAPIType.OBJECT,
    required=["file"],
    properties={
        "file": Schema(
            type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, description="The document."
        ),
        "media": Schema(
            type=OpenAPIType.ARRAY,
            items=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY),
            max_items=MAX_RECORDINGS,
            description="The recording that an exchange JSON points to; repeat the field for one "
            "of each participant, under the names that the JSON gives them.",
        ),
        "kind": Schema(type=OpenAPIType.STRING, enum=[kind.value for kind in DocumentKind]),
        "title": _text("Found in the file when left out."),
        "visibility": Schema(type=OpenAPIType.STRING, enum=[each.value for each in Visibility]),
        "tag": Schema(
            type=OpenAPIType.ARRAY,
            items=Schema(type=OpenAPIType.STRING),
            description="Tag of the taxonomy; repeat the field, or separate with commas.",
        ),
        "anonymised": Schema(
            type=OpenAPIType.STRING,
            enum=list(_YES_NO),
            description="Whether the school says that nobody in it is to be recognised: students "
            "may then see an exchange as it is.",
        ),
        "source": _text("Your own lasting name for it: sending it again replaces the document."),
    },
)


@dataclass
class UploadOperation(Operation):
    """Says what the body may be: the handler reads it as a stream, so no signature does."""

    request_body: Any = field(
        default_factory=lambda: RequestBody(
            required=True,
            content={
                _MULTIPART: OpenAPIMediaType(schema=_FORM_SCHEMA),
                _JSON: OpenAPIMediaType(
                    schema=Schema(
                        type=OpenAPIType.OBJECT,
                        description="An exchange JSON; or an address to fetch a document from, "
                        "as `url`, with `kind`, `title`, `visibility`, `tags`, `source`, `date`.",
                    )
                ),
            },
        )
    )


@post(
    "/documents",
    status_code=202,
    guards=[require_ingest],
    operation_class=UploadOperation,
    summary="Add a document",
)
async def upload_document(
    services: TheServices, caller: TheCaller, request: Request[Caller, Any, Any]
) -> Response[UploadReceipt]:
    """Take a file with its fields, or a body: an exchange JSON, or an address to fetch from.

    Bytes that are here already give their document and job back, with ``is_new`` false.

    Raises:
        InvalidInputError: If there is no file or more than one, a field does not fit, or a tag is
            not in the taxonomy. Tags that an exchange itself names are its job's to look at.
        EmptyFileError: If the file holds nothing.
        TooLargeError: If it is larger than the settings allow.
    """
    max_bytes = services.settings.ingestion.max_upload_bytes + ENVELOPE_BYTES
    if (request.content_length or 0) > max_bytes:
        raise too_large(max_bytes)
    with tempfile.TemporaryDirectory(dir=services.upload_dir) as name:
        form = await _read(request, Path(name), max_bytes=max_bytes)
        order = await sync_to_thread(_order, form)
        if order is None:
            return await sync_to_thread(_submit, services, caller, form)
    received = await sync_to_thread(receive_order, services, order, caller.person_id)
    return _receipt(services, received)


uploads_router = Router(
    "/",
    route_handlers=[upload_document],
    tags=["documents"],
    request_max_body_size=None,  # the handler holds the limit, which the settings name
)


async def _read(
    request: Request[Caller, Any, Any], directory: Path, *, max_bytes: int
) -> ReceivedForm:
    media_type, options = request.content_type
    if media_type == _JSON:
        path = directory / "body"
        await read_body(request.stream(), path, max_bytes=max_bytes)
        return ReceivedForm((ReceivedFile("file", _BODY_NAME, path),), {})
    if media_type != _MULTIPART:
        raise UnsupportedBodyError(f"Send {_MULTIPART}, or an exchange as {_JSON}.")
    boundary = options.get("boundary", "")
    if not boundary:
        raise InvalidInputError("Content-Type: the multipart boundary is missing.")
    return await read_form(
        request.stream(), boundary.encode("latin-1"), directory, max_bytes=max_bytes
    )


def _submit(services: Services, caller: Caller, form: ReceivedForm) -> Response[UploadReceipt]:
    unknown = (set(form.fields) - _FIELDS) | {file.field for file in form.files} - _FILES
    if unknown:
        raise InvalidInputError(f"There is no field {', '.join(sorted(map(repr, unknown)))}.")
    document = _one_file(form.files, "file")
    if document is None:
        raise InvalidInputError("file: there is no file in this upload.")
    media = [
        Recording(file.path, clean_filename(file.filename))
        for file in form.files
        if file.field == "media"
    ]
    options = options_of(form)
    services.taxonomy.require(options.tags, said_in="tag")
    received = receive(
        services.intake,
        document.path,
        filename=document.filename,
        options=options,
        uploaded_by=caller.person_id,
        media=media,
    )
    return _receipt(services, received)


def _order(form: ReceivedForm) -> Order | None:
    (file, *others) = form.files or (None,)
    if file is None or others or form.fields or file.filename != _BODY_NAME:
        return None
    if file.path.stat().st_size > MAX_ORDER_BYTES:
        return None
    return order_of(file.path.read_bytes())


def _receipt(services: Services, received: Received) -> Response[UploadReceipt]:
    view = job_view(services, received.job)
    receipt = UploadReceipt(view, received.document_id, received.is_new)
    return Response(receipt, status_code=202, headers={"Location": view.url})


def _one_file(files: Sequence[ReceivedFile], name: str) -> ReceivedFile | None:
    found = [file for file in files if file.field == name]
    if len(found) > 1:
        raise InvalidInputError(f"{name}: send one file at a time, this upload has {len(found)}.")
    return found[0] if found else None


def options_of(form: ReceivedForm) -> SubmissionOptions:
    """Read what the fields of a form say about a document.

    Raises:
        InvalidInputError: If one does not fit.
    """
    tags = [tag.strip() for text in form.fields.get("tag", []) for tag in text.split(",")]
    if len(tags) > MAX_TAGS:
        raise InvalidInputError(f"tag: at most {MAX_TAGS} tags.")
    title = _one_field(form, "title")
    if title is not None and len(title) > MAX_TITLE_CHARS:
        raise InvalidInputError(f"title: at most {MAX_TITLE_CHARS} characters.")
    return SubmissionOptions(
        source=_one_field(form, "source"),
        kind=_choice(form, "kind", DocumentKind),
        title=title,
        visibility=_choice(form, "visibility", Visibility),
        tags=tuple(tag for tag in tags if tag),
        anonymised=_yes_no(form, "anonymised"),
    )


def _one_field(form: ReceivedForm, name: str) -> str | None:
    values = [value.strip() for value in form.fields.get(name, []) if value.strip()]
    if len(values) > 1:
        raise InvalidInputError(f"{name}: give it once.")
    return values[0] if values else None


def _yes_no(form: ReceivedForm, name: str) -> bool:
    value = _one_field(form, name) or "false"
    if value not in _YES_NO:
        raise InvalidInputError(f"{name}: {value!r} is not one of {', '.join(_YES_NO)}.")
    return _YES_NO[value]


def _choice(form: ReceivedForm, name: str, choices: type[Choice]) -> Choice | None:
    value = _one_field(form, name)
    try:
        return choices(value) if value is not None else None
    except ValueError as exc:
        allowed = ", ".join(choice.value for choice in choices)
        raise InvalidInputError(f"{name}: {value!r} is not one of {allowed}.") from exc
