"""Tags of a document: those a person declared, those its words name, those its meaning suggests.

What speaks for a tag is put on one scale, the probability that a reader would agree:

    p = 1 / (1 + exp(-(SLOPE * (z - t) + ALIAS_BONUS * [an alias is named])))

z is how many standard deviations the tag's cosine to a passage lies above the mean cosine of all
tags to that passage. Raw cosines of e5 say nothing: all lie between .7 and .95, and a passage that
is close to one tag is close to all. t is the taxonomy's threshold: with more or fewer tags beside
it, the same cosine gives another z. SLOPE and ALIAS_BONUS are fitted by benchmarks/tagging.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from indexer.ports import QueryEncoder
from indexer.taxonomy import Taxonomy
from pipelines.enrichment.aliases import AliasMatcher
from schemas.ids import TagId
from schemas.tag import Tag, TagAssigner, TagAssignment, TagFacet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from schemas.passage import Vectors

SLOPE: Final = 2.4  # per standard deviation
ALIAS_BONUS: Final = 4.2
MIN_CONFIDENCE: Final = 0.4  # best F1 on the half of the labelled texts kept for choosing
CAPS: Final = {
    TagFacet.SECTOR: 2,
    TagFacet.TOPIC: 4,
    TagFacet.STAGE: 2,
    TagFacet.SKILL: 3,
}
"""Most machine tags per facet: with more, a filter no longer narrows."""
SUPPORT: Final = 0.15
"""Share of the passages that must speak for a tag: one remark in a long course is no subject."""

_DECIMALS: Final = 3  # of a confidence; more would claim too much of 30 texts


class Evidence(msgspec.Struct, frozen=True):
    """What speaks for one tag in one document."""

    tag: Tag
    z: float
    is_named: bool
    """An alias stands in the title, or in enough passages."""


class Tagger:
    """Assigns the tags of one taxonomy. Safe in several threads."""

    def __init__(self, taxonomy: Taxonomy, encoder: QueryEncoder) -> None:
        """Encode every tag once.

        Args:
            taxonomy: The tags.
            encoder: Of the model that makes the passage vectors. Tags are encoded as queries:
                they ask for passages, and that way round they find more (see the benchmark).
        """
        self._taxonomy = taxonomy
        self._matcher = AliasMatcher(taxonomy)
        self._vectors: Vectors = np.stack([
            encoder.encode_query(f"{tag.label} : {tag.description}") for tag in taxonomy.tags
        ])

    def assign(
        self,
        title: str,
        passages_text: Sequence[str],
        vectors: Vectors,
        declared: Sequence[str] = (),
    ) -> tuple[tuple[TagAssignment, ...], tuple[str, ...]]:
        """Return a document's tags and a warning for each declared one that is unknown.

        Args:
            title: Of the document; may be empty.
            passages_text: Its passages, in order.
            vectors: Of these passages, in the same order.
            declared: What the author wrote: ids, last parts of ids, labels or aliases.

        Returns:
            Declared tags first, then the machine's by falling confidence and by id; no tag
            twice.
        """
        stated, warnings = self._read_declared(declared)
        known = {assignment.tag_id for assignment in stated}
        assigned = self._choose(self.weigh(title, passages_text, vectors))
        machine = [assignment for assignment in assigned if assignment.tag_id not in known]
        return (*stated, *machine), warnings

    def named(self, text: str) -> set[TagId]:
        """Return the tags that a text names by label or alias."""
        return self._matcher.find(text)

    def weigh(self, title: str, passages_text: Sequence[str], vectors: Vectors) -> list[Evidence]:
        """Return the evidence for every tag, in the taxonomy's order; none without passages."""
        if not passages_text:
            return []
        needed = math.ceil(SUPPORT * len(passages_text))
        z = np.sort(_z_scores(vectors @ self._vectors.T), axis=0)[-needed]
        named = self._named(title, passages_text, needed)
        return [
            Evidence(tag, float(score), tag.id in named)
            for tag, score in zip(self._taxonomy.tags, z, strict=True)
        ]

    def confidence(self, evidence: Evidence) -> float:
        """Return the probability, 0 to 1, that a reader would put this tag on the document."""
        bonus = ALIAS_BONUS if evidence.is_named else 0.0
        distance = evidence.z - self._taxonomy.encoder_threshold
        return 1 / (1 + math.exp(-(SLOPE * distance + bonus)))

    def _named(self, title: str, passages_text: Sequence[str], needed: int) -> set[TagId]:
        counts: dict[TagId, int] = {}
        for text in passages_text:
            for tag_id in self._matcher.find(text):
                counts[tag_id] = counts.get(tag_id, 0) + 1
        often = {tag_id for tag_id, count in counts.items() if count >= needed}
        return often | self._matcher.find(title)

    def _choose(self, evidence: Sequence[Evidence]) -> list[TagAssignment]:
        """Keep the confident tags, at most ``CAPS`` of a facet."""
        sure = [(round(self.confidence(item), _DECIMALS), item) for item in evidence]
        sure = [pair for pair in sure if pair[0] >= MIN_CONFIDENCE]
        sure.sort(key=lambda pair: (-pair[0], pair[1].tag.id))
        room = dict(CAPS)
        kept = []
        for confidence, item in sure:
            if room[item.tag.facet] == 0:
                continue
            room[item.tag.facet] -= 1
            assigner = TagAssigner.ALIAS if item.is_named else TagAssigner.ENCODER
            kept.append(TagAssignment(item.tag.id, assigner, confidence))
        return kept

    def _read_declared(
        self, declared: Sequence[str]
    ) -> tuple[list[TagAssignment], tuple[str, ...]]:
        assignments: dict[TagId, TagAssignment] = {}
        warnings = []
        for name in declared:
            tag = self._taxonomy.resolve(name)
            if tag is None:
                warnings.append(f"Tag {name!r} is not in the taxonomy.")
            else:
                assignments[tag.id] = TagAssignment(tag.id, TagAssigner.PERSON, 1.0)
        return list(assignments.values()), tuple(warnings)


def _z_scores(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Standardise each row (one passage against all tags) to mean 0 and deviation 1."""
    spread = np.maximum(cosines.std(axis=1, keepdims=True), np.finfo(np.float32).eps)
    scores: NDArray[np.float32] = (cosines - cosines.mean(axis=1, keepdims=True)) / spread
    return scores
