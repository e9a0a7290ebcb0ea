"""Profiles: the project that a person builds; one's own, or a student's for mentors."""

from __future__ import annotations

import msgspec
from litestar import Router, get, put
from litestar.params import FromPath, JSONBody

from api.access import may_edit_profile, may_see_profile, nothing
from api.dependencies import TheCaller, TheServices
from api.views.profiles import profile_view
from indexer.people import check_tags
from schemas.errors import ForbiddenError
from schemas.ids import PersonId
from schemas.profile import Profile
from schemas.wire_people import ProfileRequest, ProfileView


@get("/profiles/{person_id:str}", sync_to_thread=True, summary="A person's project")
def get_profile(services: TheServices, caller: TheCaller, person_id: FromPath[str]) -> ProfileView:
    """Return the caller's own profile; mentors and administrators read everybody's.

    Raises:
        NotFoundError: If there is none, or none that the caller may see.
    """
    if not may_see_profile(caller, person_id):
        raise nothing()
    profile = services.catalog.profiles.get(PersonId(person_id))
    if profile is None:
        raise nothing()
    return profile_view(profile, taxonomy=services.taxonomy, caller=caller)


@put("/profiles/{person_id:str}", sync_to_thread=True, summary="Describe a project")
def put_profile(
    services: TheServices,
    caller: TheCaller,
    person_id: FromPath[str],
    data: JSONBody[ProfileRequest],
) -> ProfileView:
    """Write the caller's own profile, or as an administrator anybody's; what was there goes.

    The person's name and the day they came to the school are the school's to say: they stay.

    Raises:
        NotFoundError: If the profile is one that the caller may not see.
        ForbiddenError: If the caller may see it and not change it.
        InvalidInputError: If a tag is not in the taxonomy, or answers another question.
    """
    if not may_see_profile(caller, person_id):
        raise nothing()
    if not may_edit_profile(caller, person_id):
        raise ForbiddenError("A profile is changed by its person, or by an administrator.")
    check_tags(data.sectors, data.stage, services.taxonomy)
    before = services.catalog.profiles.get(PersonId(person_id))
    is_own = caller.person_id == person_id
    profile = Profile(
        person_id=PersonId(person_id),
        name=(before.name if before else "") or (caller.name if is_own else ""),
        joined=before.joined if before else None,
        updated_at=services.clock(),
        **msgspec.structs.asdict(data),
    )
    services.catalog.profiles.put(profile)
    return profile_view(profile, taxonomy=services.taxonomy, caller=caller)


profiles_router = Router("/", route_handlers=[get_profile, put_profile], tags=["profiles"])
