"""Documents that a request names by their address: fetched now, received like any upload."""

from __future__ import annotations

import tempfile
import threading
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from api.services import Services
from indexer.fetching import Fetcher
from indexer.intake import Received, SubmissionOptions, receive
from schemas.document import DocumentKind, Visibility
from schemas.errors import InvalidInputError, TransientError
from schemas.ids import PersonId

MAX_AT_ONCE: Final = 4
"""Of one process: each holds a thread and a connection, for minutes when it is a long recording."""
MAX_ORDER_BYTES: Final = 64 * 1024
"""Of a body that names an address: no exchange is taken for one."""

_slots = threading.BoundedSemaphore(MAX_AT_ONCE)


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a document is, and what its sender says about it."""

    url: str
    kind: DocumentKind | None = None
    title: str | None = None
    visibility: Visibility | None = None
    tags: tuple[str, ...] = ()
    source: str | None = None
    date: datetime | None = None


class _NamesAddress(msgspec.Struct):
    url: str
    messages: msgspec.Raw = msgspec.Raw()


def order_of(body: bytes) -> Order | None:
    """Read a body that names an address; ``None`` for an exchange, or what is none of both.

    Raises:
        InvalidInputError: If it names an address, and says something of it that does not fit.
    """
    if len(body) > MAX_ORDER_BYTES:
        return None
    try:
        named = msgspec.json.decode(body, type=_NamesAddress)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if bytes(named.messages):
        return None
    try:
        return msgspec.json.decode(body, type=Order)
    except msgspec.ValidationError as exc:
        raise InvalidInputError(f"The body: {exc}") from exc


def receive_order(services: Services, order: Order, uploaded_by: PersonId | None) -> Received:
    """Fetch what an order names and receive it.

    Raises:
        AddressRefusedError: If the address, or where it leads, is not fetched from.
        InvalidInputError: If a tag is not in the taxonomy.
        TransientError: If the site does not answer, or too much is being fetched.
    """
    services.taxonomy.require(order.tags, said_in="tags")
    if not _slots.acquire(blocking=False):
        raise TransientError("Too many documents are being fetched just now; try again soon.")
    try:
        with tempfile.TemporaryDirectory(dir=services.upload_dir) as name:
            fetched = Fetcher(services.settings).fetch(order.url, Path(name))
            return receive(
                services.intake,
                fetched.path,
                filename=fetched.filename,
                options=SubmissionOptions(
                    source=order.source,
                    location=fetched.url,
                    kind=order.kind,
                    title=order.title,
                    visibility=order.visibility,
                    tags=order.tags,
                    created_at=order.date,
                ),
                uploaded_by=uploaded_by,
            )
    finally:
        _slots.release()
