"""The files that pages load: scripts, style sheets, pictures.

Pages name them under ``/assets/<version>/``, a hash of them all: a browser keeps such a file for
a year and never asks again. The same file without a version is asked for each time (``ETag``).
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

WEB_DIR: Final = Path(__file__).resolve().parents[1] / "web"

_MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
"""Only these are served: a stray file in the folder stays private. Litestar adds the charset."""
_FOREVER: Final = "public, max-age=31536000, immutable"
_ASK_EACH_TIME: Final = "no-cache"
_FOR_OTHER_SITES: Final = frozenset({"cordee-search.js"})
"""What a school's own pages load; a module script needs the permission spelled out."""


def asset_url(name: str) -> str:
    """Return the address under which a page loads a file of the portal."""
    return f"/assets/{assets_version()}/{name}"


@cache
def assets_version() -> str:
    """Return what names this state of all files; they do not change while the process lives."""
    digest = hashlib.sha256()
    for path in sorted(path for path in WEB_DIR.rglob("*") if path.suffix in _MEDIA_TYPES):
        digest.update(f"{path.relative_to(WEB_DIR)}\0".encode() + path.read_bytes())
    return f"v-{digest.hexdigest()[:12]}"


@get("/favicon.ico", include_in_schema=False, sync_to_thread=True)
def serve_favicon(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return the icon under the name that browsers ask for unprompted."""
    return _serve("favicon.svg", request, caching=_ASK_EACH_TIME)


@get("/assets/{path:path}", include_in_schema=False, sync_to_thread=True)
def serve_asset(request: Request[Any, Any, Any], path: FromPath[Path]) -> Response[bytes]:
    """Return one script, style sheet or picture of the portal.

    Raises:
        NotFoundException: If there is no such file in the portal's folder.
    """
    name = str(path).lstrip("/")
    version, _, rest = name.partition("/")
    if version == assets_version():
        return _serve(rest, request, caching=_FOREVER)
    # A page from before an upgrade names an older version: it gets the file as it is now.
    name = rest if version.startswith("v-") else name
    return _serve(name, request, caching=_ASK_EACH_TIME)


def _serve(name: str, request: Request[Any, Any, Any], *, caching: str) -> Response[bytes]:
    asset = (WEB_DIR / name).resolve()
    if not asset.is_relative_to(WEB_DIR) or asset.suffix not in _MEDIA_TYPES or not asset.is_file():
        raise NotFoundException
    content = asset.read_bytes()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"Cache-Control": caching, "ETag": etag, "X-Content-Type-Options": "nosniff"}
    if name in _FOR_OTHER_SITES:
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    known = {tag.strip().removeprefix("W/") for tag in _if_none_match(request).split(",")}
    if etag in known:
        return Response(b"", status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=_MEDIA_TYPES[asset.suffix])


def _if_none_match(request: Request[Any, Any, Any]) -> str:
    return request.headers.get("if-none-match", "")
