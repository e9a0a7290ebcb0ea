"""A real server over a small ingested school, and a real browser: shared by every browser test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from fixtures.school import School, fill, until

ROOT: Final = Path(__file__).resolve().parents[3]
CHROMIUM: Final = "/usr/bin/chromium"
CHROMIUM_ARGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
)
START_S: Final = 120


@pytest.fixture(scope="session")
def school(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A server and its worker on a free port, with one document of each kind published."""
    home = tmp_path_factory.mktemp("school")
    data_dir = home / "data"
    environ = os.environ | {
        "CORDEE_MODELS__DIRECTORY": str(models_dir),
        "CORDEE_MODELS__THREADS": "2",
        "OMP_NUM_THREADS": "2",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "cli.app", "up", "--demo", "--port", "0"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--data-dir", str(data_dir)], env=environ, stdout=log, stderr=log, cwd=home
        )
        try:
            school = School(_address(process, data_dir / "server.json", home / "log"))
            fill(school, home)
            yield school
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
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
def open_page(browser: Browser, school: School) -> Iterator[Callable[..., Page]]:
    """Open a page of the portal as a persona; no page may break its content security policy."""
    contexts: list[BrowserContext] = []
    broken: list[str] = []

    def open_(
        path: str = "/", *, persona: str = School.LEA, width: int = 1280, **options: Any
    ) -> Page:
        context = browser.new_context(
            base_url=school.url, viewport={"width": width, "height": 800}, locale="fr-FR", **options
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


def _address(process: subprocess.Popen[bytes], file: Path, log: Path) -> str:
    def answers() -> bool:
        if process.poll() is not None:
            pytest.fail(f"The server ended: {log.read_text(errors='replace')[-2000:]}")
        return file.exists()

    until(answers, seconds=START_S, what="the server to answer")
    address: str = json.loads(file.read_bytes())["url"]
    until(lambda: _is_ready(address), seconds=START_S, what="the server to be ready")
    return address


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/live", trust_env=False).is_success
    except httpx.HTTPError:
        return False
