"""Resumable uploads by the tus protocol 1.0.0: what came stays, and the sender goes on from there.

Source: https://tus.io/protocols/resumable-upload, with the extensions creation,
creation-with-upload, termination, checksum and expiration. The last piece answers with the job in
``Cordee-Job``, and so does asking later how far the upload is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import AsyncIterator
from email.utils import format_datetime
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, delete, head, patch, post, route
from litestar.concurrency import sync_to_thread
from litestar.enums import HttpMethod
from litestar.params import FromPath

from api.controllers.uploads import options_of
from api.dependencies import TheCaller, TheServices
from api.guards import PUBLIC, require_ingest
from api.problems import ChecksumError, TooLargeError, TusVersionError, UnsupportedBodyError
from api.services import Services
from api.uploads import ReceivedForm, limited
from indexer.intake import clean_filename, receive
from indexer.resumable import Pieces, Receipt, Upload
from schemas.errors import InvalidInputError
from schemas.identity import Caller

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,termination,checksum,expiration"
ALGORITHMS: Final = ("sha256", "sha1")
PIECE_TYPE: Final = "application/offset+octet-stream"
MAX_METADATA_CHARS: Final = 8 * 1024
_FIELDS: Final = frozenset({
    "filename",
    "filetype",
    "kind",
    "title",
    "visibility",
    "tag",
    "source",
    "anonymised",
})
_RESUMABLE: Final = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}

_Request = Request[Caller, Any, Any]


@route(
    "/uploads",
    http_method=[HttpMethod.OPTIONS],
    status_code=204,
    opt={PUBLIC: True},
    include_in_schema=False,
    sync_to_thread=False,
)
def describe_uploads(services: TheServices) -> Response[None]:
    """Say what of the protocol is spoken here."""
    return Response(
        None,
        status_code=204,
        headers={
            **_RESUMABLE,
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(services.settings.ingestion.max_upload_bytes),
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        },
    )


@post("/uploads", status_code=201, guards=[require_ingest], include_in_schema=False)
async def create_upload(
    services: TheServices, caller: TheCaller, request: _Request
) -> Response[None]:
    """Begin an upload; what is said of it is checked now, and not after gigabytes.

    Raises:
        InvalidInputError: If the length or a field is missing or does not fit.
        TooLargeError: If it is larger than the settings allow.
    """
    _require_version(request)
    length = _number(request, "upload-length")
    limit = services.settings.ingestion.max_upload_bytes
    if length > limit:
        raise TooLargeError(f"The upload has {length} bytes; at most {limit} are accepted.")
    fields = metadata_of(request.headers.get("upload-metadata", ""))
    filename = clean_filename(fields.pop("filename", ""))
    fields.pop("filetype", None)
    options = options_of(ReceivedForm((), {name: [text] for name, text in fields.items()}))
    services.taxonomy.require(options.tags, said_in="tag")
    upload = await sync_to_thread(
        services.resumable.create,
        caller.person_id,
        length=length,
        filename=filename,
        options=options,
    )
    if request.content_type[0] == PIECE_TYPE:
        upload = await _take(services, request, upload, offset=0)
    headers = {**_headers(services, upload), "Location": f"/v1/uploads/{upload.id}"}
    return Response(None, status_code=201, headers=headers)


@head("/uploads/{upload_id:str}", guards=[require_ingest], include_in_schema=False)
async def upload_state(
    services: TheServices, caller: TheCaller, request: _Request, upload_id: FromPath[str]
) -> Response[None]:
    """Say how far an upload is."""
    _require_version(request)
    upload = await sync_to_thread(services.resumable.get, caller.person_id, upload_id)
    if upload.receipt is None and services.resumable.offset(upload) == upload.length:
        # Complete, and we died before it was received, or the disk was full: now then.
        upload = await _finished(services, upload)
    headers = {**_headers(services, upload), "Upload-Length": str(upload.length)}
    return Response(None, headers=headers)


@patch(
    "/uploads/{upload_id:str}", status_code=204, guards=[require_ingest], include_in_schema=False
)
async def continue_upload(
    services: TheServices, caller: TheCaller, request: _Request, upload_id: FromPath[str]
) -> Response[None]:
    """Take the next piece. What came of a piece that breaks off is kept.

    Raises:
        ConflictError: If it does not begin where the upload is.
        ChecksumError: If its bytes are not those that its sender summed; they are dropped.
        LockedError: If another request sends to this upload.
        TooLargeError: If it goes past the announced length.
    """
    _require_version(request)
    if request.content_type[0] != PIECE_TYPE:
        raise UnsupportedBodyError(f"Send pieces as {PIECE_TYPE}.")
    offset = _number(request, "upload-offset")
    upload = await sync_to_thread(services.resumable.get, caller.person_id, upload_id)
    upload = await _take(services, request, upload, offset=offset)
    return Response(None, status_code=204, headers=_headers(services, upload))


@delete(
    "/uploads/{upload_id:str}", status_code=204, guards=[require_ingest], include_in_schema=False
)
async def end_upload(
    services: TheServices, caller: TheCaller, request: _Request, upload_id: FromPath[str]
) -> Response[None]:
    """Give an upload up, and drop what came of it."""
    _require_version(request)
    upload = await sync_to_thread(services.resumable.get, caller.person_id, upload_id)
    with services.resumable.held(upload):
        await sync_to_thread(services.resumable.delete, upload)
    return Response(None, status_code=204, headers=_RESUMABLE)


resumable_router = Router(
    "/",
    route_handlers=[describe_uploads, create_upload, upload_state, continue_upload, end_upload],
    request_max_body_size=None,  # each upload's own length is its limit
)


async def _take(services: Services, request: _Request, upload: Upload, *, offset: int) -> Upload:
    checksum = _checksum(request.headers.get("upload-checksum"))
    uploads = services.resumable
    with uploads.held(upload):
        upload = await _as_it_is_now(services, upload)
        if upload.receipt is None:
            with uploads.writing(upload, offset=offset) as pieces:
                left = upload.length - offset
                await _append(limited(request.stream(), max_bytes=left), pieces, checksum)
        if upload.receipt is None and uploads.offset(upload) == upload.length:
            upload = await sync_to_thread(_complete, services, upload)
    return upload


async def _finished(services: Services, upload: Upload) -> Upload:
    with services.resumable.held(upload):
        upload = await _as_it_is_now(services, upload)
        if upload.receipt is None:
            upload = await sync_to_thread(_complete, services, upload)
    return upload


async def _as_it_is_now(services: Services, upload: Upload) -> Upload:
    # Read before the lock was ours, it may say what another request has changed since: ended it,
    # or brought its last piece.
    return await sync_to_thread(services.resumable.get, upload.owner, upload.id)


async def _append(
    stream: AsyncIterator[bytes], pieces: Pieces, checksum: tuple[Any, bytes] | None
) -> None:
    is_whole = checksum is None  # what is summed counts whole or not at all
    try:
        async for piece in stream:
            await sync_to_thread(pieces.add, piece)
            if checksum is not None:
                checksum[0].update(piece)
        if checksum is not None:
            _require_sum(*checksum)
        is_whole = True
    finally:
        if not is_whole:
            pieces.take_back()


def _require_sum(summed: Any, expected: bytes) -> None:
    if summed.digest() != expected:
        raise ChecksumError("The piece arrived damaged, and was dropped: send it again.")


def _complete(services: Services, upload: Upload) -> Upload:
    received = receive(
        services.intake,
        services.resumable.path(upload),
        filename=upload.filename,
        options=upload.options,
        uploaded_by=upload.owner,
    )
    receipt = Receipt(received.job.id, received.document_id, received.is_new)
    services.resumable.finish(upload, receipt)
    return msgspec.structs.replace(upload, receipt=receipt)


def metadata_of(header: str) -> dict[str, str]:
    """Read ``Upload-Metadata``: names and base64 of UTF-8 text, parted by commas.

    Raises:
        InvalidInputError: If a name is unknown or given twice, or a value cannot be read.
    """
    if len(header) > MAX_METADATA_CHARS:
        raise InvalidInputError(f"Upload-Metadata: at most {MAX_METADATA_CHARS} characters.")
    fields: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        name, _, encoded = pair.partition(" ")
        if name not in _FIELDS or name in fields:
            raise InvalidInputError(
                f"Upload-Metadata: {name[:40]!r} is unknown or given twice; there are "
                f"{', '.join(sorted(_FIELDS))}."
            )
        try:
            fields[name] = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as exc:
            raise InvalidInputError(f"Upload-Metadata: {name} is no base64 of UTF-8.") from exc
    return fields


def _headers(services: Services, upload: Upload) -> dict[str, str]:
    offset = services.resumable.offset(upload)
    expires = format_datetime(services.resumable.expires_at(upload), usegmt=True)
    headers = {**_RESUMABLE, "Upload-Offset": str(offset), "Upload-Expires": expires}
    if upload.receipt is not None:
        headers["Cordee-Job"] = upload.receipt.job_id
        headers["Cordee-Document"] = upload.receipt.document_id
        headers["Cordee-New"] = "true" if upload.receipt.is_new else "false"
    return headers


def _require_version(request: _Request) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise TusVersionError(f"Say Tus-Resumable: {VERSION}; no other version is spoken here.")


def _number(request: _Request, name: str) -> int:
    value = request.headers.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) < 20):  # noqa: PLR2004 - of int64
        raise InvalidInputError(f"{name}: give a whole number, not negative.")
    return int(value)


def _checksum(header: str | None) -> tuple[Any, bytes] | None:
    if header is None:
        return None
    name, _, encoded = header.partition(" ")
    if name not in ALGORITHMS:
        raise InvalidInputError(f"Upload-Checksum: {' or '.join(ALGORITHMS)}, space, base64.")
    try:
        return hashlib.new(name, usedforsecurity=False), base64.b64decode(encoded, validate=True)
    except binascii.Error as exc:
        raise InvalidInputError(f"Upload-Checksum: {name}, space, base64.") from exc
