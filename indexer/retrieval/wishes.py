"""What somebody wants to read, told from a profile or from one sentence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

import msgspec

from indexer.analysis.normalize import fold
from indexer.taxonomy import Taxonomy
from schemas.ids import TagId
from schemas.profile import Milestone, Profile
from schemas.query import MAX_QUERY_CHARS, Project
from schemas.recommendation import Basis, WhyCode
from schemas.tag import TagFacet

N_GOALS: Final = 3  # each is a search: the first ones weigh most to whoever wrote them
N_MILESTONES: Final = 1
N_TAGS: Final = 4
_GOAL_WEIGHTS: Final = (1.0, 0.95, 0.9)
_MILESTONE_WEIGHT: Final = 0.9
_DESCRIPTION_WEIGHT: Final = 0.7  # it says who asks, less what for
_TAG_WEIGHT: Final = 0.8  # all that a tag stands for, of which a part is meant
_CODES: Final = {TagFacet.SECTOR: WhyCode.SECTOR, TagFacet.STAGE: WhyCode.STAGE}
_WORD: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_MIN_ALIAS_CHARS: Final = 4  # folded, shorter ones are ordinary words


class Ask(msgspec.Struct, frozen=True):
    """One thing to look for."""

    text: str
    code: WhyCode
    weight: float = 1.0
    words: tuple[str, ...] = ()
    """What is told of it: words of the profile, or ids of tags."""


class Wish(msgspec.Struct, frozen=True):
    """Everything to look for, and for what project."""

    asks: tuple[Ask, ...]
    project: Project = Project()
    topics: frozenset[TagId] = frozenset()
    """Tags of any other facet that the texts name."""
    basis: Basis = Basis.PROFILE

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return not self.asks and self.project == Project()


NOTHING: Final = Wish((), basis=Basis.EVERYONE)


def wish_of_profile(profile: Profile, taxonomy: Taxonomy) -> Wish:
    """Return what a profile asks for: its first goals, the next milestone, the project itself.

    A profile that says no more than a sector or a stage asks for what has these tags.
    """
    asks = tuple(_asks(profile, taxonomy))
    named = _named(". ".join(word for ask in asks for word in ask.words), taxonomy)
    wish = Wish(
        asks or tuple(_of_tags(_tags_of(profile), taxonomy)),
        _project(profile, taxonomy),
        frozenset(tag for tag in named if _is_topic(tag, taxonomy)),
    )
    return NOTHING if wish.is_empty else wish


def wish_of_text(
    text: str, profile: Profile | None, taxonomy: Taxonomy, code: WhyCode = WhyCode.QUESTION
) -> Wish:
    """Return what a sentence asks for, such as "everything for a shop that sells online".

    A sector or a stage that it names is meant instead of the profile's.
    """
    named = _named(text, taxonomy)
    sectors = frozenset(tag for tag in named if taxonomy.facet_of(tag) is TagFacet.SECTOR)
    stages = sorted(tag for tag in named if taxonomy.facet_of(tag) is TagFacet.STAGE)
    own = _project(profile, taxonomy) if profile else Project()
    project = Project(sectors or own.sectors, stages[0] if stages else own.stage)
    topics = frozenset(tag for tag in named if _is_topic(tag, taxonomy))
    words = (text,) if code is WhyCode.GOAL else ()
    asks = (Ask(text[:MAX_QUERY_CHARS], code, words=words), *_of_tags(sorted(named), taxonomy))
    return Wish(asks, project, topics, Basis.QUESTION)


def _project(profile: Profile, taxonomy: Taxonomy) -> Project:
    """Return sector and stage, without what the taxonomy does not have (any more)."""
    sectors = frozenset(tag for tag in profile.sectors if tag in taxonomy.by_id)
    return Project(sectors, profile.stage if profile.stage in taxonomy.by_id else None)


def _asks(profile: Profile, taxonomy: Taxonomy) -> Iterator[Ask]:
    # A goal is said in a few words ("forty customers a day"): the sector says of what.
    known = (taxonomy.by_id[each].label for each in profile.sectors if each in taxonomy.by_id)
    context = "".join(f", {label}" for label in islice(known, 1))
    for goal, weight in zip(profile.goals[:N_GOALS], _GOAL_WEIGHTS, strict=False):
        yield Ask(f"{goal}{context}", WhyCode.GOAL, weight, (goal,))
    waiting = sorted((one for one in profile.milestones if not one.done), key=_due)
    for milestone in waiting[:N_MILESTONES]:
        label = milestone.label
        yield Ask(f"{label}{context}", WhyCode.MILESTONE, _MILESTONE_WEIGHT, (label,))
    if description := profile.description[:MAX_QUERY_CHARS].strip():
        yield Ask(description, WhyCode.PROJECT, _DESCRIPTION_WEIGHT)


def _of_tags(tags: Iterable[TagId], taxonomy: Taxonomy) -> Iterator[Ask]:
    known = [tag for tag in map(taxonomy.by_id.get, tags) if tag is not None]
    for tag in known[:N_TAGS]:
        text = f"{tag.label}. {tag.description}"[:MAX_QUERY_CHARS]
        yield Ask(text, _CODES.get(tag.facet, WhyCode.TOPIC), _TAG_WEIGHT, (tag.id,))


def _tags_of(profile: Profile) -> tuple[TagId, ...]:
    return (*profile.sectors, *((profile.stage,) if profile.stage else ()))


def _due(milestone: Milestone) -> dt.date:
    return milestone.date or dt.date.max


def _named(text: str, taxonomy: Taxonomy) -> frozenset[TagId]:
    """Return the tags that a text calls by one of their names, as whole words."""
    words = f" {_plain(text)} "
    return frozenset(
        tag.id
        for tag, names in taxonomy.spoken
        if any(len(name) >= _MIN_ALIAS_CHARS and f" {_plain(name)} " in words for name in names)
    )


@lru_cache(maxsize=5_000)  # names of the taxonomy come again and again
def _plain(text: str) -> str:
    return " ".join(_WORD.findall(fold(text)))


def _is_topic(tag_id: TagId, taxonomy: Taxonomy) -> bool:
    return taxonomy.facet_of(tag_id) in {TagFacet.TOPIC, TagFacet.SKILL}
