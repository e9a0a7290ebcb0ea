"""A large file on a bad line: it is paused, the page is closed, and it goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from fixtures.school import School

pytestmark = pytest.mark.slow
PIECE_BYTES = 8 * 1024**2
INGEST_MS = 180_000


def send(page: Page, path: Path) -> None:
    page.set_input_files("#files", str(path))
    page.get_by_role("button", name="Déposer 1 fichier").click()


def test_a_large_file_goes_on_where_it_stopped_after_the_page_was_closed(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    path = tmp_path / "longue.pdf"
    path.write_bytes(b"%PDF-1.7 and then nothing".ljust(2 * PIECE_BYTES + 1000, b"."))
    page = open_page("/console", persona=School.CLAIRE)
    offsets: list[str] = []

    def lose_the_line_after_the_first_piece(route: Route) -> None:
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0":
            route.abort()
        else:
            route.continue_()

    def note(request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(request.headers["upload-offset"])

    page.route("**/v1/uploads/*", lose_the_line_after_the_first_piece)
    send(page, path)
    expect(page.locator(".job.sending")).to_contain_text("50")
    page.get_by_role("button", name="Mettre en pause").first.click()
    expect(page.locator(".job.sending")).to_contain_text("Rien n’est perdu")
    page.unroute("**/v1/uploads/*")
    page.reload()
    expect(page.locator("#unfinished")).to_contain_text("longue.pdf")
    page.on("request", note)
    send(page, path)

    job = page.locator(".job", has_text="longue").first
    expect(job.locator(".job-state")).to_have_text("Échec", timeout=INGEST_MS)
    expect(job.locator(".job-problem")).to_contain_text("abîmé ou incomplet")
    expect(page.locator("#unfinished")).to_be_hidden()
    assert offsets == [str(PIECE_BYTES), str(2 * PIECE_BYTES)]
