"""Starting an experiment: what must be true before two rankings share a page."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from indexer.catalog.catalog import Catalog
from indexer.live_ranking import find_profile, served_profile
from indexer.retrieval.profiles import profile_named
from schemas.errors import InvalidInputError
from schemas.experiment import Experiment
from schemas.settings import Settings

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class Wanted:
    """An experiment that somebody wants."""

    def __init__(self, name: str, challenger: str, share: float) -> None:
        """Take what was asked for.

        Args:
            name: Of the experiment, never used before.
            challenger: The profile to be tried, by name or ``name@version``.
            share: Of the people, above 0 and at most 1.

        Raises:
            InvalidInputError: If the name or the share is none.
        """
        if not _NAME.fullmatch(name):
            raise InvalidInputError("An experiment is named in small letters, digits and hyphens.")
        if not 0 < share <= 1:
            raise InvalidInputError("The share of the people lies above 0 and at most at 1.")
        self.name, self.challenger, self.share = name, challenger, share


def start_experiment(
    catalog: Catalog, settings: Settings, wanted: Wanted, *, by: str, now: datetime
) -> Experiment:
    """Let a challenger share pages with the profile in service.

    Raises:
        NotFoundError: If there is no such profile.
        InvalidInputError: If the challenger is the profile in service.
        ConflictError: If the name is taken, or another experiment is running.
    """
    store = catalog.rankings
    champion = served_profile(profile_named(settings.search.profile), store)
    challenger = find_profile(wanted.challenger, store.profiles())
    if challenger.version_name == champion.version_name:
        raise InvalidInputError(f"{champion.version_name} is in service: it is no challenger.")
    experiment = Experiment(
        name=wanted.name,
        champion=champion.version_name,
        challenger=challenger.version_name,
        share=wanted.share,
        started_at=now,
        started_by=by,
        since=catalog.feedback.end(),
    )
    store.start(experiment)
    return experiment
