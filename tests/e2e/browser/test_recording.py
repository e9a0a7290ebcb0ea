"""A recording's page: its player, its timeline and the transcript beside it."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect

from api.pages.reading import Mending
from api.pages.rendering import spoken
from api.pages.texts import texts_of
from fixtures.school import School
from tests.e2e.browser.test_accessibility import violations

pytestmark = pytest.mark.slow
OpenPage = Callable[..., Page]
_READY = "() => document.querySelector('#player').readyState >= 1"


@pytest.fixture
def open_video(open_page: OpenPage, school: School) -> OpenPage:
    def open_(query: str = "", **options: object) -> Page:
        page = open_page(f"/documents/{school.ids[School.VIDEO_TITLE]}{query}", **options)
        page.wait_for_function(_READY)
        return page

    return open_


def _seconds(page: Page) -> float:
    page.wait_for_function("() => !document.querySelector('#player').seeking")
    seconds: float = page.locator("#player").evaluate("player => player.currentTime")
    return seconds


def test_the_timeline_shows_where_the_words_are_said_and_leads_there(open_video: OpenPage) -> None:
    page = open_video(f"?q={quote('campagne')}")
    marks = page.locator(".timeline a:has(.word)")
    last = marks.last
    wanted = float(re.findall(r"t=([\d.]+)", last.get_attribute("href") or "")[0])

    last.click(force=True)

    expect(page.locator(".timeline-says")).to_contain_text("campagne")
    assert marks.count() == page.locator(".turn-line:has(mark)").count()
    assert _seconds(page) == pytest.approx(wanted, abs=0.6)
    assert page.evaluate("performance.getEntriesByType('navigation').length") == 1


def test_a_word_is_found_in_the_transcript_while_typing_it(open_video: OpenPage) -> None:
    page = open_video()
    box = page.locator("#within")

    box.fill("PREMIERE")
    expect(page.locator(".within-count")).to_contain_text(re.compile(r"\d+ endroit|Aucun"))
    box.fill("xyzzy")

    expect(page.locator(".within-count")).to_have_text("Aucun endroit")
    expect(page.locator(".step-button").first).to_be_hidden()


def test_the_places_of_a_word_are_walked_through_by_the_keyboard(open_video: OpenPage) -> None:
    page = open_video()
    words = page.locator(".turn-line .words").all_inner_texts()
    word = next(word for text in words[2:] for word in re.findall(r"\w{6,}", text))
    box = page.locator("#within")

    box.fill(word.upper())
    box.press("Enter")

    expect(page.locator(".within-count")).to_have_text(re.compile(r"^1 sur \d+$"))
    expect(page.locator("#live")).to_contain_text("1 sur")
    assert page.evaluate("CSS.highlights.get('within-now').size") == 1


def test_without_scripts_the_box_of_the_transcript_loads_the_page_marked(
    open_page: OpenPage, school: School
) -> None:
    page = open_page(f"/documents/{school.ids[School.VIDEO_TITLE]}", java_script_enabled=False)

    page.locator("#within").fill("campagne")
    page.locator("#within").press("Enter")

    expect(page.locator(".transcript mark").first).to_be_visible()


def test_keys_move_the_player_only_while_the_focus_is_there(open_video: OpenPage) -> None:
    page = open_video("?t=12")

    page.locator("body").press("l")
    assert _seconds(page) == pytest.approx(12, abs=0.2)
    page.locator(".transcript").focus()
    page.keyboard.press("l")
    assert _seconds(page) == pytest.approx(22, abs=0.3)
    page.keyboard.press("j")
    page.keyboard.press(">")

    assert _seconds(page) == pytest.approx(12, abs=0.3)
    assert page.locator("#player").evaluate("player => player.playbackRate") == 1.25


def test_captions_are_switched_on_and_say_what_is_said(open_video: OpenPage) -> None:
    page = open_video("?t=5")
    button = page.locator("button.captions")
    expect(button).to_have_attribute("aria-pressed", "false")

    button.click()

    expect(button).to_have_attribute("aria-pressed", "true")
    page.wait_for_function("() => document.querySelector('#player').textTracks[0].cues?.length > 2")


def test_the_speed_is_kept_for_the_next_recording(open_video: OpenPage) -> None:
    page = open_video()

    page.locator(".speed select").select_option("1.5")
    page.reload()
    page.wait_for_function(_READY)

    expect(page.locator(".speed select")).to_have_value("1.5")


def test_the_link_to_this_second_is_copied(open_video: OpenPage) -> None:
    page = open_video("?t=7.5")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _seconds(page)

    page.locator("button.share").click()

    expect(page.locator("button.share")).to_contain_text("0:07")
    assert "t=7.5" in page.evaluate("navigator.clipboard.readText()")


def test_a_recording_that_is_gone_is_said_and_its_transcript_stays(
    open_page: OpenPage, school: School
) -> None:
    page = open_page()
    page.route("**/media", lambda route: route.fulfill(status=404, body=""))

    page.goto(f"/documents/{school.ids[School.VIDEO_TITLE]}")

    expect(page.locator(".player-missing")).to_contain_text("n’est pas disponible")
    expect(page.locator(".turn-line").first).to_be_visible()


def test_chapters_lead_into_the_recording_and_follow_it(open_video: OpenPage) -> None:
    page = open_video()
    second = page.locator(".chapters a").nth(1)
    start = int(second.get_attribute("data-start") or "0") / 1000

    second.click()

    assert start > 1
    assert _seconds(page) == pytest.approx(start, abs=0.6)
    expect(second).to_have_attribute("data-now", "")


@pytest.fixture
def mended(open_video: OpenPage) -> Page:
    """The recording's page, as it is where the glossary mended the last word of the third line."""
    page = open_video()
    text = page.locator(".turn-line .words").nth(2).inner_text()
    line = SimpleNamespace(text=text, marks=(), mended=(_mending(text),))
    html = str(spoken(line, texts_of("fr", "Europe/Paris")))

    def mend(route: Route) -> None:
        answer = route.fetch()
        lines = _WORDS.split(answer.text())
        lines[5] = html  # what is between and what is within the spans take turns
        route.fulfill(response=answer, body="".join(lines))

    page.route("**/documents/*", mend)
    page.reload()
    page.wait_for_function(_READY)
    return page


def _mending(text: str) -> Mending:
    last = text.rindex(" ") + 1
    return Mending(last, len(text.rstrip(".,!?")), "ur saf")


_WORDS = re.compile(r'((?<=<span class="words">).*?(?=</span>\n))', re.DOTALL)
TOLD = "entendu : « ur saf »"
_SHOWN = "node => getComputedStyle(node, '::after').content"


def _told(page: Page) -> bool:
    shown: str = page.locator(".mended").evaluate(_SHOWN)
    return TOLD in shown


def test_what_was_heard_is_said_by_the_keyboard_and_put_away_by_escape(mended: Page) -> None:
    mended.locator(".turn-line .at").nth(2).focus()
    before = _told(mended)
    mended.keyboard.press("Tab")

    expect(mended.locator(".mended")).to_be_focused()
    assert (before, _told(mended)) == (False, True)
    mended.keyboard.press("Escape")
    assert not _told(mended)
    mended.keyboard.press("Enter")
    assert _told(mended)
    expect(mended.locator("#live")).to_contain_text(TOLD)


def test_a_tap_on_a_mended_word_says_what_was_heard_and_stays_where_one_is(
    open_page: OpenPage, mended: Page
) -> None:
    was = _seconds(mended)

    mended.locator(".mended").click()

    expect(mended.locator("#live")).to_contain_text(TOLD)
    assert (_told(mended), _seconds(mended)) == (True, was)


def test_what_was_heard_is_reachable_for_axe_and_is_no_text_of_the_transcript(mended: Page) -> None:
    mended.locator(".mended").focus()

    assert violations(mended) == []
    assert "ur saf" not in mended.locator(".transcript").inner_text()


def test_words_after_and_over_a_mended_one_are_found(mended: Page) -> None:
    words = mended.locator(".turn-line .words").nth(2).inner_text().split()

    mended.locator("#within").fill(" ".join(words[-2:]))

    expect(mended.locator(".within-count")).to_have_text("1 endroit")


def test_the_timeline_shows_the_picture_of_a_place_and_plays_from_it(open_video: OpenPage) -> None:
    page = open_video()
    line = page.locator(".timeline svg").bounding_box()
    assert line
    thumbnail = page.locator(".thumbnail")

    page.mouse.move(line["x"] + line["width"] / 3, line["y"] + 2)
    page.wait_for_function("() => document.querySelector('#thumbnails').track.cues?.length")
    page.mouse.move(line["x"] + line["width"] / 2, line["y"] + 2)
    expect(thumbnail).to_be_visible()
    picture = page.locator(".thumbnail-picture")
    assert "/thumbnails" in picture.evaluate("node => getComputedStyle(node).backgroundImage")
    page.mouse.click(line["x"] + line["width"] / 2, line["y"] + 2)
    middle = page.locator("#player").evaluate("player => player.duration") / 2
    assert _seconds(page) == pytest.approx(middle, abs=1.5)
    page.mouse.move(0, 0)
    expect(thumbnail).to_be_hidden()


def test_the_picture_of_a_place_shows_for_a_link_in_focus(open_video: OpenPage) -> None:
    page = open_video()
    time = page.locator(".turn-line .at").nth(2)

    page.locator(".transcript").focus()
    page.wait_for_function("() => document.querySelector('#thumbnails').track.cues?.length")
    for _ in range(3):
        page.keyboard.press("Tab")

    expect(time).to_be_focused()
    expect(page.locator(".thumbnail")).to_contain_text(time.inner_text())
    page.keyboard.press("Escape")
    expect(page.locator(".thumbnail")).to_be_hidden()
