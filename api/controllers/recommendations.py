"""What to read next."""

from __future__ import annotations

from typing import Annotated

from litestar import Router, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, QueryParameter

from api.dependencies import TheCaller, TheServices
from api.guards import PARAMETERS, require_known_parameters
from api.recommending import Wanted, recommended
from api.views.recommendations import recommendation_list
from indexer.analysis.normalize import well_formed
from indexer.retrieval.recommending import MAX_RECOMMENDED, RECOMMENDED
from schemas.document import DocumentKind
from schemas.query import MAX_QUERY_CHARS
from schemas.wire import Problem
from schemas.wire_recommendations import RecommendationList


@get(
    "/recommendations",
    sync_to_thread=True,
    guards=[require_known_parameters],
    opt={PARAMETERS: ("q", "goal", "kind", "limit", "person_id")},
    responses={404: ResponseSpec(Problem, generate_examples=False, description="No such person.")},
    summary="What to read next",
)
def recommendations(  # noqa: PLR0913 - one argument per query parameter is what documents them
    services: TheServices,
    caller: TheCaller,
    *,
    q: Annotated[
        str,
        QueryParameter(
            max_length=MAX_QUERY_CHARS,
            description="Everything for this, in one sentence: also what was read already.",
        ),
    ] = "",
    goal: Annotated[
        str, QueryParameter(max_length=MAX_QUERY_CHARS, description="For this goal alone.")
    ] = "",
    kind: FromQuery[list[DocumentKind] | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_RECOMMENDED)] = RECOMMENDED,
    person_id: Annotated[
        str | None,
        QueryParameter(max_length=64, description="For this student; mentors only."),
    ] = None,
) -> RecommendationList:
    """List what helps the caller's project, with why, without what the caller has read already.

    It follows from the goals, the next milestone and the description of the caller's profile,
    from its sector and stage, and from what people of the same sector found useful. Without a
    profile it is what helped many, then what is new.

    Raises:
        NotFoundError: If there is no such person, or none whose list the caller may see.
    """
    wanted = Wanted(
        q=well_formed(q),
        goal=well_formed(goal),
        kinds=frozenset(kind or ()),
        person_id=person_id,
        limit=limit,
    )
    found, basis = recommended(services, caller, wanted)
    return recommendation_list(found, basis, services, caller)


recommendations_router = Router("/", route_handlers=[recommendations], tags=["recommendations"])
