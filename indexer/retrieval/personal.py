"""A soft lift for what is of the searcher's sector and stage: it decides between near equals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from indexer.ports import PassageCard
from indexer.retrieval.profiles import RankingProfile
from indexer.retrieval.ranking import RankedDocument
from schemas.hit import Ground, GroundCode
from schemas.ids import PassageId
from schemas.query import Project

_SECTOR_SHARE: Final = 2 / 3  # a baker reads of bakers at any stage sooner than of any beginner


def for_project(
    documents: Sequence[RankedDocument],
    cards: Mapping[PassageId, PassageCard],
    project: Project | None,
    profile: RankingProfile,
) -> list[RankedDocument]:
    """Return the same documents, those of the project's sector and stage lifted a little.

    A document of one of the sectors gains two thirds of ``profile.personal``, one of the stage the
    last third: that is all it can ever gain, so that what answers clearly better stays above.
    Equal ones follow each other in document-id order.

    Args:
        documents: Best first, with fused scores.
        cards: Of their passages: they carry the document's tags.
        project: ``None`` leaves everything as it is.
        profile: Its ``personal`` is the most that a document gains, in fused score.
    """
    if project is None or not profile.personal:
        return list(documents)
    lifted = [_lifted(each, cards, project, profile.personal) for each in documents]
    return sorted(lifted, key=lambda document: (-document.score, document.document_id))


def fit(tags: Sequence[str], project: Project) -> float:
    """Return how well a document's tags fit a project, from 0 to 1."""
    of_sector = not project.sectors.isdisjoint(tags)
    of_stage = project.stage is not None and project.stage in tags
    return of_sector * _SECTOR_SHARE + of_stage * (1 - _SECTOR_SHARE)


def own_grounds(tags: Sequence[str], project: Project) -> Iterator[Ground]:
    """Yield what of a document's tags is the searcher's own."""
    if not project.sectors.isdisjoint(tags):
        yield Ground(GroundCode.SECTOR)
    if project.stage is not None and project.stage in tags:
        yield Ground(GroundCode.STAGE)


def _lifted(
    document: RankedDocument,
    cards: Mapping[PassageId, PassageCard],
    project: Project,
    most: float,
) -> RankedDocument:
    card = cards.get(document.passages[0].raw.passage_id)
    gain = most * fit(card.tags, project) if card is not None else 0.0
    if not gain:
        return document
    return msgspec.structs.replace(document, score=document.score + gain, personal=gain)
