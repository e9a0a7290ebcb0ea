"""Cordée on one origin, a school's site that embeds its search box on another, and a browser."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
import uvicorn
from litestar import Litestar
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from api.app import create_app
from fixtures.school import until
from schemas.document import DocumentKind
from schemas.identity import Caller
from schemas.settings import ServerSettings
from tests.e2e.api.school import CLAIRE, School, exchange_of, open_school
from tests.e2e.browser.component.site import Site, open_site

START_S: Final = 30
WAIT_S: Final = 10
FORM: Final = (
    '<form action="/chercher"><label for="q">Chercher à l’école</label>'
    '<input id="q" name="q" type="search" placeholder="Deux mots…">'
    '<input type="hidden" name="origine" value="accueil"><button>Chercher</button></form>'
)
SCRIPT_TITLE: Final = "<img src=x onerror=\"document.body.dataset.ran='yes'\"> & <b>relance</b>"
VIDEO_TITLE: Final = "Fixer ses prix en vidéo"
_TEXTS: Final = (
    (DocumentKind.COURSE, VIDEO_TITLE, "Fixer ses prix, c'est compter son temps et ses prix."),
    (DocumentKind.COURSE, "Annoncer ses prix", "Annoncer ses prix sans baisser la voix."),
    (DocumentKind.REPLAY, "Conférence sur les prix", "Les prix des autres ne sont pas les tiens."),
    (DocumentKind.WORKSHOP, "Atelier des prix", "En atelier, chacun défend ses prix."),
    (DocumentKind.SHEET, "Grille de prix", "Une grille de prix tient sur une page."),
    (DocumentKind.SHEET, "Augmenter ses prix", "Augmenter ses prix une fois par an."),
    (DocumentKind.SHEET, "Prix et devis", "Le devis montre le prix et ce qu'il contient."),
    (DocumentKind.THREAD, "Vos prix ?", "Combien demandez-vous, quels prix, pour un logo ?"),
    (
        DocumentKind.THREAD,
        SCRIPT_TITLE,
        "Relancer 🧗🏽‍♀️ une facture impayée, tout de suite.",
    ),
)


class Box:
    """The search box of an open page, and what stands in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.host = page.locator("cordee-search")
        self.field = page.get_by_role("combobox")
        self.options = self.host.get_by_role("option")
        self.panel = self.host.locator(".panel")
        self.notice = self.host.locator(".notice")
        self.status = self.host.get_by_role("status")

    def type(self, text: str) -> None:
        """Type as a person does, key by key."""
        self.field.click()
        self.field.press_sequentially(text)

    def settle(self) -> None:
        """Wait for the full results: those found by words alone do not say how many there are."""
        expect(self.host.locator(".group.all .facts")).to_be_visible()

    def group(self, name: str) -> Locator:
        """Return a group of options."""
        return self.host.get_by_role("group", name=name)

    def active(self) -> str | None:
        """Return the text of the option that screen readers are at."""
        text: str | None = self.host.evaluate(
            """({ shadowRoot: root }) => {
              const id = root.querySelector('.field').getAttribute('aria-activedescendant');
              const option = id && root.getElementById(id);
              if (!option || option.getAttribute('aria-selected') !== 'true') return null;
              return option.querySelector('.title').textContent;
            }"""
        )
        return text

    def until(self, expression: str) -> None:
        """Wait for something of the page (the browser's own way needs a policy with eval)."""
        until(lambda: bool(self.page.evaluate(expression)), seconds=WAIT_S, what=expression)

    def remembered(self) -> dict[str, list[str]]:
        """Return what the device remembers."""
        found: dict[str, list[str]] = json.loads(
            self.page.evaluate("localStorage.getItem('cordee-search') ?? '{}'")
        )
        return found


class Visits:
    """Opens pages of the school's site; notes whatever breaks the content security policy."""

    def __init__(self, browser: Browser, site: Site, school: School) -> None:
        self.site = site
        self.school = school
        self.broken: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def __call__(
        self,
        attributes: str = "",
        inside: str = "",
        *,
        tokens: list[str] | None = None,
        script: str = "",
        **options: Any,
    ) -> Box:
        """Embed a box and open its page.

        Args:
            attributes: Of the box.
            inside: What stands in it without a script.
            tokens: Given by the page one after the other; one of Claire, who sees all, if omitted.
            script: Runs before the page's own.
            options: Of the browser's context.
        """
        viewport = {"width": options.pop("width", 1280), "height": options.pop("height", 800)}
        context = self._browser.new_context(viewport=viewport, locale="fr-FR", **options)
        self._contexts.append(context)
        given = [self.token()] if tokens is None else tokens
        context.add_init_script(f"window.tokens = {json.dumps(given)}; {script}")
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.broken.append(str(error)))
        page.on("console", lambda note: self._keep_violation(note.text))
        page.goto(self.site.embed(attributes, inside))
        return Box(page)

    def token(self, caller: Caller = CLAIRE, *, ttl_s: float = 600) -> str:
        """Return a token of this caller; one with a negative lifetime has expired."""
        return self.school.token(caller, ttl_s=ttl_s)

    def close(self) -> None:
        """Close every page."""
        for context in self._contexts:
            context.close()

    def _keep_violation(self, text: str) -> None:
        if "Content Security Policy" in text or "Trusted" in text:
            self.broken.append(text)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


@pytest.fixture(scope="session")
def embedded(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A real API with real indexes that lets the site's pages in."""
    server = ServerSettings(allowed_origins=(site.origin,))
    home = tmp_path_factory.mktemp("embedded")
    with open_school(home, demo=True, server=server) as school:
        _publish(school)
        app = create_app(school.services.settings, services=school.services)
        with _running(app) as site.api:
            yield school


@pytest.fixture
def visit(browser: Browser, site: Site, embedded: School) -> Iterator[Visits]:
    visits = Visits(browser, site, embedded)
    yield visits
    visits.close()
    assert visits.broken == []


def _publish(school: School) -> None:
    for number, (kind, title, text) in enumerate(_TEXTS):
        school.publish(f"doc:{number}", text, kind=kind, title=title)
    for number in range(5):
        exchange_of(
            school, f"ex:{number}", f"Question {number} sur les prix.", title=f"Échange {number}"
        )


@contextmanager
def _running(app: Litestar) -> Iterator[str]:
    """Serve on a free port and yield the address."""
    config = uvicorn.Config(app, port=0, log_config=None, ws="none", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started, seconds=START_S, what="the server to start")
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=START_S)
