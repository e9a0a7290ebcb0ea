"""The search box and the results, as a person meets them."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect

from fixtures.school import School

pytestmark = pytest.mark.slow
OpenPage = Callable[..., Page]


def _search(page: Page, query: str) -> None:
    page.locator("#q").fill(query)
    page.locator("#q").press("Enter")
    expect(page.locator("#main")).not_to_have_attribute("aria-busy", "true")
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


def test_results_come_on_a_pause_in_typing(open_page: OpenPage) -> None:
    page = open_page()

    page.locator("#q").press_sequentially("remise", delay=30)

    expect(page.locator(".hit h2", has_text=School.EXCHANGE_TITLE)).to_be_visible()
    assert page.locator("#q").evaluate("node => node === document.activeElement")


def test_a_stale_answer_never_replaces_a_newer_one(open_page: OpenPage) -> None:
    page = open_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/v1/search\?q=decouvert"), hold)
    page.locator("#q").fill("decouvert")
    page.locator("#q").press("Enter")
    page.wait_for_timeout(300)

    _search(page, "remise commerciale")
    for route in held:
        route.continue_()
    page.wait_for_timeout(700)

    assert held
    assert "remise" in page.url
    expect(page.locator(".hit h2").first).to_have_text(School.EXCHANGE_TITLE)


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

    page.locator("#persona").select_option(School.LEA)

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


def test_the_keyboard_alone_finds_and_opens_a_document(open_page: OpenPage) -> None:
    page = open_page("/?q=remise")
    expect(page.locator(".hit").first).to_be_visible()
    page.locator("body").press("Tab")
    page.evaluate("document.activeElement.blur()")

    page.keyboard.press("/")
    page.keyboard.type("fixer ses", delay=40)
    expect(page.locator("#q")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    option = page.locator('#suggestions [aria-selected="true"]')
    expect(option).to_contain_text(School.SHEET_TITLE)
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile("/documents/"))
    expect(page.locator("#main h1")).to_have_text(School.SHEET_TITLE)
    assert page.evaluate("document.activeElement.tagName") == "H1"


def test_control_k_comes_back_to_the_box(open_page: OpenPage) -> None:
    page = open_page("/?q=prix")
    page.locator(".hit h2 a").first.focus()

    page.keyboard.press("Control+k")

    assert page.evaluate("document.activeElement.id") == "q"


def test_a_search_without_an_answer_says_what_to_do(open_page: OpenPage) -> None:
    page = open_page("/?q=remise&since=2199-01-01")

    expect(page.locator('[data-state="empty"]')).to_contain_text("Retirez-les")
    expect(page.locator("#live")).to_have_text("Aucun document")


def test_a_lost_connection_is_said_and_mended(open_page: OpenPage) -> None:
    page = open_page()
    page.context.set_offline(True)
    page.locator("#q").fill("remise")
    page.locator("#q").press("Enter")
    expect(page.locator('[data-state="error"]')).to_contain_text("Vérifiez votre connexion")

    page.context.set_offline(False)

    expect(page.locator(".hit h2", has_text=School.EXCHANGE_TITLE)).to_be_visible()


def test_the_page_speaks_english_when_asked(open_page: OpenPage) -> None:
    page = open_page("/?q=remise")
    expect(page.locator(".count-line")).to_contain_text("document")

    page.locator("#language").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".facets > summary")).to_contain_text("Narrow down")


def test_a_mentor_adds_a_document_and_finds_it(open_page: OpenPage) -> None:
    page = open_page(persona=School.CLAIRE)
    page.locator(".deposit").click()
    text = (
        "# Assurance décennale\n\nUn carreleur souscrit une assurance décennale avant le chantier."
    )

    page.locator("#ingest-files").set_input_files({
        "name": "decennale.md",
        "mimeType": "text/markdown",
        "buffer": text.encode(),
    })

    expect(page.locator(".job")).to_have_attribute("data-state", "succeeded", timeout=60_000)
    page.locator(".job a").click()
    expect(page.locator("article.sheet")).to_contain_text("carreleur")


def test_a_refused_document_says_why_in_french(open_page: OpenPage) -> None:
    page = open_page(persona=School.CLAIRE)
    page.locator(".deposit").click()

    page.locator("#ingest-files").set_input_files({
        "name": "vide.pdf",
        "mimeType": "application/pdf",
        "buffer": b" ",
    })

    expect(page.locator(".job")).to_have_attribute("data-state", "failed", timeout=60_000)
    expect(page.locator(".job-says")).to_contain_text(re.compile("vide|format"))


def test_a_student_is_not_offered_to_add_documents(open_page: OpenPage) -> None:
    page = open_page(persona=School.LEA)
    expect(page.locator("#persona")).to_be_visible()

    expect(page.locator(".deposit")).to_have_count(0)
