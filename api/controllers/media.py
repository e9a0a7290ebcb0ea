"""The files of a document, by HTTP range; each request asks anew whether the caller may see it."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from litestar import HttpMethod, Request, Response, Router, get, route
from litestar.params import FromPath

from api.access import nothing, visible_document
from api.compression import SENT_AS_IT_IS
from api.dependencies import TheCaller, TheServices
from api.ranges import blob_response
from api.services import Services
from api.views.thumbnails import to_thumbnail_track
from schemas.identity import Caller
from schemas.ids import BlobKey

_READ: Final = [HttpMethod.GET, HttpMethod.HEAD]
_SANDBOX: Final = {"Content-Security-Policy": "default-src 'none'; sandbox"}
"""Should a file ever be opened as a page, it can run nothing and reach nothing."""

AnyRequest = Request[Caller, Any, Any]


@route("/media", http_method=_READ, sync_to_thread=True, summary="Recording")
def get_media(
    services: TheServices, caller: TheCaller, request: AnyRequest, document_id: FromPath[str]
) -> Response[Any]:
    """Return the playable recording, or the range of it that a player asks for."""
    media = visible_document(services, caller, document_id).media
    media_type = media.playable_type or "application/octet-stream"
    return _file(services, request, media.playable, media_type)


@route("/poster", http_method=_READ, sync_to_thread=True, summary="Frame of the video")
def get_poster(
    services: TheServices, caller: TheCaller, request: AnyRequest, document_id: FromPath[str]
) -> Response[Any]:
    """Return a frame of the video as JPEG."""
    media = visible_document(services, caller, document_id).media
    return _file(services, request, media.poster, "image/jpeg")


@route("/thumbnails", http_method=_READ, sync_to_thread=True, summary="Thumbnails of the video")
def get_thumbnails(
    services: TheServices, caller: TheCaller, request: AnyRequest, document_id: FromPath[str]
) -> Response[Any]:
    """Return small pictures of the video on one JPEG sheet; the track says which is where."""
    media = visible_document(services, caller, document_id).media
    return _file(services, request, media.thumbnails, "image/jpeg")


@get("/thumbnails.vtt", sync_to_thread=True, media_type="text/vtt", summary="Track of thumbnails")
def get_thumbnail_track(
    services: TheServices, caller: TheCaller, document_id: FromPath[str]
) -> str:
    """Return when each thumbnail is shown and where it lies on the sheet, as WebVTT."""
    grid = visible_document(services, caller, document_id).media.thumbnail_grid
    if grid is None:
        raise nothing()
    return to_thumbnail_track(grid)


@route("/pages/{number:int}", http_method=_READ, sync_to_thread=True, summary="Page picture")
def get_page(
    services: TheServices,
    caller: TheCaller,
    request: AnyRequest,
    *,
    document_id: FromPath[str],
    number: FromPath[int],
) -> Response[Any]:
    """Return the picture of one page of a PDF, counted from 1, as WebP."""
    pages = visible_document(services, caller, document_id).media.pages
    key = pages[number - 1] if 1 <= number <= len(pages) else None
    return _file(services, request, key, "image/webp")


@route("/original", http_method=_READ, sync_to_thread=True, summary="File as it was sent")
def get_original(
    services: TheServices, caller: TheCaller, request: AnyRequest, document_id: FromPath[str]
) -> Response[Any]:
    """Return the file as it was sent, to be saved and never to be shown."""
    document = visible_document(services, caller, document_id)
    if not document.original:
        raise nothing()  # something in it is hidden from the caller
    name = quote(document.filename, safe="")
    return blob_response(
        request,
        services.blobs,
        document.original,
        media_type="application/octet-stream",
        headers={**_SANDBOX, "Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


media_router = Router(
    "/documents/{document_id:str}",
    route_handlers=[
        get_media,
        get_poster,
        get_thumbnails,
        get_thumbnail_track,
        get_page,
        get_original,
    ],
    tags=["media"],
    opt={SENT_AS_IT_IS: True},
)


def _file(
    services: Services, request: AnyRequest, key: BlobKey | None, media_type: str
) -> Response[Any]:
    if not key:
        raise nothing()
    return blob_response(request, services.blobs, key, media_type=media_type, headers=_SANDBOX)
