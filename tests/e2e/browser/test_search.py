"""The search box and the results, as a person meets them."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from fixtures.school import School

pytestmark = pytest.mark.slow
OpenPage = Callable[..., Page]


def box(page: Page) -> Locator:
    """Return the field of the search box, which is inside its shadow tree."""
    return page.locator("cordee-search [role=combobox]")


def _search(page: Page, query: str) -> None:
    box(page).fill(query)
    box(page).press("Enter")
    page.wait_for_url(re.compile(r"\?q="))
    expect(page.locator(".count-line")).to_be_visible()


def test_a_search_shows_documents_with_the_words_marked(open_page: OpenPage) -> None:
    page = open_page()

    _search(page, "fixer prix")

    card = page.locator(".hit", has_text=School.SHEET_TITLE).first
    expect(card).to_be_visible()
    marks = {text.lower() for text in card.locator(".snippet mark").all_inner_texts()}
    assert any(mark.startswith(("fix", "prix")) for mark in marks)


def test_two_misspelled_words_reach_the_sheet(open_page: OpenPage) -> None:
    page = open_page()

    _search(page, "fixerr prixx")

    expect(page.locator(".hit h2", has_text=School.SHEET_TITLE)).to_be_visible()


def test_filters_live_in_the_address_and_back_brings_them_back(open_page: OpenPage) -> None:
    page = open_page("/?q=prix")
    others = page.locator(".hit .kind-name", has_not_text="Fiche")
    expect(others.first).to_be_visible()
    page.locator('input[name="kind"][value="sheet"]').check()
    page.wait_for_url(re.compile("kind=sheet"))
    expect(others).to_have_count(0)
    page.locator(".hit h2 a", has_text=School.SHEET_TITLE).click()
    expect(page.locator("#main h1")).to_have_text(School.SHEET_TITLE)

    page.go_back()

    expect(page.locator('input[name="kind"][value="sheet"]')).to_be_checked()
    expect(page.locator(".hit h2", has_text=School.SHEET_TITLE)).to_be_visible()
    expect(others).to_have_count(0)


def test_another_persona_does_not_see_a_private_exchange(open_page: OpenPage) -> None:
    page = open_page(f"/?q={quote(School.PRIVATE_WORDS)}", persona=School.KARIM)
    expect(page.locator(".hit h2", has_text=School.PRIVATE_TITLE)).to_be_visible()
    expect(page.locator(".hit .badge").first).to_have_text("Privé")

    page.locator("select[name=persona]").select_option(School.LEA)
    page.wait_for_function(
        "name => document.querySelector('select[name=persona]').value === name", arg=School.LEA
    )

    expect(page.locator(".hit h2", has_text=School.PRIVATE_TITLE)).to_have_count(0)
    expect(page.locator("#q")).to_have_value(School.PRIVATE_WORDS)
    expect(page.locator("body")).not_to_contain_text(School.PRIVATE_TITLE)


def test_a_title_with_a_script_stays_text(open_page: OpenPage) -> None:
    page = open_page()

    _search(page, School.SCRIPT_WORDS)
    page.locator(".hit h2 a", has_text="<b>relance</b>").click()

    expect(page.locator("#main h1")).to_have_text(School.SCRIPT_TITLE)
    assert page.title().startswith(School.SCRIPT_TITLE)
    assert page.locator("body").get_attribute("data-ran") is None


def test_marks_stand_on_the_right_words_after_an_emoji(open_page: OpenPage) -> None:
    page = open_page(f"/?q={quote(School.SCRIPT_WORDS)}")
    card = page.locator(".hit", has_text="<b>relance</b>")
    expect(card.locator("mark").first).to_be_visible()

    after = [text for text in card.locator("mark").all_inner_texts() if len(text) > 2]

    assert any(re.fullmatch(r"relancer", text, re.IGNORECASE) for text in after)
    assert all(re.fullmatch(r"\w+", text) for text in after)


def test_a_search_without_an_answer_says_what_to_do(open_page: OpenPage) -> None:
    page = open_page("/?q=remise&since=2199-01-01")

    expect(page.locator('[data-state="empty"]')).to_contain_text("Retirez-les")
    expect(page.locator(".count-line")).to_contain_text("Aucun document")


def test_the_page_speaks_english_when_asked(open_page: OpenPage) -> None:
    page = open_page("/?q=remise")
    expect(page.locator(".count-line")).to_contain_text("document")

    page.locator(".language").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".facets h2")).to_contain_text("Narrow down")


def test_the_keyboard_alone_reaches_a_document(open_page: OpenPage) -> None:
    page = open_page()

    page.keyboard.press("/")
    page.keyboard.type("remise commerciale")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?q="))
    page.locator(".hit h2 a", has_text=School.EXCHANGE_TITLE).focus()
    page.keyboard.press("Enter")

    expect(page.locator("#main h1")).to_have_text(School.EXCHANGE_TITLE)


def test_on_a_phone_the_filters_open_as_a_page_of_their_own(open_page: OpenPage) -> None:
    page = open_page("/?q=prix", width=360)
    expect(page.locator(".facets")).to_be_hidden()

    page.locator(".hits-bar a.narrow").click()
    page.locator('input[name="kind"][value="sheet"]').check()
    page.wait_for_url(re.compile("kind=sheet"))
    page.go_back()

    expect(page.locator('input[name="kind"][value="sheet"]')).not_to_be_checked()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", ".recent .tile h3"),
        ("/?q=fixer+prix", f".hit h2:has-text('{School.SHEET_TITLE}')"),
        ("/documents/{id}?q=prix", f"h1:has-text('{School.SHEET_TITLE}')"),
    ],
)
def test_a_page_reads_without_scripts(
    open_page: OpenPage, school: School, path: str, shown: str
) -> None:
    page = open_page(path.format(id=school.ids[School.SHEET_TITLE]), java_script_enabled=False)

    expect(page.locator(shown).first).to_be_visible()
    page.locator("#q").fill("remise commerciale")
    page.locator("#q").press("Enter")

    expect(page.locator(".hit h2", has_text=School.EXCHANGE_TITLE)).to_be_visible()


def test_typing_shows_passages_and_an_arrow_opens_one(open_page: OpenPage) -> None:
    page = open_page()

    page.keyboard.press("/")
    page.keyboard.type("remise commerciale", delay=20)
    option = page.get_by_role("option", name=School.EXCHANGE_TITLE).first
    expect(option).to_be_visible()
    page.wait_for_load_state("networkidle")  # the full results stand in place of the instant ones
    for _ in range(20):  # tags and titles come before passages
        page.keyboard.press("ArrowDown")
        if option.get_attribute("aria-selected") == "true":
            break
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile("/documents/"))


def test_the_box_takes_the_place_of_the_form_without_moving_the_page(open_page: OpenPage) -> None:
    page = open_page("/?q=prix", width=360)
    page.wait_for_timeout(500)

    shift = page.evaluate(
        """() => new Promise((resolve) => {
          let sum = 0;
          const add = (list) => list.getEntries().forEach((each) => { sum += each.value; });
          new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => resolve(sum), 200);
        })"""
    )

    assert shift < 0.05
