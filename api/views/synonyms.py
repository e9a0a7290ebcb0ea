"""Synonyms as clients see them."""

from __future__ import annotations

import msgspec

from indexer.live_synonyms import GroupInForce
from schemas.wire_synonyms import SynonymView


def synonym_view(found: GroupInForce) -> SynonymView:
    """Return a group in force."""
    return SynonymView(
        **msgspec.structs.asdict(found.group), origin=found.origin, edited_at=found.edited_at
    )
