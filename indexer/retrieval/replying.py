"""Which question of a conversation a passage answers, of those that it holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from indexer.analysis.analyzer import words_among
from schemas.hiding import overlaps
from schemas.reply import Reply, Turns
from schemas.span import Locator


def reply_of(
    place: Locator,
    replies: Sequence[Reply],
    terms: Collection[str],
    *,
    turn: Turns | None = None,
) -> Reply | None:
    """Return the reply that a passage belongs to; ``None`` where it holds none.

    Of several, one that the shown turn is part of, then the one whose question has most words of
    the query, then one whose answer the passage holds, then the first: what is read below the
    question must answer it, and what was asked is what the searcher recognises.

    Args:
        place: Of the passage.
        replies: Of its document, in order.
        terms: Index terms of the query.
        turn: Where the shown stretch of the passage stands, as far as that is known.
    """
    here = [each for each in replies if _holds(place, each)]
    return max(
        here,
        key=lambda each: (
            turn is not None and _holds(turn, each),
            len(words_among(each.title, terms)),
            any(overlaps(answer, place) for answer in each.answers),
            -each.ordinal,
        ),
        default=None,
    )


def _holds(place: Locator, reply: Reply) -> bool:
    return overlaps(reply.question, place) or any(overlaps(each, place) for each in reply.answers)
