"""What the indexes hold, for those who look after the service."""

from __future__ import annotations

from litestar import Router, get
from litestar.params import FromQuery

from api.dependencies import TheServices
from api.guards import require_operator
from schemas.comparison import Comparison


@get(
    "/indexes/comparison",
    sync_to_thread=True,
    guards=[require_operator],
    summary="Do the indexes hold what the catalog says",
)
def get_comparison(services: TheServices, *, deep: FromQuery[bool] = False) -> Comparison:
    """Compare every passage of both indexes with the catalog; nothing is changed.

    With ``deep`` texts, tags and vectors are compared too: one look-up for each passage. Documents
    that change meanwhile are left out.
    """
    return services.handle.compare(deep=deep)


indexes_router = Router("/", route_handlers=[get_comparison], tags=["indexes"])
