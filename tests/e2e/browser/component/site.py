"""A school's own web site, on another origin than Cordée's: what embeds the search box."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

_PAGE: Final = """<!doctype html>
<html lang="fr">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>École d'essai</title>
  <link rel="stylesheet" href="/site.css">
  <script src="/site.js"></script>
  <script type="module" src="{api}/assets/cordee-search.js"></script>
</head>
<body>
  <header><a href="/elsewhere">École d'essai</a></header>
  <main>
    <h1>Mon espace</h1>
    {box}
    <p id="below">Un paragraphe sous la recherche.</p>
    <label>Un autre champ <input id="other" name="other"></label>
    <div contenteditable="true" id="editor" role="textbox" aria-label="Brouillon">Texte</div>
    <button id="aside" type="button">Un bouton</button>
  </main>
</body>
</html>
"""
_STYLE: Final = """
:root { color-scheme: light dark; --surface: red; --ink: red; }
body { margin: 1rem; font: 16px/1.5 sans-serif; color: #222; background: #fff; }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #111; } a { color: #9cf; } }
/* What careless pages do; nothing of it may reach into the box. */
a, button, input, mark, p, div { text-transform: uppercase; letter-spacing: 1px; }
"""
# The page's part in signing in: `tokens` are set by the test, the last one is given for good.
_SCRIPT: Final = """
window.asked = 0;
window.events = [];
const tokens = [...(window.tokens ?? [])];
const getToken = () => {
  window.asked += 1;
  return tokens.length > 1 ? tokens.shift() : tokens[0];
};
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("cordee-search")) {
    if (tokens.length) box.getToken = getToken;
    for (const name of ["cordee-select", "cordee-submit", "cordee-expired"]) {
      box.addEventListener(name, (event) => {
        window.events.push({ name, ...event.detail });
        if (window.stays) event.preventDefault();
      });
    }
  }
});
"""
_ELSEWHERE: Final = "<!doctype html><html lang=fr><title>Ailleurs</title><h1>Ailleurs</h1>"


class Site:
    """Serves pages under a strict content security policy."""

    def __init__(self) -> None:
        """Take a free port."""
        site = self
        self.api = ""
        """Origin of Cordée, which starts after this site: it must know whom to let in."""
        self._pages: dict[str, str] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # By name: another origin than 127.0.0.1, and for browsers another site as well.
        self.origin = f"http://localhost:{self.server.server_port}"

    def embed(self, attributes: str = "", inside: str = "") -> str:
        """Publish a page with a search box and return its address."""
        path = f"/page-{len(self._pages)}"
        box = f'<cordee-search api="{self.api}" {attributes}>{inside}</cordee-search>'
        self._pages[path] = _PAGE.format(api=self.api, box=box)
        return f"{self.origin}{path}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        path = request.path.partition("?")[0]
        files = {"/site.css": ("text/css", _STYLE), "/site.js": ("text/javascript", _SCRIPT)}
        media_type, text = files.get(path, ("text/html", self._pages.get(path, _ELSEWHERE)))
        request.send_response(200)
        request.send_header("Content-Type", f"{media_type}; charset=utf-8")
        request.send_header("Content-Security-Policy", self._policy())
        request.end_headers()
        request.wfile.write(text.encode())

    def _policy(self) -> str:
        return "; ".join((
            "default-src 'none'",
            f"script-src 'self' {self.api}",
            f"connect-src {self.api}",
            "style-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ))


@contextmanager
def open_site() -> Iterator[Site]:
    """Run a site until the block ends."""
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()
        thread.join(timeout=10)
