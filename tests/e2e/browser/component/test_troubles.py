"""Sessions that end, networks that fail, and questions that nothing answers."""

import json
from typing import Final

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.browser.component.conftest import Visits

pytestmark = pytest.mark.slow
ALLOW: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Request-ID",
    "Content-Type": "application/json",
}
NOTHING: Final = {
    "hits": [],
    "facets": {"mentor": []},
    "total": 0,
    "total_relation": "exact",
    "suggestion": None,
}


def test_an_expired_token_is_renewed_once_and_nobody_notices(visit: Visits) -> None:
    box = visit(tokens=[visit.token(ttl_s=-60), visit.token()])

    box.type("prix")

    box.settle()
    assert box.page.evaluate("window.asked") == 2  # two requests met it, one asked
    assert box.page.evaluate("window.events") == []


def test_a_token_that_stays_refused_ends_in_words_and_an_event(visit: Visits) -> None:
    box = visit(tokens=[visit.token(ttl_s=-60), visit.token(ttl_s=-60), visit.token()])
    box.field.fill("prix")  # one text: with every other the page is asked again
    expect(box.notice).to_contain_text("Votre session a pris fin")
    events = box.page.evaluate("window.events.map(({ name }) => name)")
    asked = box.page.evaluate("window.asked")

    box.host.get_by_role("button", name="Réessayer").click()

    box.settle()
    assert (events, asked) == (["cordee-expired"], 2)


def test_without_token_nor_cookie_the_box_says_that_one_must_sign_in(visit: Visits) -> None:
    box = visit(tokens=[])

    box.type("prix")

    expect(box.notice).to_contain_text("Connectez-vous de nouveau")
    expect(box.status).to_contain_text("Votre session a pris fin")


def test_a_page_whose_token_fails_is_like_an_expired_session(visit: Visits) -> None:
    box = visit(tokens=[""])

    box.type("prix")

    expect(box.notice).to_contain_text("Votre session a pris fin")


def test_offline_is_said_and_the_search_goes_on_by_itself(visit: Visits) -> None:
    box = visit()
    box.field.click()
    box.page.context.set_offline(True)
    box.field.press_sequentially("prix")
    expect(box.notice).to_contain_text("Vous êtes hors ligne")
    expect(box.status).to_contain_text("hors ligne")

    box.page.context.set_offline(False)

    box.settle()
    expect(box.field).to_have_value("prix")


def test_a_service_that_is_away_is_tried_again_at_a_word(visit: Visits) -> None:
    box = visit()
    box.page.route(
        "**/v1/search", lambda route: route.fulfill(status=503, headers=ALLOW, body="{}")
    )
    box.type("prix")
    expect(box.notice).to_contain_text("La recherche ne répond pas")
    box.page.unroute("**/v1/search")

    box.host.get_by_role("button", name="Réessayer").click()

    box.settle()
    expect(box.field).to_be_focused()


def test_a_service_that_is_away_is_tried_again_without_a_word(visit: Visits) -> None:
    box = visit()
    answers = []

    def second_time(route: Route) -> None:
        if route.request.post_data_json["mode"] == "instant":
            route.abort()
            return
        answers.append(route)
        if len(answers) == 1:
            route.fulfill(status=503, headers=ALLOW, body="{}")
        else:
            route.continue_()

    box.page.route("**/v1/search", second_time)

    box.type("prix")

    box.settle()


def test_our_own_mistake_comes_with_a_reference(visit: Visits) -> None:
    box = visit()
    headers = ALLOW | {"X-Request-ID": "abc123"}
    box.page.route(
        "**/v1/search", lambda route: route.fulfill(status=500, headers=headers, body="{}")
    )

    box.type("prix")

    expect(box.notice).to_contain_text("abc123")
    expect(box.host.get_by_role("button", name="Réessayer")).to_be_visible()


def test_a_broken_answer_is_no_crash(visit: Visits) -> None:
    box = visit()
    box.page.route("**/v1/search", lambda route: route.fulfill(headers=ALLOW, body='{"hits": ['))

    box.type("prix")

    expect(box.notice).to_contain_text("La recherche ne répond pas")


def test_completions_that_fail_take_nothing_from_the_results(visit: Visits) -> None:
    box = visit()
    box.page.route("**/v1/suggest*", lambda route: route.abort())

    box.type("prix")

    box.settle()


def test_enter_still_leads_to_the_results_when_the_api_is_away(visit: Visits) -> None:
    box = visit()
    box.page.route("**/v1/*", lambda route: route.abort())
    box.type("prix")
    expect(box.notice).to_contain_text("La recherche ne répond pas")

    box.field.press("Enter")

    box.page.wait_for_url("**/?q=prix")


def test_nothing_found_says_so_with_the_pages_own_words_beside(visit: Visits) -> None:
    box = visit("", '<a slot="empty" href="/question">Demander à un mentor</a>')
    box.page.route(
        "**/v1/search", lambda route: route.fulfill(headers=ALLOW, body=json.dumps(NOTHING))
    )
    expect(box.page.get_by_role("link", name="Demander à un mentor")).to_be_hidden()

    box.type("<b>rien</b>")

    expect(box.notice).to_contain_text("Rien pour « <b>rien</b> »")
    expect(box.page.get_by_role("link", name="Demander à un mentor")).to_be_visible()
    expect(box.field).to_have_attribute("aria-expanded", "false")
    expect(box.status).to_contain_text("Rien pour")


def test_what_was_perhaps_meant_is_offered_first(visit: Visits) -> None:
    box = visit()
    meant = NOTHING | {"suggestion": "franchise"}
    box.page.route(
        "**/v1/search", lambda route: route.fulfill(headers=ALLOW, body=json.dumps(meant))
    )

    box.type("franchize")

    expect(box.group("Vouliez-vous dire").get_by_role("option")).to_have_text("franchise")


def test_who_waits_sees_that_something_comes(visit: Visits) -> None:
    box = visit(script="window.fetch = () => new Promise(() => {});")

    box.type("prix")

    expect(box.host.locator(".bone").first).to_be_visible()
    expect(box.host.locator("#list")).to_have_attribute("aria-busy", "true")
