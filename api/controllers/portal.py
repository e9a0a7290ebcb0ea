"""The portal: one page shell for every address a person opens, and the files it loads.

There is no build step, so file names carry no content hash: browsers keep every file and ask
each time whether it changed (``ETag``, ``If-None-Match``), which costs one empty answer.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

WEB_DIR: Final = Path(__file__).resolve().parents[1] / "web"

_MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
"""Only these are served: a stray file in the folder stays private. Litestar adds the charset."""

_POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    # Chromium then refuses innerHTML and its kin altogether: titles are data, never markup.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)

_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "; ".join(_POLICY),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@get("/", include_in_schema=False, sync_to_thread=True)
def serve_shell(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the page shell; its scripts read the address and fetch what it names."""
    return _serve(WEB_DIR / "index.html", request)


# Not a second path of the same handler: Litestar 2.25 loses the thread of one that has two.
@get("/documents/{document_id:str}", include_in_schema=False, sync_to_thread=True)
def serve_document_shell(
    request: Request[Any, Any, State],
    document_id: FromPath[str],  # noqa: ARG001 - the page's scripts read it from the address
) -> Response[bytes]:
    """Return the same shell at the address of a document, whether or not there is one."""
    return _serve(WEB_DIR / "index.html", request)


@get("/favicon.ico", include_in_schema=False, sync_to_thread=True)
def serve_favicon(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the icon under the name that browsers ask for unprompted."""
    return _serve(WEB_DIR / "favicon.svg", request)


@get("/assets/{path:path}", include_in_schema=False, sync_to_thread=True)
def serve_asset(request: Request[Any, Any, State], path: FromPath[Path]) -> Response[bytes]:
    """Return one script, style sheet or picture of the portal.

    Raises:
        NotFoundException: If there is no such file in the portal's folder.
    """
    asset = (WEB_DIR / str(path).lstrip("/")).resolve()
    if not asset.is_relative_to(WEB_DIR) or asset.suffix not in _MEDIA_TYPES or not asset.is_file():
        raise NotFoundException
    return _serve(asset, request)


portal_routes: Final[list[HTTPRouteHandler]] = [
    serve_shell,
    serve_document_shell,
    serve_favicon,
    serve_asset,
]


def _serve(asset: Path, request: Request[Any, Any, State]) -> Response[bytes]:
    content = asset.read_bytes()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = _HEADERS | {"ETag": etag}
    known = {tag.strip().removeprefix("W/") for tag in _if_none_match(request).split(",")}
    if etag in known:
        return Response(b"", status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=_MEDIA_TYPES[asset.suffix])


def _if_none_match(request: Request[Any, Any, State]) -> str:
    return request.headers.get("if-none-match", "")
