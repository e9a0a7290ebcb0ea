"""Ten journeys through the whole demo school, at the widths of a phone and of a desk.

Pictures of each step are kept in ``artefacts/journeys/``, to be looked at; they are not committed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from fixtures.school import School
from tests.e2e.browser.serving import ROOT, environ_of, serving

pytestmark = pytest.mark.slow
ARTEFACTS = ROOT / "artefacts" / "journeys"
WIDTHS = [360, 1440]
RECORDINGS = {"tva-franchise", "conference-trouver-sa-clientele"}
_PLAYS_FROM = """(start) => {
  const player = document.querySelector("#player");
  return player.readyState > 0 && !player.seeking && Math.abs(player.currentTime - start) < 1.5;
}"""


@pytest.fixture(scope="module")
def demo(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with the demo school: everything written, and some recordings."""
    home = tmp_path_factory.mktemp("demo")
    manifest = home / "manifest.jsonl"
    manifest.write_text("".join(_entries()), encoding="utf-8")
    with serving(models_dir, home) as url:
        for command in (
            ["profiles", "import", "fixtures/corpus/people/students.toml"],
            ["ingest", "--manifest", str(manifest), "--wait"],
        ):
            subprocess.run(
                [sys.executable, "-m", "cli.app", *command, "--data-dir", str(home / "data")],
                env=environ_of(models_dir),
                cwd=ROOT,
                check=True,
                capture_output=True,
                timeout=900,
            )
        yield url


def _entries() -> Iterator[str]:
    """Yield the demo's manifest without the recordings that no journey visits.

    Half an hour of speech takes longer to transcribe than all journeys together.
    """
    corpus = ROOT / "fixtures" / "corpus"
    for line in (corpus / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        path = (corpus / entry["path"]).resolve()
        if path.parent.name != "media" or path.stem in RECORDINGS:
            yield json.dumps(entry | {"path": str(path)}) + "\n"


class Walk:
    """One walk through the portal: a page, and pictures of what it shows."""

    def __init__(self, page: Page, name: str, width: int) -> None:
        self.page, self.name, self.width = page, name, width
        self.n_pictures = 0

    def look(self) -> None:
        """Keep a picture, and make sure that nothing is wider than the screen."""
        self.n_pictures += 1
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{self.name}-{self.n_pictures}-{self.width}.png")
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width

    def search(self, query: str) -> Locator:
        """Type a query into the box, send it, and return the hits."""
        box = self.page.locator("cordee-search [role=combobox]")
        box.fill(query)
        box.press("Enter")
        self.page.wait_for_url(re.compile(r"[?&]q="))
        expect(self.page.locator(".count-line")).to_be_visible()
        return self.page.locator(".hit")


@pytest.fixture(params=WIDTHS)
def walk(
    request: pytest.FixtureRequest, open_page: Callable[..., Page], demo: str
) -> Callable[..., Walk]:
    def start(name: str, path: str = "/", **options: Any) -> Walk:
        return Walk(open_page(path, url=demo, width=request.param, **options), name, request.param)

    return start


def test_a_first_visit_finds_what_is_new_what_is_near_and_an_answer(
    walk: Callable[..., Walk],
) -> None:
    visit = walk("first-visit")
    expect(visit.page.locator(".for-me .tile").first).to_be_visible()
    expect(visit.page.locator(".recent .tile").first).to_be_visible()
    visit.look()

    hits = visit.search("comment fixer le prix d'un bol en céramique")
    visit.look()
    first = hits.first.locator("h2 a")
    title = first.inner_text()
    first.click()

    expect(visit.page.locator("#main h1")).to_have_text(title)
    expect(visit.page.locator("mark").first).to_be_visible()
    visit.look()


def test_two_misspelled_words_find_the_answer(walk: Callable[..., Walk]) -> None:
    visit = walk("misspelled")

    hits = visit.search("tva franchize")

    expect(hits.locator("h2", has_text="TVA").first).to_be_visible()
    expect(hits.first.locator("mark").first).to_be_visible()
    visit.look()


def test_a_passage_opens_the_video_at_its_second_which_can_be_shared(
    walk: Callable[..., Walk],
) -> None:
    visit = walk("video", "/?q=" + quote("seuils de la franchise de tva") + "&kind=course")
    knot = visit.page.locator(".hit a.knot").first
    start = float(parse_qs(urlsplit(knot.get_attribute("href") or "").query)["t"][0])
    visit.look()

    knot.click()
    visit.page.wait_for_function(_PLAYS_FROM, arg=start)
    expect(visit.page.locator('.turn-line[aria-current="true"]')).to_be_visible()
    visit.look()
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.page.locator("button.share").click()
    shared = visit.page.evaluate("navigator.clipboard.readText()")

    assert float(parse_qs(urlsplit(shared).query)["t"][0]) == pytest.approx(start, abs=1.5)
    visit.page.goto(shared)
    visit.page.wait_for_function(_PLAYS_FROM, arg=start)


def test_a_word_is_found_within_a_transcript(walk: Callable[..., Walk]) -> None:
    visit = walk("within", "/?q=" + quote("trouver sa clientèle") + "&kind=replay")
    visit.page.locator(".hit h2 a").first.click()
    box = visit.page.locator("#within")
    # The script has taken the form over: until then the box loads the page anew.
    expect(visit.page.locator(".within-count")).to_be_attached()

    box.fill("clients")
    box.press("Enter")
    box.press("Enter")

    expect(visit.page.locator(".within-count")).to_have_text(re.compile(r"^2 sur \d+$"))
    visit.look()


def test_a_sheet_opens_at_its_page_with_the_passage_marked(walk: Callable[..., Walk]) -> None:
    visit = walk("sheet", "/?q=" + quote("dépôt de garantie du local") + "&kind=sheet")
    knot = visit.page.locator(".hit a.knot").first
    page_number = re.search(r"#page=(\d+)", knot.get_attribute("href") or "")

    knot.click()

    assert page_number is not None
    there = visit.page.locator(f'.pdf-page[data-page="{page_number[1]}"]')
    expect(there.locator(".page-picture")).to_be_in_viewport()
    expect(there.locator(".page-marks rect").first).to_be_attached()
    visit.look()


def test_filters_by_mentor_and_kind_are_kept_by_the_back_button(
    walk: Callable[..., Walk],
) -> None:
    visit = walk("filters", "/?q=prix")
    page = visit.page

    def choose(name: str, value: str) -> None:
        if visit.width < 600:
            page.locator(".hits-bar a.narrow").click()
        page.locator(f'input[name="{name}"][value="{value}"]').check()
        page.wait_for_url(re.compile(f"{name}={value}"))

    choose("kind", "exchange")
    choose("mentor", "m-claire")
    visit.look()
    expect(page.locator(".chosen .chip")).to_have_count(2)
    expect(page.locator(".hit .people", has_not_text="Claire Roudanec")).to_have_count(0)
    page.locator(".hit h2 a").first.click()
    expect(page.locator(".conversation")).to_be_visible()
    page.go_back()

    expect(page.locator(".chosen .chip")).to_have_count(2)
    page.go_back()
    expect(page.locator(".chosen .chip")).to_have_count(1)
    page.locator(".chosen .chip").click()
    expect(page.locator(".chosen .chip")).to_have_count(0)


def test_a_vote_is_given_changed_and_withdrawn(walk: Callable[..., Walk]) -> None:
    visit = walk("vote")
    hit = visit.search(f"premiers clients {visit.width}").first

    def press(name: str) -> None:
        hit.get_by_role("button", name=name, exact=True).click()

    press("Utile")
    expect(hit.locator(".vote-says")).to_contain_text("Merci")
    press("Pas utile")
    expect(hit.locator(".vote-why")).to_be_visible()
    visit.look()
    hit.get_by_label("Trop général").check()
    press("Envoyer")
    expect(hit.locator(".vote-says")).to_contain_text("remarque")
    press("Pas utile")

    expect(hit.locator(".vote-says")).to_contain_text("retiré")
    visit.page.reload()
    expect(hit.locator('[aria-pressed="true"]')).to_have_count(0)


def test_a_search_that_finds_nothing_says_what_to_do(walk: Callable[..., Walk]) -> None:
    visit = walk("nothing", "/?q=" + quote("visa pour le Japon") + "&since=2199-01-01")

    expect(visit.page.locator('[data-state="empty"]')).to_contain_text("filtres")
    visit.look()
    visit.page.locator('[data-state="empty"] a.primary').click()

    expect(visit.page.locator(".chosen")).to_have_count(0)


def test_the_keyboard_alone_goes_from_the_box_to_the_words(walk: Callable[..., Walk]) -> None:
    visit = walk("keyboard", "/?q=acompte")
    page = visit.page

    page.keyboard.press("/")
    page.keyboard.press("Control+a")
    page.keyboard.type("facture impayée")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("impay"))
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.hit h2 a')"):
            break
    visit.look()
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile("/documents/"))
    expect(page.locator("mark").first).to_be_visible()


def test_a_student_s_private_exchange_is_theirs_alone(walk: Callable[..., Walk]) -> None:
    visit = walk("private", persona=School.CLAIRE)
    hits = visit.search("découvert bancaire")
    private = hits.filter(has=visit.page.locator(".badge")).first.locator("h2 a")
    title, address = private.inner_text(), private.get_attribute("href") or ""

    visit.page.locator("select[name=persona]").select_option(School.LEA)
    visit.page.wait_for_function(
        "name => document.querySelector('select[name=persona]').value === name", arg=School.LEA
    )
    expect(visit.page.locator(".hit h2", has_text=title)).to_have_count(0)
    answer = visit.page.goto(address)

    assert answer is not None
    assert answer.status == 404
    visit.look()
