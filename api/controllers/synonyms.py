"""The school's synonyms: read by everybody, kept by mentors and administrators."""

from __future__ import annotations

import msgspec
from litestar import Router, delete, get, put
from litestar.params import FromPath, JSONBody

from api.dependencies import TheCaller, TheServices
from api.guards import require_staff
from api.views.synonyms import synonym_view
from schemas.errors import InvalidInputError
from schemas.synonym import SynonymGroup
from schemas.wire_synonyms import SynonymList, SynonymRequest, SynonymView


@get("/synonyms", sync_to_thread=True, summary="The synonyms in force")
def list_synonyms(services: TheServices) -> SynonymList:
    """Return every group that searches use, and which groups of the file were deleted."""
    groups = tuple(synonym_view(each) for each in services.synonyms.groups())
    return SynonymList(groups, services.synonyms.deleted())


@put(
    "/synonyms/{synonym_id:str}",
    sync_to_thread=True,
    guards=[require_staff],
    summary="Write a group of synonyms",
)
def put_synonyms(
    services: TheServices,
    caller: TheCaller,
    synonym_id: FromPath[str],
    data: JSONBody[SynonymRequest],
) -> SynonymView:
    """Add a group, or put it in place of the one with this id; the next search uses it.

    Raises:
        InvalidInputError: If the id is no id, the group has fewer than two forms, a form is too
            long or there twice, or a word is in another group as well.
    """
    group = _group(synonym_id, data)
    return synonym_view(services.synonyms.put(group, caller.person_id, services.clock()))


@delete(
    "/synonyms/{synonym_id:str}",
    sync_to_thread=True,
    guards=[require_staff],
    summary="Delete a group of synonyms",
)
def delete_synonyms(services: TheServices, caller: TheCaller, synonym_id: FromPath[str]) -> None:
    """Take a group out of use, also one of the school's file; writing it again brings it back.

    Raises:
        NotFoundError: If no group in force has this id.
    """
    services.synonyms.delete(synonym_id, caller.person_id, services.clock())


synonyms_router = Router(
    "/", route_handlers=[list_synonyms, put_synonyms, delete_synonyms], tags=["synonyms"]
)


def _group(synonym_id: str, data: SynonymRequest) -> SynonymGroup:
    """Return the group of a request, without needless spaces.

    Raises:
        InvalidInputError: If the id, which comes from the address, is none, or a form is empty.
    """
    group = SynonymGroup(
        id=synonym_id,
        words=_spaced(data.words),
        abbreviations=_spaced(data.abbreviations),
        beside=_spaced(data.beside),
        weight=data.weight,
    )
    try:
        return msgspec.convert(msgspec.to_builtins(group), SynonymGroup)
    except msgspec.ValidationError as exc:
        raise InvalidInputError(f"group {synonym_id}: {exc}") from exc


def _spaced(forms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(" ".join(form.split()) for form in forms)
