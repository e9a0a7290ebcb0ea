"""What to read next for a person: from what the school knows of them, within what they may see."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from api.access import may_see_profile, nothing
from api.services import Services
from indexer.retrieval.recommending import RECOMMENDED, Known, fill, recommend
from indexer.retrieval.wishes import NOTHING, Wish, wish_of_profile, wish_of_text
from schemas.document import DocumentKind
from schemas.identity import Caller, Role
from schemas.ids import DocumentId, PersonId
from schemas.profile import Profile
from schemas.query import Filter
from schemas.recommendation import Basis, Recommendation, WhyCode

_N_RECENT: Final = 200  # documents among which the popular and the new ones are looked for


class Wanted(msgspec.Struct, frozen=True):
    """What recommendations are asked for, and for whom."""

    q: str = ""
    """A sentence that says it all: then what was seen counts as well."""
    goal: str = ""
    """One goal, of the profile or not."""
    kinds: frozenset[DocumentKind] = frozenset()
    person_id: str | None = None
    """Whose; ``None`` for the caller's own."""
    limit: int = RECOMMENDED


def recommended(
    services: Services, caller: Caller, wanted: Wanted
) -> tuple[list[Recommendation], Basis]:
    """Return what to read, best first, and what it follows from.

    Documents are those that the person they are for may see; where a mentor asks for a student
    the student's own keys decide, and never more than the mentor's.

    Raises:
        NotFoundError: If the caller may not ask for this person, or there is no such profile.
    """
    reader = _reader(services, caller, wanted.person_id)
    profile = services.catalog.profiles.get(reader.person_id)
    where = Filter(audiences=reader.audiences, kinds=wanted.kinds)
    wish = _wish(wanted, profile, services)
    known = _known(services, reader, profile, wish)
    found = recommend(
        wish,
        where,
        services.handle.engine,
        known=known,
        vectors_of=services.catalog.passages.vectors_among,
        limit=wanted.limit,
    )
    if found or wish.basis is Basis.QUESTION:
        return found, wish.basis
    return _of_everybody(services, where, known, wanted.limit), Basis.EVERYONE


def _reader(services: Services, caller: Caller, person_id: str | None) -> Caller:
    """Return whom recommendations are for: the caller, or a student that the caller may look up."""
    if person_id is None or person_id == caller.person_id:
        return caller
    reader = PersonId(person_id)
    if not may_see_profile(caller, person_id) or services.catalog.profiles.get(reader) is None:
        raise nothing()
    return Caller(reader, Role.STUDENT)


def _wish(wanted: Wanted, profile: Profile | None, services: Services) -> Wish:
    if text := wanted.q.strip():
        return wish_of_text(text, profile, services.taxonomy)
    if goal := wanted.goal.strip():
        return wish_of_text(goal, profile, services.taxonomy, WhyCode.GOAL)
    return wish_of_profile(profile, services.taxonomy) if profile else NOTHING


def _known(services: Services, reader: Caller, profile: Profile | None, wish: Wish) -> Known:
    tastes, least = services.catalog.tastes, services.settings.search.shared_query_people
    me = reader.person_id
    sectors = wish.project.sectors or frozenset(profile.sectors if profile else ())
    # A whole sentence asks for everything that there is, read or not.
    is_all = any(ask.code is WhyCode.QUESTION for ask in wish.asks)
    return Known(
        seen=frozenset() if is_all else _seen(services, reader),
        similar=tastes.of_sectors(sectors, at_least=least, without=me),
        popular=tastes.of_everybody(at_least=least, without=me),
    )


def _seen(services: Services, reader: Caller) -> frozenset[DocumentId]:
    catalog, me = services.catalog, reader.person_id
    return frozenset().union(
        catalog.feedback.touched_by(services.pseudonyms.of(me)),
        catalog.judgments.judged_by(me),
        catalog.saved.all_of(me),
        catalog.documents.with_participant(me),
    )


def _of_everybody(
    services: Services, where: Filter, known: Known, limit: int
) -> list[Recommendation]:
    recent, _ = services.catalog.documents.list_recent(
        where.audiences, kinds=_sorted(where.kinds), per_page=_N_RECENT
    )
    return list(fill(recent, known, limit=limit))


def _sorted(kinds: Collection[DocumentKind]) -> list[DocumentKind]:
    return sorted(kinds)
