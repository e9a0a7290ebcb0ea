"""The blocks of a text, as readers of a document see them."""

from __future__ import annotations

import msgspec

from schemas.content import BlockRole


class BoxView(msgspec.Struct, frozen=True):
    """A rectangle on a page, in thousandths of the page's width and height, from its top left."""

    x: int
    y: int
    width: int
    height: int


class BlockView(msgspec.Struct, frozen=True):
    """One heading, paragraph, list item or table."""

    ordinal: int
    text: str
    role: BlockRole
    level: int
    page: int | None
    box: BoxView | None = None
    """Where it stands on its page; ``None`` for texts without pages."""


class BodyView(msgspec.Struct, frozen=True, tag="body", tag_field="type"):
    """Blocks in reading order."""

    document_id: str
    blocks: tuple[BlockView, ...]
