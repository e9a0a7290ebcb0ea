"""Synonyms as clients see them."""

from __future__ import annotations

from indexer.live_synonyms import GroupInForce
from schemas.wire_synonyms import SynonymView


def synonym_view(found: GroupInForce) -> SynonymView:
    """Return a group in force."""
    group = found.group
    return SynonymView(
        id=group.id,
        words=group.words,
        abbreviations=group.abbreviations,
        beside=group.beside,
        weight=group.weight,
        origin=found.origin,
        edited_at=found.edited_at,
    )
