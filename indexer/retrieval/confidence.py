"""How likely it is that the first page holds an answer: signs that a search leaves, weighed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from heapq import nlargest
from typing import Final

import msgspec

from indexer.ports import LexicalIndex
from indexer.retrieval.ranking import RankedDocument
from indexer.retrieval.understanding import Understanding
from schemas.query import Filter, RetrieverChoice

CALIBRATED_ENCODER: Final = "multilingual-e5-small"
"""What the weights of ``lead`` are fitted with; with another one, words alone tell."""
_FIRST_PAGE: Final = 10  # documents: what the judgments that it is calibrated on call a page
_LOOKED_AT: Final = 3  # documents: the best of them by words is not always the first


class Signs(msgspec.Struct, frozen=True):
    """What tells an answered query from another; nothing that depends on how many documents are."""

    coverage: float | None
    """Share of what is asked that one of the first three documents has in its best passage, rare
    words first (``LexicalIndex.coverage``). ``None``: an English query, or no content word."""
    lead: float | None
    """By how much the best document outscores the tenth. ``None``: fewer than ten documents, one
    retriever alone, or an encoder that nothing was fitted with."""
    n_words: int
    """Content words asked for: of a long question less is found in one place."""


class Weights(msgspec.Struct, frozen=True):
    """Of a logistic regression."""

    intercept: float
    coverage: float = 0.0
    lead: float = 0.0
    log_words: float = 0.0
    """Of ln(1 + words)."""


# Fitted by ``python -m benchmarks.confidence`` (docs/search.md has the figures): one query in five
# finds no answer. Each row for the signs that there are.
BY_ALL: Final = Weights(-6.72, coverage=5.611, lead=0.725, log_words=2.236)
BY_WORDS: Final = Weights(-5.046, coverage=6.385, log_words=1.777)
BY_LEAD: Final = Weights(-0.828, lead=1.13)


def read_signs(
    documents: Sequence[RankedDocument],
    wanted: Understanding,
    lexical: LexicalIndex,
    visible: Filter,
    *,
    choice: RetrieverChoice,
    encoder: str,
) -> Signs:
    """Read the signs of one search.

    Args:
        documents: What was found, best first by score, all of it visible to the caller.
        wanted: What was asked.
        lexical: The index that was asked.
        visible: Everything that the caller may see.
        choice: Which retrievers answered.
        encoder: Name of the encoder whose vectors were searched.
    """
    n_words = sum(1 for group in wanted.lexical.words if group and group[0].weight >= 1)
    best = [each.passages[0].raw.passage_id for each in documents[:_LOOKED_AT]]
    is_told_by_words = n_words > 0 and not wanted.is_english
    is_fitted = choice is RetrieverChoice.HYBRID and encoder == CALIBRATED_ENCODER
    # By score: a document may stand higher than its score, for a word that decides.
    scores = nlargest(_FIRST_PAGE, (each.score for each in documents))
    return Signs(
        coverage=max(lexical.coverage(wanted.lexical, best, visible), default=0.0)
        if is_told_by_words
        else None,
        lead=scores[0] - scores[-1] if is_fitted and len(scores) == _FIRST_PAGE else None,
        n_words=n_words,
    )


def confidence_of(signs: Signs) -> float | None:
    """Return the probability that the first page holds an answer; ``None`` without a sign.

    p = 1 / (1 + exp(-(intercept + sum of weight * sign))), for ten documents in order of score,
    whatever page and order are asked for.
    """
    match signs.coverage, signs.lead:
        case None, None:
            return None
        case None, _:
            weights = BY_LEAD
        case _, None:
            weights = BY_WORDS
        case _:
            weights = BY_ALL
    return weigh(signs, weights)


def weigh(signs: Signs, weights: Weights) -> float:
    """Return the probability by these weights; a sign that is not there adds nothing."""
    logit = math.fsum((
        weights.intercept,
        weights.coverage * (signs.coverage or 0.0),
        weights.lead * (signs.lead or 0.0),
        weights.log_words * math.log1p(signs.n_words),
    ))
    return 1 / (1 + math.exp(-logit))
