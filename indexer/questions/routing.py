"""To whom a question goes: the mentor who answered best near it, and does not have too many."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from schemas.document import Document, ParticipantRole
from schemas.ids import DocumentId, PersonId
from schemas.judgment import Verdict
from schemas.question import Evidence, Suitor

N_LOOKED_AT: Final = 30
"""Documents near the question that are looked at."""
SPREAD: Final = 1.0
"""In fused score: a document so much below the nearest one counts a third of it."""
PRIOR: Final = 2.0
"""Votes of each kind that every document begins with: one vote alone does not decide."""
PER_WAITING: Final = 0.25
"""What each question that a mentor has takes from their score: four halve it."""
N_EVIDENCE: Final = 5
"""Documents kept as the reason."""


class Near(msgspec.Struct, frozen=True):
    """A document near a question."""

    document: Document
    score: float
    """Fused score: above 0 it is nearer than the mean candidate."""


Verdicts = Mapping[DocumentId, Mapping[PersonId, Verdict]]
"""What each person last said of a document, for whatever query."""


def suitors(
    near: Sequence[Near],
    verdicts: Verdicts,
    n_waiting: Mapping[PersonId, int],
    *,
    never: Collection[PersonId] = (),
) -> list[Suitor]:
    """Return the mentors who answered near a question, the best first; ties in order of id.

    score = sum over their documents of nearness * worth / (1 + ``PER_WAITING`` * waiting), with

    - nearness = exp((fused score - best fused score) / ``SPREAD``), for fused scores above 0
    - worth = 2 * (useful + ``PRIOR``) / (useful + not useful + 2 * ``PRIOR``): 1 without votes;
      what the mentor says of their own documents does not count.

    Args:
        near: Documents near the question, the nearest first, that mentors may see.
        verdicts: What people say of them.
        n_waiting: Questions that mentors have.
        never: Who is not asked: the asker.
    """
    best = max((each.score for each in near), default=0.0)
    evidence: defaultdict[PersonId, list[Evidence]] = defaultdict(list)
    for each in near:
        if each.score <= 0:
            continue
        nearness = math.exp((each.score - best) / SPREAD)
        said = verdicts.get(each.document.id, {})
        for mentor in _mentors(each.document):
            if mentor not in never:
                evidence[mentor].append(_evidence(each.document.id, nearness, said, mentor))
    found = [
        Suitor(
            mentor,
            _score(those, n_waiting.get(mentor, 0)),
            tuple(those[:N_EVIDENCE]),
            n_waiting.get(mentor, 0),
        )
        for mentor, those in evidence.items()
    ]
    return sorted(found, key=lambda each: (-each.score, each.mentor_id))


def first_free(found: Iterable[Suitor], *, most_waiting: int) -> Suitor | None:
    """Return the best mentor who has fewer questions than ``most_waiting``; ``None`` for none."""
    return next((each for each in found if each.n_waiting < most_waiting), None)


def worth(evidence: Evidence) -> float:
    """Return how well a document answered: from 0 to 2, 1 where nobody said anything."""
    n = evidence.n_useful + evidence.n_not_useful
    return 2 * (evidence.n_useful + PRIOR) / (n + 2 * PRIOR)


def _mentors(document: Document) -> list[PersonId]:
    return [each.id for each in document.participants if each.role is ParticipantRole.MENTOR]


def _evidence(
    document_id: DocumentId, nearness: float, said: Mapping[PersonId, Verdict], mentor: PersonId
) -> Evidence:
    others = [verdict for person, verdict in said.items() if person != mentor]
    return Evidence(
        document_id=document_id,
        nearness=nearness,
        n_useful=others.count(Verdict.USEFUL),
        n_not_useful=others.count(Verdict.NOT_USEFUL),
    )


def _score(evidence: Sequence[Evidence], n_waiting: int) -> float:
    total = math.fsum(each.nearness * worth(each) for each in evidence)
    return total / (1 + PER_WAITING * n_waiting)
