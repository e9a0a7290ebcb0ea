"""What axe finds on every page (WCAG 2.2 AA), zoom, focus and movement."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from fixtures.school import School

pytestmark = pytest.mark.slow
OpenPage = Callable[..., Page]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def _places(school: School) -> dict[str, str]:
    documents = {
        "video": School.VIDEO_TITLE,
        "sheet": School.SHEET_TITLE,
        "exchange": School.EXCHANGE_TITLE,
        "text": School.SCRIPT_TITLE,
    }
    return {
        "home": "/",
        "results": "/?q=prix",
        "doubtful": "/?q=plomberie+sous-marine+antarctique",
        "nothing": "/?q=prix&since=2199-01-01",
        "wrong": "/nowhere",
        "ask": "/questions/new?q=prix",
        "questions": "/questions",
        "queue": "/console/questions",
        "gaps": "/console/gaps",
        "students": "/console/students",
        "answers": "/console/answers",
        **{name: f"/documents/{school.ids[title]}?q=prix" for name, title in documents.items()},
    }


def violations(page: Page) -> list[dict[str, Any]]:
    """Return what axe finds, short enough to read in a failure."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response
    return [
        {"rule": each["id"], "where": [node["html"][:160] for node in each["nodes"][:3]]}
        for each in found["violations"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing(open_page: OpenPage, school: School, width: int, scheme: str) -> None:
    page = open_page("/", persona=School.CLAIRE, width=width, color_scheme=scheme)

    found = {}
    for name, place in _places(school).items():
        page.goto(place)
        found[name] = violations(page)

    assert found == {name: [] for name in found}


def test_axe_finds_nothing_on_pages_of_administrators(open_page: OpenPage) -> None:
    page = open_page("/console/experiments", persona="admin")

    assert violations(page) == []


def test_axe_finds_nothing_in_what_opens(open_page: OpenPage, school: School) -> None:
    page = open_page("/?q=prix")
    page.locator(".why summary").first.click()
    page.get_by_role("button", name="Pas utile", exact=True).first.click()
    expect(page.locator(".vote-why")).to_be_visible()
    results = violations(page)
    page.get_by_role("button", name="Passer", exact=True).click()
    page.get_by_role("button", name="Pas utile", exact=True).first.click()
    page.goto(f"/documents/{school.ids[School.VIDEO_TITLE]}?q={quote('campagne')}")
    page.locator(".keys summary").click()
    page.locator("#within").fill("campagne")

    assert (results, violations(page)) == ([], [])


def test_axe_finds_nothing_where_one_signs_in_and_among_filters_on_a_phone(
    open_page: OpenPage,
) -> None:
    page = open_page("/?q=prix", width=360)
    page.locator(".hits-bar a.narrow").click()

    assert violations(page) == []


@pytest.mark.parametrize("place", ["home", "results", "video", "sheet", "exchange"])
def test_at_400_percent_nothing_is_cut_off(open_page: OpenPage, school: School, place: str) -> None:
    """WCAG 2.2, success criterion 1.4.10: 320 CSS pixels wide, without scrolling sideways."""
    page = open_page(_places(school)[place], width=320)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_every_stop_of_the_tab_key_shows_where_it_is(open_page: OpenPage) -> None:
    page = open_page("/?q=prix", width=1440)
    seen = set()

    for _ in range(40):
        page.keyboard.press("Tab")
        seen.add(page.evaluate(_FOCUS_SHOWN))

    assert seen <= {"shown", "body"}


def test_nothing_moves_for_who_asked_for_less_movement(open_page: OpenPage) -> None:
    page = open_page("/?q=prix", reduced_motion="reduce")

    moving = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter((node) => {
          const style = getComputedStyle(node);
          return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0;
        }).length"""
    )

    assert moving == 0


_FOCUS_SHOWN = """() => {
  let node = document.activeElement;
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  if (node === document.body) return 'body';
  const around = [node, node.parentElement, node.closest('.tile, .who, .form')];
  const isShown = around.some((each) => each && (
    (parseFloat(getComputedStyle(each).outlineWidth) > 1
      && getComputedStyle(each).outlineStyle !== 'none')
    || getComputedStyle(each).boxShadow.includes('3px')));
  return isShown ? 'shown' : node.outerHTML.slice(0, 120);
}"""
