"""Ranking profiles: named, versioned sets of fusion weights."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from schemas.errors import SettingsError
from schemas.ranking import MadeProfile


class RankingProfile(msgspec.Struct, frozen=True):
    """Weights of the component scores. Scores of two profiles are not comparable."""

    name: str
    version: int
    lexical: float = 0.4
    """Weight of the normalised lexical score."""
    dense: float = 0.6
    """Weight of the normalised cosine."""
    grams: float = 0.2
    """What a BM25 point of 4-grams and word pairs is worth in BM25 points of words."""
    lexical_power: float = 1.0
    """Exponent of the lexical score before it is normalised: below 1 it keeps one passage that
    repeats the query's words from standing so far out that meaning no longer counts."""
    second: float = 0.3
    """What the second best passage weighs in the score of its document; the best has the rest: a
    document that comes back to what is asked answers it more likely than one that touches on it."""
    alone: float = 0.7
    """How far below its best passage the second of a document with one candidate is taken to be,
    as fused score: a short document may be all answer."""
    exact_words: int = 2
    """Longest query, in words that carry meaning, whose rarest word decides: what has it stands
    above what has not. 0 switches that off; 3 words cost half a point of nDCG@10, 4 cost two."""
    exact_share: float = 0.02
    """Share of all passages up to which the rarest of two words decides; .03 costs half a point."""
    exact_share_alone: float = 0.2
    """The same for a word that is the whole query: a name is meant, however often it is said."""
    personal: float = 0.1
    """The most that a document gains, as fused score, for being of the searcher's own sector and
    stage: what lies between two neighbours among the first ten (median of the demo judgments),
    a twentieth of what lies between the first and the tenth."""
    usefulness: float = 1.0
    """What a point of what people found useful is worth (``feedback/usefulness.py`` has the cap and
    where it comes from); 0 leaves the log out of the ranking."""
    reranker: float = 0.7
    """What a cross-encoder weighs among the documents that it reads, where one is switched on; the
    score by passages has the rest. Neither measured nor chosen: that takes a model."""

    @property
    def version_name(self) -> str:
        """Name and version in one word: ``default@4``."""
        return f"{self.name}@{self.version}"

    def weights(self) -> dict[str, float]:
        """Return every field that is a number to choose."""
        named = msgspec.structs.asdict(self)
        return {name: named[name] for name in named if name not in {"name", "version"}}


# 0.4 / 0.6 over exact scores of the union: .35 to .5 differ by less than half a point of
# nDCG@10 on three French sets; grams and pairs add 2 points to the lexical half. ``v2`` promised
# more on tuning data and did not keep it (docs/search.md). It, ``v1``, which ranked documents by
# their best passage alone, and ``v3``, in which no exact word decided, stay to be compared with.
PROFILES: Final[Mapping[str, RankingProfile]] = MappingProxyType({
    "default": RankingProfile(name="default", version=4),
    "v1": RankingProfile(name="v1", version=1, second=0.0, exact_words=0),
    "v2": RankingProfile(
        name="v2", version=2, grams=0.3, lexical_power=0.85, second=0.0, exact_words=0
    ),
    "v3": RankingProfile(name="v3", version=3, exact_words=0),
})


def made_profile(made: MadeProfile) -> RankingProfile:
    """Return a profile that was made here; a weight that it does not name has its usual value.

    Raises:
        SettingsError: If a weight does not fit, or this release has no such weight.
    """
    usual = RankingProfile(made.name, made.version)
    if unknown := sorted(made.weights.keys() - usual.weights().keys()):
        raise SettingsError(f"Ranking profile {made.key}: there is no weight {unknown[0]}.")
    fields = usual.weights() | made.weights | {"name": made.name, "version": made.version}
    try:
        return msgspec.convert(fields, RankingProfile)
    except msgspec.ValidationError as exc:
        raise SettingsError(f"Ranking profile {made.key}: {exc}") from exc


def profile_named(name: str) -> RankingProfile:
    """Return the profile of the settings.

    Raises:
        SettingsError: If there is none of this name.
    """
    try:
        return PROFILES[name]
    except KeyError:
        known = ", ".join(sorted(PROFILES))
        raise SettingsError(f"No ranking profile is named {name!r}; known: {known}.") from None
