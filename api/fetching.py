"""Documents that a request names by their address: their job fetches them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from api.services import Services
from indexer.intake import Received, SubmissionOptions
from indexer.ordering import order
from schemas.document import DocumentKind, Visibility
from schemas.errors import InvalidInputError
from schemas.ids import PersonId

MAX_ORDER_BYTES: Final = 64 * 1024
"""Of a body that names an address: no exchange is taken for one."""


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


def receive_order(services: Services, ordered: Order, uploaded_by: PersonId | None) -> Received:
    """Make the job that fetches what an order names.

    Raises:
        AddressRefusedError: If the address is not fetched from.
        InvalidInputError: If a tag is not in the taxonomy.
    """
    services.taxonomy.require(ordered.tags, said_in="tags")
    return order(
        services.intake,
        ordered.url,
        options=SubmissionOptions(
            source=ordered.source,
            kind=ordered.kind,
            title=ordered.title,
            visibility=ordered.visibility,
            tags=ordered.tags,
            created_at=ordered.date,
        ),
        uploaded_by=uploaded_by,
    )
