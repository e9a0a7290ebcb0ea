"""Saying whether a document helped, changing one's mind, and keeping it."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from fixtures.school import School

pytestmark = pytest.mark.slow
OpenPage = Callable[..., Page]


def _hit(page: Page) -> Locator:
    return page.locator(".hit", has_text=School.EXCHANGE_TITLE).first


def _press(hit: Locator, name: str) -> None:
    hit.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("width", [360, 1440])
def test_a_vote_is_given_changed_explained_and_taken_back(
    open_page: OpenPage, school: School, width: int
) -> None:
    query = f"remise commerciale {width}"
    page = open_page(f"/?q={quote(query)}", width=width)

    _press(_hit(page), "Utile")
    expect(_hit(page).locator(".vote-says")).to_contain_text("Merci")
    page.reload()
    expect(_hit(page).get_by_role("button", name="Utile", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    _press(_hit(page), "Pas utile")
    _hit(page).get_by_label("Plus à jour").check()
    _hit(page).get_by_label("Un mot de plus").fill("Les <b>taux</b> ont changé.")
    _press(_hit(page), "Envoyer")
    expect(_hit(page).locator(".vote-says")).to_contain_text("remarque est notée")

    said = _said(school, query)
    assert (said["value"], said["reason"]) == ("not_useful", "outdated")
    assert said["comment"] == "Les <b>taux</b> ont changé."
    page.reload()
    _press(_hit(page), "Pas utile")
    expect(_hit(page).locator(".vote-says")).to_contain_text("retiré")
    assert _said(school, query) == {}


def test_a_vote_that_could_not_be_sent_is_put_back_and_said(open_page: OpenPage) -> None:
    page = open_page("/?q=remise")
    page.context.set_offline(True)

    _press(_hit(page), "Utile")

    expect(_hit(page).locator(".vote-says")).to_contain_text("Vérifiez votre connexion")
    expect(_hit(page).get_by_role("button", name="Utile", exact=True)).to_have_attribute(
        "aria-pressed", "false"
    )


def test_what_is_kept_is_found_on_the_first_page(open_page: OpenPage) -> None:
    page = open_page("/?q=remise", persona=School.KARIM)
    _press(_hit(page), "Garder")
    expect(_hit(page).locator(".vote-says")).to_contain_text("Gardé")

    page.goto("/")
    kept = page.locator(".kept")
    expect(kept.locator("h3")).to_have_text(School.EXCHANGE_TITLE)
    kept.get_by_role("link", name=School.EXCHANGE_TITLE).click()
    page.wait_for_url(re.compile("/documents/"))
    page.get_by_role("button", name="Garder", exact=True).click()
    expect(page.locator(".vote-says")).to_contain_text("plus gardé")
    page.goto("/")

    expect(page.locator(".kept")).to_have_count(0)


def _said(school: School, query: str) -> dict[str, str]:
    """Return what Léa says for a query."""
    with school.client(School.LEA) as client:
        found = client.get("/v1/judgments", params={"q": query}).raise_for_status().json()
    said: list[dict[str, str]] = found["judgments"]
    return said[0] if said else {}
