"""A real server over a small ingested school, and a real browser: shared by every browser test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from fixtures.school import School, fill
from tests.e2e.browser.serving import serving

CHROMIUM: Final = "/usr/bin/chromium"
CHROMIUM_ARGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def school(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A server and its worker on a free port, with one document of each kind published."""
    home = tmp_path_factory.mktemp("school")
    with serving(models_dir, home) as url:
        school = School(url)
        fill(school, home)
        yield school


EXPECT_WITHIN_MS: Final = 20_000  # a busy machine stands still for seconds; more is no fault


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=EXPECT_WITHIN_MS)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGS))
    yield browser
    browser.close()


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Open a page of the portal as a persona; no page may break its content security policy.

    The small school answers, unless another address is given: it is filled when first needed.
    """

    def school_url() -> str:
        school: School = request.getfixturevalue("school")
        return school.url

    contexts: list[BrowserContext] = []
    broken: list[str] = []

    def open_(
        path: str = "/",
        *,
        persona: str = School.LEA,
        width: int = 1280,
        url: str = "",
        **options: Any,
    ) -> Page:
        context = browser.new_context(
            base_url=url or school_url(),
            viewport={"width": width, "height": 800},
            locale="fr-FR",
            **options,
        )
        contexts.append(context)
        # The cookie of the persona: the page then opens as a person comes back to it.
        context.request.post("/v1/demo/session", data={"persona": persona})
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda note: _keep_violation(note.text, broken))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert broken == []


def _keep_violation(text: str, broken: list[str]) -> None:
    if "Content Security Policy" in text or "TrustedHTML" in text:
        broken.append(text)
