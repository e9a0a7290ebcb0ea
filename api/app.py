"""The ASGI composition root: routes, identity, errors and documentation, put together once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from typing import Final

from litestar import Litestar, Router
from litestar.concurrency import sync_to_thread
from litestar.config.cors import CORSConfig
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from api.compression import compression
from api.controllers.documents import documents_router
from api.controllers.events import events_router
from api.controllers.experiments import experiments_router
from api.controllers.health import health_handlers
from api.controllers.hooks import hooks_router
from api.controllers.indexes import indexes_router
from api.controllers.jobs import jobs_router
from api.controllers.judgments import judgments_router
from api.controllers.media import media_router
from api.controllers.mentors import mentors_router
from api.controllers.multi_search import multi_search_router
from api.controllers.profiles import profiles_router
from api.controllers.questions import questions_router
from api.controllers.recommendations import recommendations_router
from api.controllers.replies import replies_router
from api.controllers.restrictions import restrictions_router
from api.controllers.resumable import resumable_router
from api.controllers.saved import saved_router
from api.controllers.search import search_router
from api.controllers.session import session_router
from api.controllers.sharing import sharing_router
from api.controllers.similar import similar_router
from api.controllers.speakers import speakers_router
from api.controllers.steering import steering_router
from api.controllers.synonyms import synonyms_router
from api.controllers.tags import tags_router
from api.controllers.uploads import uploads_router
from api.dependencies import DEPENDENCIES
from api.guards import require_caller
from api.observation import REQUEST_ID, Observed
from api.openapi import Description
from api.pages.problems import to_page_or_problem
from api.pages.routes import pages_router
from api.services import Services, open_services
from schemas.settings import Settings

MAX_BODY_BYTES: Final = 256 * 1024
"""Of every request but uploads, which have their own limit: searches and tags are small."""
_CORS_AGE_S: Final = 600

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def create_app(settings: Settings, *, services: Services | None = None) -> Litestar:
    """Build the application.

    Args:
        settings: The settings tree.
        services: What the handlers work with, opened by the caller; ``None`` opens everything
            when the server starts and closes it when it stops.
    """
    v1 = Router(
        "/v1",
        guards=[require_caller],
        dependencies=DEPENDENCIES,
        route_handlers=[
            search_router,
            multi_search_router,
            documents_router,
            replies_router,
            restrictions_router,
            sharing_router,
            similar_router,
            speakers_router,
            uploads_router,
            resumable_router,
            hooks_router,
            media_router,
            jobs_router,
            steering_router,
            tags_router,
            synonyms_router,
            judgments_router,
            events_router,
            experiments_router,
            indexes_router,
            saved_router,
            profiles_router,
            recommendations_router,
            mentors_router,
            questions_router,
            session_router,
        ],
    )
    # Where probes and scrapers look for them, and where the rest of the API is.
    health = [
        Router(path, dependencies=DEPENDENCIES, route_handlers=health_handlers, tags=["health"])
        for path in ("/", "/v1")
    ]
    app = Litestar(
        route_handlers=[v1, *health, pages_router],
        lifespan=[_lifespan(settings, services)],
        exception_handlers={Exception: to_page_or_problem},
        compression_config=compression(),
        cors_config=_cors(settings),
        openapi_config=_openapi(),
        request_max_body_size=MAX_BODY_BYTES,
        logging_config=None,  # entry points set up the logs
    )
    app.asgi_handler = Observed(app.asgi_handler)
    return app


def _lifespan(settings: Settings, services: Services | None) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        if services is not None:
            app.state.services = services
            yield
            return
        opened = open_services(settings)
        app.state.services = await sync_to_thread(opened.__enter__)
        try:
            yield
        finally:
            await sync_to_thread(opened.__exit__, None, None, None)

    return lifespan


def _cors(settings: Settings) -> CORSConfig | None:
    origins = settings.server.allowed_origins
    if not origins:
        return None
    return CORSConfig(
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            *("Authorization", "Content-Type", "Last-Event-ID", "Range", REQUEST_ID),
            *("Tus-Resumable", "Upload-Length", "Upload-Metadata", "Upload-Offset"),
            "Upload-Checksum",
        ],
        expose_headers=[
            *("Location", "Content-Range", REQUEST_ID),
            *("Upload-Offset", "Upload-Length", "Upload-Expires", "Cordee-Job"),
        ],
        allow_credentials=False,  # another site's page brings a token, never the cookie
        max_age=_CORS_AGE_S,
    )


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Cordée",
        version=version("cordee"),
        description="Search everything a mentoring school has taught or answered.",
        path="/schema",
        use_handler_docstrings=True,
        # JSON only: the pages that draw it load their scripts from other sites.
        render_plugins=[Description(path=["/", "/openapi.json"])],
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT"),
            }
        ),
        security=[{"bearer": []}],
    )
