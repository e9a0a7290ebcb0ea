"""Letting learned weights serve, where nothing speaks against them."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

import msgspec

from indexer.evaluation.tuning.tune import Tuned
from schemas.ranking import MadeProfile, ServiceChange

NAME: Final = "tuned"
"""Of every profile that is learned; versions tell them apart."""
_BY: Final = "cordee tune"


class ProfileStore(Protocol):
    """Keeps profiles made here, and which one serves."""

    def add(self, made: MadeProfile) -> MadeProfile:
        """Keep a profile under the next version of its name, and return it so."""

    def use(self, profile: str, now: datetime, *, by: str, reason: str) -> ServiceChange:
        """Put a profile in service."""


class Outcome(msgspec.Struct, frozen=True):
    """What was learned, and what became of it."""

    tuned: Tuned
    kept: MadeProfile | None
    """As the catalog has it; ``None`` where nothing was written."""
    served: ServiceChange | None
    """``None`` where the present profile stays."""


def promote(
    tuned: Tuned, store: ProfileStore, *, now: datetime, keep: bool, dry_run: bool
) -> Outcome:
    """Put what was learned in service, unless there is a reason not to; then change nothing.

    Args:
        tuned: What was learned.
        store: The catalog's.
        now: The time, UTC.
        keep: Write the profile also where it may not serve: an experiment can try it.
        dry_run: Write nothing at all.
    """
    if dry_run or (tuned.reasons and not keep):
        return Outcome(tuned, None, None)
    made = MadeProfile(
        name=NAME,
        version=0,
        weights=tuned.profile.weights(),
        made_at=now,
        dataset=tuned.dataset,
        measure="ndcg@10",
        before=round(tuned.apart.before, 4),
        after=round(tuned.apart.after, 4),
        p_value=round(tuned.apart.p_value, 4),
        against=tuned.present,
    )
    kept = store.add(made)
    if tuned.reasons:
        return Outcome(tuned, kept, None)
    reason = f"nDCG@10 {made.after} against {made.before} on {made.dataset}, p = {made.p_value}"
    return Outcome(tuned, kept, store.use(kept.key, now, by=_BY, reason=reason))
