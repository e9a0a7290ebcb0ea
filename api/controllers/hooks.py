"""Documents that other systems push to us, signed as Standard Webhooks says.

Source: https://github.com/standard-webhooks/standard-webhooks. The same message again, within
the five minutes that its time is good for or after them, does nothing a second time.
"""

from __future__ import annotations

import binascii
import hashlib
import time
import uuid
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, post
from litestar.concurrency import sync_to_thread
from standardwebhooks import Webhook, WebhookVerificationError

from api.access import nothing
from api.dependencies import TheServices
from api.fetching import Order, receive_order
from api.guards import PUBLIC
from api.services import Services
from api.uploads import limited
from api.views.jobs import job_view
from indexer.intake import MAX_PEEK_BYTES, Received, SubmissionOptions, receive
from indexer.resumable import Receipt
from schemas.document import DocumentKind, Visibility
from schemas.errors import (
    InvalidInputError,
    SettingsError,
    TransientError,
    UnauthenticatedError,
)
from schemas.wire import UploadReceipt

DIRECTORY: Final = "hooks"
REMEMBERED_S: Final = 24 * 3600
"""How long a message is known again: longer than senders try, and than its time is good for."""
_FILENAME: Final = "exchange.json"


class Pushed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message: a document by its address, or an exchange as it is."""

    url: str | None = None
    exchange: msgspec.Raw = msgspec.Raw()
    """Exchange JSON, whole."""
    kind: DocumentKind | None = None
    title: str | None = None
    visibility: Visibility | None = None
    tags: tuple[str, ...] = ()
    source: str | None = None


@post("/hooks/documents", status_code=202, opt={PUBLIC: True}, include_in_schema=False)
async def push_document(
    services: TheServices, request: Request[Any, Any, Any]
) -> Response[UploadReceipt]:
    """Take a signed message in; its job does the rest.

    Raises:
        NotFoundError: If the settings hold no secret: nothing is taken then.
        UnauthenticatedError: If the signature is not of that secret, or too old.
        InvalidInputError: If the message names no document, or two.
    """
    secret = services.settings.ingestion.hook_secret
    if not secret:
        raise nothing()
    body = bytearray()
    async for piece in limited(request.stream(), max_bytes=MAX_PEEK_BYTES):
        body.extend(piece)
    _require_signed(bytes(body), request.headers.dict(), secret)
    name = hashlib.sha256(request.headers["webhook-id"].encode()).hexdigest()
    receipt = await sync_to_thread(_take_once, services, name, bytes(body))
    return Response(receipt, status_code=202, headers={"Location": receipt.job.url})


hooks_router = Router("/", route_handlers=[push_document], request_max_body_size=None)


def _require_signed(body: bytes, headers: dict[str, Any], secret: str) -> None:
    try:
        hook = Webhook(secret)
    except (binascii.Error, RuntimeError) as exc:
        raise SettingsError("ingestion.hook_secret is no secret of Standard Webhooks.") from exc
    values = {k: v[0] if isinstance(v, list | tuple) else v for k, v in headers.items()}
    try:
        hook.verify(body, values)
    except (WebhookVerificationError, binascii.Error, ValueError) as exc:
        raise UnauthenticatedError("The message is not signed with our secret, or is old.") from exc


def _take_once(services: Services, name: str, body: bytes) -> UploadReceipt:
    directory = services.settings.data_dir / DIRECTORY
    known = directory / f"{name}.json"
    if known.exists():
        before = msgspec.json.decode(known.read_bytes(), type=Receipt)
        job = services.catalog.jobs.get(before.job_id)
        if job is not None:
            return UploadReceipt(job_view(services, job), job.document_id, is_new=False)
    directory.mkdir(exist_ok=True)
    _sweep(directory)  # now: once the document is received, nothing may fail before it is noted
    received = _take(services, _message(body))
    done = Receipt(received.job.id, received.document_id, received.is_new)
    # A name of its own: the same message may be delivered twice at once.
    beside = known.with_suffix(f".{uuid.uuid4().hex}")
    beside.write_bytes(msgspec.json.encode(done))
    beside.replace(known)
    return UploadReceipt(job_view(services, received.job), received.document_id, received.is_new)


def _message(body: bytes) -> Pushed:
    try:
        message = msgspec.json.decode(body, type=Pushed)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise InvalidInputError(f"The message: {exc}") from exc
    if (message.url is None) == (not bytes(message.exchange)):
        raise InvalidInputError("The message: give url or exchange, one of them.")
    return message


def _take(services: Services, message: Pushed) -> Received:
    if message.url is not None:
        order = Order(
            url=message.url,
            kind=message.kind,
            title=message.title,
            visibility=message.visibility,
            tags=message.tags,
            source=message.source,
        )
        return receive_order(services, order, None)
    services.taxonomy.require(message.tags, said_in="tags")
    return receive(
        services.intake,
        bytes(message.exchange),
        filename=_FILENAME,
        options=SubmissionOptions(
            source=message.source,
            kind=message.kind,
            title=message.title,
            visibility=message.visibility,
            tags=message.tags,
        ),
        uploaded_by=None,
    )


def _sweep(directory: Path) -> None:
    oldest = time.time() - REMEMBERED_S
    for path in directory.glob("*"):
        try:
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # swept by another delivery, or renamed by it
        except OSError as exc:
            raise TransientError("The directory of messages cannot be read.") from exc
