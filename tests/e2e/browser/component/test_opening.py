"""The dialog, the keys that open it, and what the device remembers."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.component.conftest import FORM, Box, Visits
from tests.e2e.browser.component.site import Site

pytestmark = pytest.mark.slow


def _dialog(box: Box) -> bool:
    is_open: bool = box.host.evaluate("(host) => host.shadowRoot.querySelector('dialog').open")
    return is_open


@pytest.mark.parametrize("key", ["Control+k", "/"])
def test_a_key_opens_the_dialog_and_escape_gives_the_focus_back(visit: Visits, key: str) -> None:
    box = visit('mode="modal"')
    box.page.locator("#aside").focus()

    box.page.keyboard.press(key)
    expect(box.field).to_be_focused()
    box.type("prix")
    box.settle()
    box.page.keyboard.press("Escape")

    assert not _dialog(box)
    expect(box.page.locator("#aside")).to_be_focused()


def test_control_k_closes_the_dialog_as_well(visit: Visits) -> None:
    box = visit('mode="modal"')
    box.page.keyboard.press("Control+k")
    assert _dialog(box)

    box.page.keyboard.press("Control+k")

    assert not _dialog(box)


@pytest.mark.parametrize("field", ["#other", "#editor"])
def test_a_slash_is_a_slash_while_typing(visit: Visits, field: str) -> None:
    box = visit('mode="modal"')
    box.page.locator(field).focus()

    box.page.keyboard.press("/")

    assert not _dialog(box)
    text = box.page.locator(field).evaluate("(node) => node.value ?? node.textContent")
    assert "/" in text


def test_control_k_opens_the_dialog_even_while_typing(visit: Visits) -> None:
    box = visit('mode="modal"')
    box.page.locator("#other").focus()

    box.page.keyboard.press("Control+k")

    assert _dialog(box)


@pytest.mark.parametrize("shortcuts", ["off", "/"])
def test_each_key_can_be_switched_off(visit: Visits, shortcuts: str) -> None:
    box = visit(f'mode="modal" shortcuts="{shortcuts}"')

    box.page.keyboard.press("Control+k")
    after_k = _dialog(box)
    box.page.keyboard.press("/")

    assert (after_k, _dialog(box)) == (False, shortcuts == "/")


def test_a_key_that_an_editor_used_stays_with_the_editor(visit: Visits) -> None:
    box = visit(
        'mode="modal"',
        script="addEventListener('keydown', (event) => event.preventDefault(), { capture: true });",
    )

    box.page.keyboard.press("Control+k")

    assert not _dialog(box)


def test_the_button_opens_the_dialog_and_a_click_beside_it_closes(visit: Visits) -> None:
    box = visit('mode="modal"')

    box.host.get_by_role("button", name="Chercher").click()
    expect(box.notice).to_contain_text("Deux mots suffisent")
    box.page.mouse.click(5, 5)

    assert not _dialog(box)


def test_a_slash_goes_to_the_field_in_the_page(visit: Visits) -> None:
    box = visit("", FORM)

    box.page.keyboard.press("/")

    expect(box.field).to_be_focused()
    expect(box.field).to_have_value("")


def test_focus_alone_opens_nothing(visit: Visits) -> None:
    box = visit(script="localStorage.setItem('cordee-search', '{\"recent\": [\"devis\"]}');")

    box.field.focus()
    expect(box.panel).to_be_hidden()
    box.field.press("ArrowDown")

    assert box.active() == "devis"


def test_sent_searches_are_remembered_last_first(visit: Visits, site: Site) -> None:
    box = visit(f'portal="{site.origin}"')
    for q in ("devis", "prix", "devis"):
        box.field.fill(q)
        box.field.press("Enter")
        box.page.wait_for_url(re.compile("q="))
        box.page.go_back()

    box.field.fill("")
    box.field.click()

    titles = box.group("Recherches récentes").locator(".title")
    expect(titles).to_have_text(["devis", "prix"])
    expect(box.options.first).to_have_attribute("href", f"{site.origin}/?q=devis")


def test_a_search_is_kept_forgotten_and_all_are_cleared(visit: Visits) -> None:
    box = visit(script='localStorage.setItem(\'cordee-search\', \'{"recent": ["a1", "b2"]}\');')
    box.field.click()

    box.host.get_by_role("button", name="Garder « b2 »").click()
    expect(box.group("Recherches gardées").locator(".title")).to_have_text(["b2"])
    kept = box.remembered()
    box.host.get_by_role("button", name="Oublier « a1 »").click()
    forgotten = box.remembered()
    box.host.get_by_role("button", name="Tout oublier").click()

    assert kept["favourites"] == ["b2"]
    assert forgotten == {"recent": ["b2"], "favourites": ["b2"]}
    assert box.remembered() == {}
    expect(box.panel).to_be_hidden()


def test_keys_alone_reach_the_buttons_of_a_remembered_search(visit: Visits) -> None:
    box = visit(script='localStorage.setItem(\'cordee-search\', \'{"recent": ["a1", "b2"]}\');')
    box.field.focus()
    for key in ("ArrowDown", "ArrowDown", "Tab", "Tab"):  # to « b2 », past the search button
        box.page.keyboard.press(key)
    expect(box.host.get_by_role("button", name="Garder « b2 »")).to_be_focused()

    box.page.keyboard.press("ArrowUp")
    expect(box.host.get_by_role("button", name="Garder « a1 »")).to_be_focused()
    box.page.keyboard.press("Enter")

    expect(box.host.get_by_role("button", name="Garder « a1 »")).to_be_focused()
    assert box.remembered()["favourites"] == ["a1"]


def test_shift_delete_forgets_the_active_search(visit: Visits) -> None:
    box = visit(script='localStorage.setItem(\'cordee-search\', \'{"recent": ["a1", "b2"]}\');')
    box.field.focus()
    box.field.press("ArrowDown")

    box.field.press("Shift+Delete")

    assert box.remembered()["recent"] == ["b2"]
    expect(box.field).to_be_focused()


def test_the_present_search_is_kept_without_losing_the_list(visit: Visits) -> None:
    box = visit()
    box.type("prix")
    keep = box.host.get_by_role("button", name="Garder cette recherche")

    keep.click()

    expect(keep).to_have_attribute("aria-pressed", "true")
    expect(box.field).to_be_focused()
    box.settle()
    assert box.remembered()["favourites"] == ["prix"]


def test_with_history_off_nothing_is_remembered(visit: Visits, site: Site) -> None:
    box = visit(f'history="off" portal="{site.origin}"')
    box.type("prix")
    box.settle()
    expect(box.host.get_by_role("button", name="Garder cette recherche")).to_have_count(0)

    box.field.press("Enter")
    box.page.wait_for_url(re.compile("q=prix"))

    assert box.page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize(
    "script",
    [
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } });",
        'localStorage.setItem(\'cordee-search\', \'{"recent": [1, null, "x"], "favour\');',
        "localStorage.setItem('cordee-search', 'null');",
        "localStorage.setItem('cordee-search', '{\"recent\": 5, \"favourites\": {}}');",
    ],
)
def test_a_device_that_remembers_badly_disturbs_nothing(visit: Visits, script: str) -> None:
    box = visit(script=f"{script} window.stays = true;")
    box.field.click()
    box.type("prix")
    box.settle()
    box.field.press("Enter")

    box.field.fill("")
    box.field.press("ArrowDown")

    expect(box.group("Recherches récentes").locator(".title")).to_have_text(["prix"])
