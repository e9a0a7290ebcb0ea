"""The taxonomy as checkboxes, by facet: what is on a document, and who or what put it there."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from api.pages.texts import Texts
from indexer.taxonomy import Taxonomy
from schemas.ids import TagId
from schemas.tag import TagFacet


class TagChoice(msgspec.Struct, frozen=True):
    """One tag to choose."""

    id: str
    label: str
    hint: str
    """What the tag is about, in the school's words."""
    is_chosen: bool
    origin: str
    """Who or what chose it; empty for a tag that is not chosen."""


class TagGroup(msgspec.Struct, frozen=True):
    """The tags of one facet: those that are chosen first, then in the order of the taxonomy."""

    facet: TagFacet
    choices: tuple[TagChoice, ...]

    @property
    def n_chosen(self) -> int:
        """How many of them are chosen."""
        return sum(choice.is_chosen for choice in self.choices)


def tag_groups(
    taxonomy: Taxonomy, t: Texts, chosen: Mapping[TagId, str] | None = None
) -> tuple[TagGroup, ...]:
    """Return every tag by facet.

    Args:
        taxonomy: The school's.
        t: The language of the page.
        chosen: Who or what chose each tag that is chosen; tags that have left the taxonomy are
            passed over.
    """
    origins = chosen or {}
    choices = [
        (tag.facet, TagChoice(tag.id, label, tag.description, tag.id in origins, origin))
        for tag in taxonomy.tags
        for label, origin in [
            (taxonomy.label(tag.id, english=t.language == "en"), origins.get(tag.id, ""))
        ]
    ]
    choices.sort(key=lambda pair: not pair[1].is_chosen)
    return tuple(
        TagGroup(facet, tuple(choice for own, choice in choices if own is facet))
        for facet in TagFacet
    )
