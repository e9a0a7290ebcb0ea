"""Documents in place: a recording at its second, a PDF at its page, an exchange at its message."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from fixtures.school import School

pytestmark = pytest.mark.slow
OpenPage = Callable[..., Page]
_TIME_IS_SET = """() => {
  const video = document.querySelector("video");
  return video && video.readyState > 1 && !video.seeking && video.currentTime > 0;
}"""


def test_a_passage_of_a_video_opens_it_at_its_second(open_page: OpenPage) -> None:
    page = open_page(f"/?q={quote(School.VIDEO_WORDS)}")
    link = page.locator(".hit", has_text=School.VIDEO_TITLE).locator("a.knot").first
    wanted = float(parse_qs(urlsplit(link.get_attribute("href") or "").query)["t"][0])

    link.click()
    page.wait_for_function(_TIME_IS_SET)

    assert wanted > 1
    assert page.locator("video").evaluate("v => v.currentTime") == pytest.approx(wanted, abs=0.5)


def test_a_shared_address_opens_the_video_at_a_fraction_of_a_second(
    open_page: OpenPage, school: School
) -> None:
    page = open_page(f"/documents/{school.ids[School.VIDEO_TITLE]}?t=12.6")

    page.wait_for_function(_TIME_IS_SET)

    assert page.locator("video").evaluate("v => v.currentTime") == pytest.approx(12.6, abs=0.5)
    current = page.locator('.turn-line[aria-current="true"]')
    expect(current).to_be_visible()
    assert int(current.get_attribute("data-start") or "-1") <= 12_600


def test_a_click_in_the_transcript_moves_the_video(open_page: OpenPage, school: School) -> None:
    page = open_page(f"/documents/{school.ids[School.VIDEO_TITLE]}")
    line = page.locator(".turn-line").nth(2)
    start_ms = int(line.get_attribute("data-start") or "0")

    line.locator("a.at").click()
    page.wait_for_function(_TIME_IS_SET)

    assert start_ms > 0
    assert page.locator("video").evaluate("v => v.currentTime") >= start_ms / 1000 - 0.1
    assert f"t={start_ms / 1000:.0f}"[:3] in page.url


def test_a_pdf_opens_at_its_page(open_page: OpenPage, school: School) -> None:
    page = open_page(f"/documents/{school.ids[School.SHEET_TITLE]}?q=prix#page=2")
    second = page.locator(".pdf-page").nth(1)

    expect(second.locator(".page-picture")).to_be_in_viewport()
    page.wait_for_function("() => document.querySelectorAll('.page-picture')[1].naturalWidth > 300")
    second.locator("summary").click()

    expect(second.locator(".page-text mark").first).to_be_visible()


def test_a_passage_of_a_pdf_opens_its_page_with_the_passage_marked(open_page: OpenPage) -> None:
    page = open_page(f"/?q={quote('présenter son prix au client')}")
    link = page.locator(".hit", has_text=School.SHEET_TITLE).locator("a.knot").first
    number = re.search(r"#page=(\d+)", link.get_attribute("href") or "")

    link.click()

    assert number is not None
    there = page.locator(f'.pdf-page[data-page="{number[1]}"]')
    expect(there.locator(".page-picture")).to_be_in_viewport()
    expect(there.locator(".page-text .matched")).not_to_have_count(0)


def test_an_exchange_opens_at_the_message_of_its_address(
    open_page: OpenPage, school: School
) -> None:
    words = quote(School.EXCHANGE_WORDS)
    page = open_page(f"/documents/{school.ids[School.EXCHANGE_TITLE]}?q={words}#message=3")
    message = page.locator('[id="message=3"]')

    expect(message).to_be_in_viewport()
    expect(message.locator("mark").first).to_be_visible()


def test_a_passage_of_an_exchange_opens_at_its_message(open_page: OpenPage) -> None:
    page = open_page(f"/?q={quote(School.EXCHANGE_WORDS)}")

    page.locator(".hit", has_text=School.EXCHANGE_TITLE).locator("a.knot").first.click()

    expect(page.locator(".message:target")).to_be_in_viewport()


def test_a_private_exchange_opened_by_its_address_is_not_there(
    open_page: OpenPage, school: School
) -> None:
    page = open_page(f"/documents/{school.ids[School.PRIVATE_TITLE]}", persona=School.LEA)

    expect(page.locator('[data-state="error"]')).to_contain_text("privé")
    expect(page.locator("body")).not_to_contain_text(School.PRIVATE_TITLE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_is_wider_than_the_screen(
    open_page: OpenPage, school: School, width: int, scheme: str
) -> None:
    titles = (
        School.SHEET_TITLE,
        School.VIDEO_TITLE,
        School.EXCHANGE_TITLE,
        School.PRIVATE_TITLE,
        School.SCRIPT_TITLE,
    )
    places = [f"/documents/{school.ids[title]}?q=prix" for title in titles]
    page = open_page("/", persona=School.CLAIRE, width=width, color_scheme=scheme)

    for place in ["/", "/?q=prix", "/?q=prix&since=2199-01-01", *places]:
        page.goto(place)
        shown = page.locator("#main .recent .tile, .count-line, .document h1")
        expect(shown.first).to_be_visible()
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (place, wider) == (place, 0)
