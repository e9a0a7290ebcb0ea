"""What the box takes from its page, and what it leaves alone."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.api.school import LEA
from tests.e2e.browser.component.conftest import FORM, Visits
from tests.e2e.browser.component.site import Site

pytestmark = pytest.mark.slow


def test_without_javascript_the_pages_own_form_searches(visit: Visits, site: Site) -> None:
    box = visit("", FORM, java_script_enabled=False)

    box.page.locator("#q").fill("prix")
    box.page.locator("#q").press("Enter")

    box.page.wait_for_url(f"{site.origin}/chercher?q=prix&origine=accueil")


def test_the_form_is_taken_over_with_its_label_hint_and_text(visit: Visits) -> None:
    box = visit("", FORM.replace('name="q"', 'name="q" value="devis"'))

    expect(box.page.locator("#q")).to_be_hidden()
    expect(box.page.get_by_role("combobox", name="Chercher à l’école")).to_have_value("devis")
    expect(box.field).to_have_attribute("placeholder", "Deux mots…")


def test_who_was_typing_when_the_script_came_goes_on_typing(visit: Visits) -> None:
    box = visit("", FORM.replace('name="q"', 'name="q" autofocus'))

    expect(box.field).to_be_focused()
    expect(box.panel).to_be_hidden()


def test_it_speaks_the_language_of_its_page_or_the_one_it_is_given(visit: Visits) -> None:
    french = visit()
    english = visit('language="en"')

    for box in (french, english):
        box.type("prix")
        box.settle()

    expect(french.group("Meilleurs passages")).to_be_visible()
    expect(english.group("Best passages")).to_be_visible()
    expect(english.status).to_contain_text("documents found")
    # Only what is in another language than the box says so.
    assert english.options.locator(".title").first.get_attribute("lang") is None
    assert english.group("Best passages").locator(".title").first.get_attribute("lang") == "fr"


def test_styles_of_the_page_stay_outside_and_ours_inside(visit: Visits) -> None:
    box = visit("", FORM)
    box.type("prix")
    box.settle()

    inside = box.options.first.evaluate("(node) => getComputedStyle(node).textTransform")
    colour = box.panel.evaluate("(node) => getComputedStyle(node).backgroundColor")
    outside = box.page.evaluate(
        """() => ({
          sheets: document.adoptedStyleSheets.length,
          styles: document.querySelectorAll('style').length,
          attributes: document.querySelectorAll('[style]').length,
          names: Object.keys(window).filter((name) => /cordee/i.test(name)),
        })"""
    )

    assert (inside, colour) == ("none", "rgb(255, 253, 249)")
    assert outside == {"sheets": 0, "styles": 0, "attributes": 0, "names": []}


def test_the_page_sets_colours_and_parts(visit: Visits) -> None:
    box = visit()
    box.page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`
            cordee-search { --cordee-surface: rgb(1, 2, 3); }
            cordee-search::part(input) { font-style: italic; }
          `);
          document.adoptedStyleSheets = [sheet];
        }"""
    )

    surface = box.host.locator(".form").evaluate("(node) => getComputedStyle(node).backgroundColor")
    style = box.field.evaluate("(node) => getComputedStyle(node).fontStyle")

    assert (surface, style) == ("rgb(1, 2, 3)", "italic")


@pytest.mark.parametrize(
    ("theme", "scheme", "expected"),
    [
        ("", "light", "light"),
        ("", "dark", "dark"),  # the page's own style follows the device
        ("light", "dark", "light"),
        ("dark", "light", "dark"),
        ("auto", "dark", "dark"),
    ],
)
def test_the_theme_is_the_pages_unless_another_is_asked_for(
    visit: Visits, theme: str, scheme: str, expected: str
) -> None:
    box = visit(f'theme="{theme}"', color_scheme=scheme)

    colour = box.host.locator(".form").evaluate("(node) => getComputedStyle(node).backgroundColor")

    assert colour == {"light": "rgb(255, 253, 249)", "dark": "rgb(37, 30, 26)"}[expected]


def test_on_its_own_origin_the_session_cookie_says_who_asks(visit: Visits, site: Site) -> None:
    box = visit(tokens=[])
    context = box.page.context
    context.request.post(f"{site.api}/v1/demo/session", data={"persona": LEA.person_id})
    page = '<!doctype html><html lang="fr"><script type="module" src="/assets/cordee-search.js">'
    page += "</script><cordee-search></cordee-search>"
    context.route("**/own", lambda route: route.fulfill(content_type="text/html", body=page))
    box.page.goto(f"{site.api}/own")

    box.type("prix")

    expect(box.options.first).to_have_attribute("href", re.compile(f"^{site.api}/documents/"))


def test_attributes_may_change_while_the_page_lives(visit: Visits) -> None:
    box = visit()
    box.type("prix")

    box.host.evaluate("(host) => host.setAttribute('language', 'en')")

    expect(box.page.get_by_role("combobox", name="What are you looking for?")).to_have_value("prix")
    box.host.evaluate("(host) => host.setAttribute('mode', 'modal')")
    expect(box.host.get_by_role("button", name="Search")).to_be_visible()


def test_a_box_that_left_the_page_hears_no_keys(visit: Visits) -> None:
    box = visit('mode="modal"')
    box.host.evaluate("(host) => { window.gone = host; host.remove(); }")

    box.page.keyboard.press("Control+k")

    assert box.page.evaluate("window.gone.shadowRoot.querySelector('dialog').open") is False


def test_the_script_may_be_loaded_twice(visit: Visits, site: Site) -> None:
    box = visit()

    box.page.evaluate(f"import('{site.api}/assets/cordee-search.js?again')")

    expect(box.field).to_be_visible()


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_list_stays_inside_the_window_however_narrow_the_box(visit: Visits, width: int) -> None:
    box = visit(width=width)
    box.page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('cordee-search { width: 10rem; margin-left: auto; }');
          document.adoptedStyleSheets = [sheet];
        }"""
    )

    box.type("prix")
    box.settle()

    place = box.panel.bounding_box()
    assert place is not None
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= width
    assert box.page.evaluate("document.documentElement.scrollWidth") <= width
