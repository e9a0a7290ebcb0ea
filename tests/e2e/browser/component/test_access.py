"""What axe finds in every state of the box, and what each kind of eye and finger needs."""

from typing import Final

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.component.conftest import FORM, Box, Visits
from tests.e2e.browser.test_accessibility import violations

pytestmark = pytest.mark.slow
REMEMBERED: Final = (
    'localStorage.setItem("cordee-search", \'{"recent": ["devis"], "favourites": ["prix"]}\');'
)


def _closed(box: Box) -> None:
    expect(box.field).to_be_visible()


def _found(box: Box) -> None:
    box.type("prix")
    box.settle()
    box.field.press("ArrowDown")


def _remembered(box: Box) -> None:
    box.field.click()
    expect(box.group("Recherches gardées")).to_be_visible()


def _away(box: Box) -> None:
    box.page.route("**/v1/*", lambda route: route.abort())
    box.type("prix")
    expect(box.host.get_by_role("button", name="Réessayer")).to_be_visible()


def _stale(box: Box) -> None:
    _found(box)
    box.page.evaluate("void (window.fetch = () => new Promise(() => {}))")
    box.field.press_sequentially(" devis")


def _waiting(box: Box) -> None:
    box.page.evaluate("void (window.fetch = () => new Promise(() => {}))")
    box.type("prix")
    expect(box.host.locator(".bone").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing_in_the_page(visit: Visits, width: int, scheme: str) -> None:
    found = {}
    for state in (_closed, _found, _remembered, _away, _stale, _waiting):
        box = visit("", FORM, script=REMEMBERED, width=width, color_scheme=scheme)
        state(box)
        found[state.__name__] = violations(box.page)

    assert found == {name: [] for name in found}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing_in_the_dialog(visit: Visits, width: int, scheme: str) -> None:
    box = visit('mode="modal"', width=width, color_scheme=scheme)
    closed = violations(box.page)
    box.page.keyboard.press("/")
    expect(box.notice).to_be_visible()
    started = violations(box.page)

    _found(box)

    assert (closed, started, violations(box.page)) == ([], [], [])


def test_the_roles_are_those_of_the_pattern(visit: Visits) -> None:
    """ARIA Authoring Practices, editable combobox with list autocomplete."""
    box = visit("", FORM)
    _found(box)

    field = box.field.evaluate(
        "(node) => Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value]))"
    )
    listbox = box.host.get_by_role("listbox", name="Suggestions et résultats")

    assert field["aria-autocomplete"] == "list"
    assert field["aria-controls"] == listbox.get_attribute("id")
    assert field["aria-activedescendant"] == box.options.first.get_attribute("id")
    # Nothing but groups in the list, nothing but options in a group, nothing to press in those.
    assert (
        box.host.evaluate(
            """({ shadowRoot: root }) => [
          '[role=listbox] > :not([role=group])',
          '[role=group] > :not([role=option], [role=presentation])',
          '[role=option] :is(a, button, input, [tabindex])',
        ].flatMap((wrong) => [...root.querySelectorAll(wrong)].map((node) => node.outerHTML))"""
        )
        == []
    )


def test_every_stop_of_the_tab_key_shows_where_it_is(visit: Visits) -> None:
    box = visit("", FORM, script=REMEMBERED)
    _remembered(box)
    seen = []
    for _ in range(6):
        seen.append(
            box.host.evaluate(
                """({ shadowRoot: root }) => {
                  const node = root.activeElement;
                  const around = [node, node?.closest('.form')].filter(Boolean);
                  return around.some((each) => {
                    const style = getComputedStyle(each);
                    return parseFloat(style.outlineWidth) > 1 && style.outlineStyle !== 'none'
                      || style.boxShadow.includes('3px');
                  });
                }"""
            )
        )
        box.page.keyboard.press("Tab")

    # The field, search, keep and forget of one search, forget all; then the page.
    assert seen == [True] * 5 + [False]
    expect(box.page.locator("#other")).not_to_be_focused()


def test_fingers_have_44_pixels(visit: Visits) -> None:
    """WCAG 2.2, success criterion 2.5.5."""
    box = visit("", FORM, script=REMEMBERED, width=360, has_touch=True, is_mobile=True)
    _remembered(box)
    remembered = _small(box)

    _found(box)

    assert (remembered, _small(box)) == ([], [])


def _small(box: Box) -> list[str]:
    found: list[str] = box.host.evaluate(
        """({ shadowRoot: root }) => [...root.querySelectorAll('button, .option, .field')]
          .map((node) => [node.getBoundingClientRect(), node.className])
          .filter(([{ width, height }]) => width && (height < 44 || width < 44))
          .map(([{ width, height }, name]) => `${name} ${width}x${height}`)"""
    )
    return found


def test_nothing_moves_for_who_asked_for_less_movement(visit: Visits) -> None:
    box = visit(reduced_motion="reduce")
    _waiting(box)

    moving = box.host.evaluate(
        """({ shadowRoot: root }) => [...root.querySelectorAll('*')].filter((node) =>
          getComputedStyle(node).animationName !== 'none').length"""
    )

    assert moving == 0


def test_the_active_option_shows_in_forced_colours(visit: Visits) -> None:
    box = visit(forced_colors="active")
    _found(box)

    outline = box.options.first.evaluate(
        "(node) => [getComputedStyle(node).outlineStyle, getComputedStyle(node).outlineWidth]"
    )

    assert outline == ["solid", "3px"]


def test_more_contrast_is_given_where_it_is_asked_for(visit: Visits) -> None:
    box = visit(contrast="more")
    _found(box)

    colours = box.host.evaluate(
        """({ shadowRoot: root }) => ['.snippet', '.title'].map((name) =>
          getComputedStyle(root.querySelector(name)).color)"""
    )

    assert colours[0] == colours[1]


def test_at_400_percent_nothing_is_cut_off(visit: Visits) -> None:
    """WCAG 2.2, success criterion 1.4.10: 320 CSS pixels wide, without scrolling sideways."""
    box = visit("", FORM, width=320)
    _found(box)

    widths = box.host.evaluate(
        """({ shadowRoot: root }) => [...root.querySelectorAll('.panel, .list, .option')]
          .filter((node) => node.scrollWidth > node.clientWidth + 1)
          .map((node) => node.className)"""
    )

    assert widths == []
    assert box.page.evaluate("document.documentElement.scrollWidth") <= 320
