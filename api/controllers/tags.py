"""The school's taxonomy."""

from __future__ import annotations

from litestar import Router, get

from api.dependencies import TheServices
from api.views.tags import taxonomy_view
from schemas.wire import TaxonomyView


@get("/tags", sync_to_thread=False, summary="The taxonomy")
def list_tags(services: TheServices) -> TaxonomyView:
    """Return every tag with its labels, in the order of the school's file."""
    return taxonomy_view(services.taxonomy)


tags_router = Router("/", route_handlers=[list_tags], tags=["tags"])
