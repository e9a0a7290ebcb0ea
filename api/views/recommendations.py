"""Recommendations as clients see them."""

from __future__ import annotations

from api.services import Services
from api.views.documents import document_view
from api.views.places import document_url, place_url
from indexer.taxonomy import Taxonomy
from schemas.identity import Caller
from schemas.ids import TagId
from schemas.recommendation import Basis, Recommendation, Why, WhyCode
from schemas.wire_recommendations import RecommendationList, RecommendedDocument, WhyView

OF_TAGS = frozenset({WhyCode.TOPIC, WhyCode.SECTOR, WhyCode.STAGE})
"""Codes whose words are ids of tags."""


def recommendation_list(
    found: list[Recommendation], basis: Basis, services: Services, caller: Caller
) -> RecommendationList:
    """Return recommendations of documents that the caller may see."""
    tags = services.catalog.documents.tags([each.document.id for each in found])
    taxonomy = services.taxonomy
    return RecommendationList(
        tuple(
            RecommendedDocument(
                document_view(
                    each.document, tags[each.document.id], taxonomy=taxonomy, caller=caller
                ),
                _url(each),
                tuple(_why(why, taxonomy) for why in each.whys),
            )
            for each in found
        ),
        basis,
    )


def _url(one: Recommendation) -> str:
    if one.passage is None or not one.passage.ordinal:
        return document_url(one.document.id)
    return place_url(one.document.id, one.passage.locator, None)


def _why(why: Why, taxonomy: Taxonomy) -> WhyView:
    words = why.words
    if why.code in OF_TAGS:
        words = tuple(taxonomy.label(TagId(each)) for each in words)
    return WhyView(why.code, words, why.n_people)
