"""Profiles as clients see them."""

from __future__ import annotations

from api.access import may_edit_profile
from api.views.tags import tag_views
from indexer.taxonomy import Taxonomy
from schemas.identity import Caller
from schemas.profile import Profile
from schemas.wire_people import ProfileView


def profile_view(profile: Profile, *, taxonomy: Taxonomy, caller: Caller) -> ProfileView:
    """Return a profile that its caller may see."""
    return ProfileView(
        person_id=profile.person_id,
        name=profile.name,
        project=profile.project,
        description=profile.description,
        sectors=tag_views(profile.sectors, taxonomy),
        stage=tag_views([profile.stage], taxonomy)[0] if profile.stage else None,
        goals=profile.goals,
        milestones=profile.milestones,
        city=profile.city,
        joined=profile.joined,
        updated_at=profile.updated_at,
        may_edit=may_edit_profile(caller, profile.person_id),
    )
