"""What a reader does with hits arrives in the log, and what the browser does ahead does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Page, Request, expect

from fixtures.school import School, until

pytestmark = pytest.mark.slow
OpenPage = Callable[..., Page]
WAIT_S = 20


class Told:
    """What the pages of a browser told, and what the log took of it."""

    def __init__(self, page: Page, school: School) -> None:
        self.events: list[dict[str, Any]] = []
        self._url = school.url
        self._before = self._counted()
        page.context.on("request", self._keep)

    def of(self, action: str) -> list[dict[str, Any]]:
        return [each for each in self.events if each["action"] == action]

    def counted(self, part: str) -> int:
        """Return how much of a part the service noted since this began."""
        return self._counted().get(part, 0) - self._before.get(part, 0)

    def _counted(self) -> dict[str, int]:
        figures = httpx.get(f"{self._url}/metrics", trust_env=False).text
        found = re.findall(r'cordee_feedback_counted_total\{part="(\w+)"\} (\d+)', figures)
        return {part: int(count) for part, count in found}

    def _keep(self, request: Request) -> None:
        if request.url.endswith("/v1/events"):
            self.events += request.post_data_json["events"]


def test_a_search_an_opened_hit_what_is_played_read_and_copied_are_logged(
    open_page: OpenPage, school: School
) -> None:
    page = open_page()
    told = Told(page, school)
    page.goto(f"/?q={quote(School.VIDEO_WORDS)}")
    query_id = page.locator(".results").get_attribute("data-query-id")
    hit = page.locator(".hit", has_text=School.VIDEO_TITLE).first

    _copy(page, ".hit .snippet")
    hit.locator("a.knot").first.click()
    page.wait_for_url(re.compile(f"from={query_id}"))
    player = page.locator("#player")
    start = player.evaluate("p => { p.muted = true; return p.play().then(() => p.currentTime); }")
    page.wait_for_function(
        "at => document.querySelector('#player').currentTime > at", arg=start + 1
    )
    player.evaluate("p => p.pause()")
    _copy(page, ".turn-line .words")
    page.wait_for_timeout(1_200)  # a look that is shorter is none
    page.goto("/")

    # The fifth is the time in front, told while the page is left: the driver sees no such request.
    until(lambda: told.counted("event") == 5, seconds=WAIT_S, what="five events in the log")
    assert told.counted("search") == 1
    document_id = school.ids[School.VIDEO_TITLE]
    assert {(each["query_id"], each["document_id"]) for each in told.events} == {
        (query_id, document_id)
    }
    assert told.of("click")[0]["passage_id"].isdecimal()
    [span] = told.of("play")[0]["spans"]
    assert span["end_ms"] - span["start_ms"] >= 500
    assert [each["action"] for each in told.events] == ["copy", "click", "play", "copy"]


def test_a_word_on_a_page_that_a_hit_led_to_counts_for_its_search(
    open_page: OpenPage, school: School
) -> None:
    page = open_page(f"/?q={quote(School.VIDEO_WORDS)}")
    told = Told(page, school)
    page.locator(".hit h2 a", has_text=School.VIDEO_TITLE).click()
    page.wait_for_url(re.compile("/documents/"))  # the hit has such a button too

    page.get_by_role("button", name="Utile", exact=True).click()
    expect(page.locator(".vote-says")).to_contain_text("Merci")

    assert told.counted("vote") == 1
    page.get_by_role("button", name="Utile", exact=True).click()
    expect(page.locator(".vote-says")).to_contain_text("retiré")


def test_typing_and_pages_fetched_ahead_are_no_searches(
    open_page: OpenPage, school: School
) -> None:
    page = open_page()
    told = Told(page, school)

    found = page.evaluate(
        """async () => {
          const ahead = await fetch("/?q=remise", { headers: { Purpose: "prefetch" } });
          const typed = await fetch("/v1/search?q=remi&mode=instant");
          const named = await fetch("/v1/suggest?q=remi");
          return [ahead.ok, typed.ok, named.ok];
        }"""
    )

    assert found == [True] * 3
    assert told.counted("search") == 0


def test_the_link_that_is_copied_does_not_carry_the_readers_own_search(
    open_page: OpenPage,
) -> None:
    page = open_page(f"/?q={quote(School.VIDEO_WORDS)}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".hit", has_text=School.VIDEO_TITLE).locator("a.knot").first.click()

    page.locator("button.share").click()

    expect(page.locator("button.share")).not_to_have_text("Copier le lien")
    shared = page.evaluate("navigator.clipboard.readText()")
    assert "q=" in shared
    assert "from=" not in shared


def _copy(page: Page, selector: str) -> None:
    """Mark the words of the first such element and copy them, as a person does."""
    page.locator(selector).first.evaluate("node => getSelection().selectAllChildren(node)")
    page.keyboard.press("Control+c")
