"""Typing, results and the keyboard, in a page of another origin."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from fixtures.school import until
from schemas.feedback import Action, Surface
from schemas.ids import QueryId
from tests.e2e.browser.component.conftest import FORM, SCRIPT_TITLE, VIDEO_TITLE, Visits
from tests.e2e.browser.component.site import Site

pytestmark = pytest.mark.slow


def test_another_site_may_load_the_script(visit: Visits, site: Site) -> None:
    answer = httpx.get(f"{site.api}/assets/cordee-search.js", trust_env=False)

    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


def test_hits_that_do_not_really_answer_are_said_to_be_the_nearest(visit: Visits) -> None:
    box = visit()

    box.type("plomberie sous-marine antarctique")

    expect(box.group("Rien ne répond vraiment : au plus près")).to_be_visible()
    expect(box.group("Meilleurs passages")).to_have_count(0)


def test_typing_shows_passages_then_documents_by_kind(visit: Visits) -> None:
    box = visit()

    box.type("prix")

    expect(box.group("Meilleurs passages").get_by_role("option")).to_have_count(3)
    for name in ("Vidéos et enregistrements", "Fiches", "Échanges", "Mentors"):
        expect(box.group(name)).to_be_visible()
    expect(box.group("Mentors").get_by_role("option")).to_contain_text("Claire")
    expect(box.field).to_have_attribute("aria-expanded", "true")
    assert {text.lower() for text in box.host.locator(".snippet mark").all_inner_texts()} == {
        "prix"
    }


def test_a_hit_leads_to_its_exact_place_with_the_query(visit: Visits, site: Site) -> None:
    box = visit()

    box.type("compter son temps")

    box.settle()
    hit = box.options.filter(has_text=VIDEO_TITLE).first
    expect(hit).to_contain_text("à 0:01")
    href = hit.get_attribute("href") or ""
    assert re.fullmatch(
        re.escape(site.api) + r"/documents/d-\w+\?t=[\d.]+&q=compter\+son\+temps&from=q-\w+", href
    )


def test_a_hit_that_is_opened_counts_for_its_search(visit: Visits) -> None:
    box = visit()
    box.type("compter son temps")
    box.settle()

    box.options.filter(has_text=VIDEO_TITLE).first.click()
    box.page.wait_for_url(re.compile("from=q-"))

    query_id = QueryId(re.findall(r"from=(q-\w+)", box.page.url)[0])
    services = visit.school.services
    until(lambda: services.catalog.feedback.events_of(query_id), seconds=10, what="the click")
    search = services.catalog.feedback.search(query_id)
    [event] = services.catalog.feedback.events_of(query_id)
    assert search is not None
    assert (search.text, search.surface) == ("compter son temps", Surface.COMPONENT)
    assert (event.action, event.passage) == (Action.CLICK, 0)
    assert search.hits[event.position - 1].document_id == event.document_id


def test_a_title_that_starts_as_typed_is_suggested_with_the_typed_part_marked(
    visit: Visits,
) -> None:
    box = visit()

    box.type("restau")

    tag = box.group("Suggestions").get_by_role("option").first
    expect(tag).to_contain_text("Thème")
    expect(tag.locator("mark")).to_have_text(re.compile("^restau$", re.IGNORECASE))
    assert "?tag=sector.food" in (tag.get_attribute("href") or "")


def test_how_many_were_found_is_said_once_typing_has_paused(visit: Visits) -> None:
    box = visit()

    box.type("prix")

    expect(box.status).to_have_text(re.compile(r"\d+ documents trouvés\. Flèches"))


def test_the_page_does_not_move_when_the_list_opens(visit: Visits) -> None:
    box = visit("", FORM)
    box.field.click()
    before = box.page.locator("#below").bounding_box()

    box.type("prix")
    box.settle()

    assert box.page.locator("#below").bounding_box() == before


def test_arrows_home_and_end_move_through_the_options(visit: Visits) -> None:
    box = visit()
    box.type("prix")
    box.settle()
    titles = box.host.locator(".option .title").all_inner_texts()
    seen = [box.active()]

    for key in ("ArrowDown", "ArrowDown", "End", "ArrowDown", "ArrowUp", "Home", "ArrowLeft"):
        box.field.press(key)
        seen.append(box.active())

    # The field itself is a stop of the round: from there Enter means the text again.
    first, second, last = titles[0], titles[1], titles[-1]
    assert seen == [None, first, second, last, None, last, first, None]


def test_home_and_end_move_the_cursor_while_no_option_is_active(visit: Visits) -> None:
    box = visit()
    box.type("prix")
    box.settle()

    box.field.press("Home")
    box.field.press_sequentially("les ")

    expect(box.field).to_have_value("les prix")


def test_enter_on_an_option_opens_it(visit: Visits) -> None:
    box = visit()
    box.type("compter son temps")
    expect(box.options.filter(has_text=VIDEO_TITLE).first).to_be_visible()

    box.field.press("ArrowDown")
    title = box.active()
    box.field.press("Enter")

    box.page.wait_for_url(re.compile(r"/documents/d-\w+\?t="))
    assert title is not None


def test_enter_sends_the_pages_own_form_with_all_its_fields(visit: Visits, site: Site) -> None:
    box = visit("", FORM)

    box.type("fixer  ses prix")
    box.field.press("Enter")

    box.page.wait_for_url(f"{site.origin}/chercher?q=fixer+ses+prix&origine=accueil")


def test_enter_before_any_answer_leads_to_the_page_of_results(visit: Visits, site: Site) -> None:
    box = visit(f'portal="{site.origin}/recherche/"')

    box.field.fill("prix")
    box.field.press("Enter")

    box.page.wait_for_url(f"{site.origin}/recherche/?q=prix")


def test_a_template_says_where_results_are(visit: Visits, site: Site) -> None:
    box = visit(f'portal="{site.origin}/r/{{q}}/tous"')

    box.field.fill("l'été 100 %")
    box.field.press("Enter")

    box.page.wait_for_url(f"{site.origin}/r/l'%C3%A9t%C3%A9%20100%20%25/tous")


@pytest.mark.parametrize("keys", [["Control+Enter"], ["ArrowDown", "Control+Enter"]])
def test_with_control_enter_opens_a_new_tab(visit: Visits, keys: list[str]) -> None:
    box = visit()
    box.type("prix")
    box.settle()
    address = box.page.url

    with box.page.context.expect_page() as opened:
        for key in keys:
            box.field.press(key)

    expected = r"/\?q=prix$" if len(keys) == 1 else r"/documents/"
    opened.value.wait_for_url(re.compile(expected))
    assert box.page.url == address


def test_tab_leaves_the_box_and_closes_the_list(visit: Visits) -> None:
    box = visit()
    box.type("prix")
    box.settle()

    for _ in range(4):  # clear, search, keep, out
        box.page.keyboard.press("Tab")

    expect(box.page.locator("#other")).to_be_focused()
    expect(box.panel).to_be_hidden()
    expect(box.field).to_have_attribute("aria-expanded", "false")


def test_escape_closes_the_list_then_empties_the_field(visit: Visits) -> None:
    box = visit()
    box.type("prix")
    box.settle()

    box.field.press("Escape")
    expect(box.panel).to_be_hidden()
    expect(box.field).to_have_value("prix")
    box.field.press("ArrowDown")
    box.settle()
    box.field.press("Escape")
    box.field.press("Escape")

    expect(box.field).to_have_value("")


def test_a_stale_answer_never_replaces_a_newer_one(visit: Visits) -> None:
    """The page's own fetch ignores the signal and brings the first answer last."""
    box = visit(
        script="""
          const plain = window.fetch;
          window.sent = [];
          window.came = [];
          window.fetch = async (url, init) => {
            const { signal, ...rest } = init;
            const { q, mode } = init.body ? JSON.parse(init.body) : {};
            window.sent.push(`${mode} ${q}`);
            const answer = await plain(url, rest);
            if (q === "relancer") await new Promise((resolve) => setTimeout(resolve, 1500));
            if (mode === "full") window.came.push(q);
            return answer;
          };
        """
    )
    box.type("relancer")
    box.until("window.sent.includes('full relancer')")
    box.field.fill("compter son temps")
    box.settle()
    before = box.options.all_inner_texts()

    box.until("window.came.includes('relancer')")
    box.page.evaluate("new Promise((resolve) => setTimeout(resolve, 300))")  # time to be wrong

    # A slow machine pauses while it types: then more is asked in full before these two.
    came = box.page.evaluate("window.came")
    assert came.index("compter son temps") < came.index("relancer")
    assert box.options.all_inner_texts() == before


def test_results_by_words_show_at_once_and_the_full_ones_replace_them(visit: Visits) -> None:
    box = visit(
        script="""
          const plain = window.fetch;
          window.sent = [];
          window.fetch = async (url, init) => {
            const { q, mode } = init.body ? JSON.parse(init.body) : {};
            if (mode) window.sent.push(`${mode} ${q}`);
            if (mode === "full") await new Promise((resolve) => (window.go = resolve));
            return plain(url, init);
          };
        """
    )
    box.type("pr")
    passages = box.group("Meilleurs passages")
    expect(passages).to_be_visible()
    expect(box.group("Page de résultats")).not_to_contain_text(re.compile(r"\d"))
    assert box.page.evaluate("window.sent[0]") == "instant pr"

    box.until("Boolean(window.go)")
    box.page.evaluate("window.go()")

    box.settle()
    assert box.page.evaluate("window.sent") == ["instant pr", "full pr"]


def test_late_results_by_words_never_replace_full_ones(visit: Visits) -> None:
    box = visit(
        script="""
          const plain = window.fetch;
          window.came = [];
          window.fetch = async (url, init) => {
            const { mode } = init.body ? JSON.parse(init.body) : {};
            const answer = await plain(url, init);
            if (mode === "instant") await new Promise((resolve) => setTimeout(resolve, 1500));
            if (mode) window.came.push(mode);
            return answer;
          };
        """
    )
    box.field.fill("prix")
    box.settle()
    before = box.options.all_inner_texts()

    box.until("window.came.includes('instant')")
    box.page.evaluate("new Promise((resolve) => setTimeout(resolve, 300))")  # time to be wrong

    assert box.page.evaluate("window.came") == ["full", "instant"]
    assert box.options.all_inner_texts() == before


def test_a_space_says_that_the_word_is_whole(visit: Visits) -> None:
    box = visit(
        script="""
          const plain = window.fetch;
          window.sent = [];
          window.fetch = (url, init) => {
            if (init.body) window.sent.push(JSON.parse(init.body));
            return plain(url, init);
          };
        """
    )
    box.field.fill("prix ")

    box.until("window.sent.length === 2")
    asked = [(each["mode"], each["q"]) for each in box.page.evaluate("window.sent")]
    assert asked == [("instant", "prix "), ("full", "prix")]


def test_the_option_one_is_at_stays_when_the_full_results_come(visit: Visits) -> None:
    box = visit(
        script="""
          const plain = window.fetch;
          window.fetch = async (url, init) => {
            const { mode } = init.body ? JSON.parse(init.body) : {};
            if (mode === "full") await new Promise((resolve) => (window.go = resolve));
            return plain(url, init);
          };
        """
    )
    box.field.fill("compter son temps")
    expect(box.options.filter(has_text=VIDEO_TITLE).first).to_be_visible()
    box.field.press("ArrowDown")
    active = box.active()
    box.until("Boolean(window.go)")
    box.page.evaluate("window.go()")
    box.settle()

    assert active is not None
    assert box.active() == active


def test_mentors_and_searches_that_helped_others_are_groups_of_their_own(
    visit: Visits, site: Site
) -> None:
    offered = [
        {"type": "query", "text": "fixer ses prix", "id": "fixer ses prix", "url": None},
        {"type": "mentor", "text": "Prisca Modèle", "id": "m-9", "url": None},
    ]
    box = visit()
    box.page.route(
        "**/v1/suggest*",
        lambda route: route.fulfill(
            headers={"Access-Control-Allow-Origin": "*"}, json={"suggestions": offered}
        ),
    )

    box.type("pri")

    query = box.group("Recherches qui ont aidé").get_by_role("option")
    expect(query).to_have_text("fixer ses prix")
    expect(query).to_have_attribute("href", f"{site.api}/?q=fixer%20ses%20prix")
    mentor = box.group("Mentors").get_by_role("option")
    expect(mentor).to_have_text("Prisca Modèle")
    assert "mentor=m-9" in (mentor.get_attribute("href") or "")
    expect(mentor.locator("mark")).to_have_text("Pri")


def test_an_abandoned_request_is_cancelled(visit: Visits) -> None:
    box = visit(
        script="""
          const plain = window.fetch;
          window.signals = [];
          window.fetch = (url, init) => {
            if (init.body) window.signals.push(init.signal);
            return new Promise((resolve, reject) => {
              init.signal.addEventListener("abort", () => reject(init.signal.reason));
            });
          };
        """
    )
    box.field.fill("prix")
    box.until("window.signals.length === 2")  # by words at once, then in full

    box.field.fill("devis")

    box.until("window.signals.length === 4")
    aborted = box.page.evaluate("window.signals.map((each) => each.aborted)")
    assert aborted == [True, True, False, False]


def test_a_title_with_a_script_stays_text(visit: Visits) -> None:
    box = visit()

    box.type("relancer facture impayée")

    option = box.options.filter(has_text=SCRIPT_TITLE).first
    marks = option.locator("mark").filter(has_text="impayée")
    expect(marks).to_have_text("impayée")  # behind an emoji of several code points
    assert box.page.locator("body").get_attribute("data-ran") is None


def test_a_query_with_a_script_stays_text(visit: Visits) -> None:
    box = visit()

    box.field.fill(SCRIPT_TITLE)
    expect(box.group("Page de résultats").get_by_role("option")).to_contain_text(SCRIPT_TITLE)
    box.host.get_by_role("button", name="Garder cette recherche").click()
    box.field.fill("")

    expect(box.options.first).to_contain_text(SCRIPT_TITLE)
    assert box.page.locator("body").get_attribute("data-ran") is None


def test_an_address_that_is_no_web_page_is_not_followed(visit: Visits, site: Site) -> None:
    box = visit(
        script="""
          const plain = window.fetch;
          window.fetch = async (url, init) => {
            const answer = await plain(url, init);
            if (!init.body) return answer;
            const found = await answer.json();
            for (const hit of found.hits) {
              hit.url = hit.passages[0].url = "javascript:document.body.dataset.ran = 'yes'";
            }
            return new Response(JSON.stringify(found));
          };
        """
    )

    box.type("prix")

    first = box.group("Meilleurs passages").get_by_role("option").first
    expect(first).to_have_attribute("href", f"{site.api}/?q=prix")


def test_a_hit_says_how_many_people_found_it_useful_for_this_question(visit: Visits) -> None:
    box = visit(
        script="""
          const plain = window.fetch;
          window.fetch = async (url, init) => {
            const answer = await plain(url, init);
            if (!init.body) return answer;
            const found = await answer.json();
            found.hits[0].explanation.grounds = [{ code: "useful", words: [], n_people: 14 }];
            return new Response(JSON.stringify(found));
          };
        """
    )

    box.type("prix")

    found = box.group("Meilleurs passages").get_by_role("option")
    expect(found.first).to_contain_text("utile à 14 personnes")
    expect(found.nth(1)).not_to_contain_text("utile à")


def test_the_page_can_follow_options_itself(visit: Visits) -> None:
    box = visit(script="window.stays = true;")
    address = box.page.url
    box.type("compter son temps")
    box.options.filter(has_text=VIDEO_TITLE).first.click()
    box.field.press("Enter")

    events = box.page.evaluate("window.events")

    assert [(each["name"], each["q"]) for each in events] == [
        ("cordee-select", "compter son temps"),
        ("cordee-submit", "compter son temps"),
    ]
    assert (events[0]["type"], events[0]["title"]) == ("hit", VIDEO_TITLE)
    assert box.page.url == address
