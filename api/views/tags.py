"""Tags as clients see them: ids with their French labels."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.taxonomy import Taxonomy
from schemas.ids import TagId
from schemas.tag import Tag, TagAssignment
from schemas.wire import DocumentTagView, TagView, TaxonomyTag, TaxonomyView


def tag_views(tag_ids: Iterable[str], taxonomy: Taxonomy) -> tuple[TagView, ...]:
    """Dress tag ids; one that has left the taxonomy is its own label."""
    return tuple(_tag_view(tag_id, taxonomy) for tag_id in tag_ids)


def assignment_views(
    assignments: Iterable[TagAssignment], taxonomy: Taxonomy
) -> tuple[DocumentTagView, ...]:
    """Dress the tags of a document, with who or what assigned each."""
    return tuple(_assignment_view(each, taxonomy) for each in assignments)


def taxonomy_view(taxonomy: Taxonomy) -> TaxonomyView:
    """Return the whole taxonomy, in the order of its file."""
    return TaxonomyView(tuple(_taxonomy_tag(tag) for tag in taxonomy.tags))


def _tag_view(tag_id: str, taxonomy: Taxonomy) -> TagView:
    known = TagId(tag_id)
    return TagView(tag_id, taxonomy.label(known), taxonomy.facet_of(known))


def _assignment_view(each: TagAssignment, taxonomy: Taxonomy) -> DocumentTagView:
    view = _tag_view(each.tag_id, taxonomy)
    return DocumentTagView(view.id, view.label, view.facet, each.assigner, each.confidence)


def _taxonomy_tag(tag: Tag) -> TaxonomyTag:
    return TaxonomyTag(
        id=tag.id,
        facet=tag.facet,
        label=tag.label,
        label_en=tag.label_en,
        aliases=tag.aliases,
        description=tag.description,
        hard=tag.hard,
    )
