"""The mentors' console: adding documents, following jobs, changing and correcting documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from fixtures.builders import an_exchange_dict
from fixtures.school import School, until
from tests.e2e.browser.test_accessibility import violations

pytestmark = pytest.mark.slow
OpenPage = Callable[..., Page]
INGEST_MS = 180_000  # on a machine that has other things to do
SEARCH_S = 60.0


@pytest.fixture
def mentor(open_page: OpenPage) -> OpenPage:
    def open_(path: str, **options: Any) -> Page:
        return open_page(path, persona=School.CLAIRE, **options)

    return open_


def a_note(folder: Path, word: str) -> Path:
    path = folder / f"{word}.md"
    path.write_text(f"# Le {word} du commerce\n\nLe mot {word} se cherche et se trouve.\n", "utf-8")
    return path


def a_broken_sheet(folder: Path, word: str) -> Path:
    path = folder / f"{word}.pdf"
    path.write_bytes(b"%PDF-1.7 and then nothing of " + word.encode())
    return path


def some_subtitles(folder: Path, word: str) -> Path:
    """Return a talk in which a word was misheard as another."""
    path = folder / f"{word}.vtt"
    turns = [
        f"<v Claire>Bonjour, on parle du {word}.</v>",
        "<v Youssef>La TVA est un impopayé par le client.</v>",
        "<v Claire>Merci.</v>",
    ]
    cues = [f"00:{n}0.000 --> 00:{n}4.000\n{turn}" for n, turn in enumerate(turns)]
    path.write_text("WEBVTT\n\n" + "\n\n".join(cues) + "\n", encoding="utf-8")
    return path


def publish(school: School, path: Path, title: str, **fields: str) -> str:
    """Publish a document of this test and return its address."""
    job = school.add(path, title=title, **{"visibility": "students"} | fields)
    school.wait([job], seconds=INGEST_MS / 1000)
    return f"/documents/{school.ids[title]}"


def choose(page: Page, *paths: Path) -> None:
    page.set_input_files("#files", [str(path) for path in paths])
    expect(page.locator("#chosen-files")).to_be_visible()


def card(page: Page, title: str) -> Locator:
    return page.locator(".job", has_text=title).first


def finds(school: School, persona: str, words: str, document: str) -> bool:
    """Tell whether a search finds a passage of the document that holds these very words."""
    with school.client(persona) as client:
        hits = client.get("/v1/search", params={"q": words}).json()["hits"]
    return any(
        words in passage["snippet"]["text"]
        for hit in hits
        if hit["url"].startswith(document)
        for passage in hit["passages"]
    )


def test_a_mentor_adds_a_good_and_a_bad_file(
    mentor: OpenPage, school: School, tmp_path: Path
) -> None:
    page = mentor("/console")
    choose(page, a_note(tmp_path, "trampoline"), a_broken_sheet(tmp_path, "trapeze"))
    expect(page.locator("input[name=title]")).to_be_disabled()  # one title fits one file
    page.select_option("select[name=kind]", "sheet")
    page.locator(".add-tags summary").first.click()
    page.fill(".tag-filter", "fixer")
    page.get_by_label("Fixer ses prix").check()

    page.get_by_role("button", name="Déposer 2 fichiers").click()

    good, bad = card(page, "trampoline"), card(page, "trapeze")
    expect(good.locator(".job-state")).to_have_text("Publié", timeout=INGEST_MS)
    expect(bad.locator(".job-state")).to_have_text("Échec", timeout=INGEST_MS)
    expect(bad.locator(".job-problem")).to_contain_text("abîmé ou incomplet")
    expect(bad.get_by_role("button", name="Réessayer")).to_be_visible()
    expect(page.get_by_role("button", name="Déposer", exact=True)).to_be_disabled()
    good.locator(".job-title a").click()
    expect(page.locator("h1")).to_have_text("Le trampoline du commerce")
    expect(page.locator(".tags")).to_contain_text("Fixer ses prix")
    here = page.url.removeprefix(school.url)
    until(
        lambda: finds(school, School.LEA, "trampoline", here),
        seconds=SEARCH_S,
        what="the new document in a search",
    )


def test_a_failed_job_is_tried_again(mentor: OpenPage, tmp_path: Path) -> None:
    page = mentor("/console")
    choose(page, a_broken_sheet(tmp_path, "funambule"))
    page.get_by_role("button", name="Déposer 1 fichier").click()
    failed = card(page, "funambule")
    expect(failed.locator(".job-state")).to_have_text("Échec", timeout=INGEST_MS)

    failed.get_by_role("button", name="Réessayer").click()

    expect(page.locator(".job", has_text="funambule")).to_have_count(2)
    again = card(page, "funambule")
    expect(again).to_contain_text("essai n°")
    expect(again.locator(".job-state")).to_have_text("Échec", timeout=INGEST_MS)
    expect(page.locator(".job", has_text="funambule").locator("[data-retry]")).to_have_count(1)


def test_the_stages_of_a_job_are_followed_also_without_events(
    mentor: OpenPage, tmp_path: Path
) -> None:
    page = mentor("/console")
    page.route("**/events", lambda route: route.abort())
    choose(page, a_note(tmp_path, "escarpolette"))

    page.get_by_role("button", name="Déposer 1 fichier").click()

    expect(card(page, "escarpolette").locator(".stages, .job-title a")).not_to_have_count(0)
    expect(card(page, "escarpolette").locator(".job-state")).to_have_text(
        "Publié", timeout=INGEST_MS
    )


def test_the_same_file_again_leads_to_what_is_there(
    mentor: OpenPage, school: School, tmp_path: Path
) -> None:
    note = a_note(tmp_path, "balancelle")
    publish(school, note, "Balancelle")
    page = mentor("/console")
    choose(page, note)

    page.get_by_role("button", name="Déposer 1 fichier").click()

    expect(card(page, "Balancelle")).to_contain_text("déjà là")
    expect(page.locator(".job", has_text="Balancelle")).to_have_count(1)


def test_files_are_dropped_and_taken_back(mentor: OpenPage) -> None:
    page = mentor("/console")
    files = page.evaluate_handle("""() => {
      const dropped = new DataTransfer();
      dropped.items.add(new File(["un"], "un.md"));
      dropped.items.add(new File([], "vide.md"));
      return dropped;
    }""")

    page.dispatch_event(".drop", "drop", {"dataTransfer": files})
    expect(page.locator("#chosen-files li")).to_have_count(2)
    page.get_by_role("button", name="Retirer un.md").click()
    page.get_by_role("button", name="Déposer 1 fichier").click()

    expect(card(page, "vide.md")).to_contain_text("Le fichier est vide")
    card(page, "vide.md").get_by_role("button", name="Retirer").click()
    expect(page.locator(".job", has_text="vide.md")).to_have_count(0)


def test_an_exchange_asks_for_the_recording_that_it_names(mentor: OpenPage, tmp_path: Path) -> None:
    exchange = tmp_path / "appel.json"
    named = an_exchange_dict(id="ex-console", channel="call", media="audio/appel.m4a")
    exchange.write_text(json.dumps(named), encoding="utf-8")
    recording = tmp_path / "appel.m4a"
    recording.write_bytes(b"not read by this test")
    page = mentor("/console")

    choose(page, exchange)
    expect(page.locator(".file-media")).to_contain_text("appel.m4a")
    page.locator(".file-media input").set_input_files(str(recording))
    expect(page.locator(".file-media")).to_contain_text("Avec appel.m4a")
    page.get_by_role("button", name="Détacher appel.m4a").click()
    expect(page.locator(".file-media")).to_contain_text("Joindre")
    choose(page, recording)  # wherever it comes from, it finds its exchange

    expect(page.locator("#chosen-files li")).to_have_count(1)
    expect(page.locator(".file-media")).to_contain_text("Avec appel.m4a")


def test_an_exchange_takes_the_recordings_of_all_participants_along(
    mentor: OpenPage, tmp_path: Path
) -> None:
    exchange = tmp_path / "voix.json"
    files = [{"file": f"audio/{who}.m4a"} for who in ("lea", "claire")]
    exchange.write_text(json.dumps(an_exchange_dict(id="ex-voices", media=files)), "utf-8")
    for who in ("lea", "claire"):
        (tmp_path / f"{who}.m4a").write_bytes(f"sound of {who}".encode())
    page = mentor("/console")

    choose(page, exchange, tmp_path / "lea.m4a")
    expect(page.locator(".file-media").first).to_contain_text("Avec lea.m4a")
    expect(page.locator(".file-media").last).to_contain_text("claire.m4a")
    page.locator(".file-media input").set_input_files(str(tmp_path / "claire.m4a"))
    expect(page.locator(".file-media").last).to_contain_text("Avec claire.m4a")
    page.evaluate("""() => {
      const append = FormData.prototype.append;
      window.sent = [];
      FormData.prototype.append = function (field, value, name) {
        window.sent.push([field, name]);
        return append.call(this, ...arguments);
      };
    }""")
    with page.expect_response("**/v1/documents") as answer:
        page.get_by_role("button", name="Déposer 1 fichier").click()

    assert answer.value.status == 202
    sent = page.evaluate("window.sent.filter(([field]) => field === 'media')")
    assert sent == [["media", "lea.m4a"], ["media", "claire.m4a"]]


def test_an_exchange_given_to_students_says_that_a_copy_waits(
    mentor: OpenPage, school: School
) -> None:
    address = f"/documents/{school.ids[School.PRIVATE_TITLE]}"
    page = mentor(f"{address}/edit")
    page.locator("#visibility input[value=students]").check()
    page.locator("#visibility button[type=submit]").click()

    expect(page.locator("#visibility .says")).to_contain_text("reste privé")
    with school.client(School.LEA) as student:
        assert student.get(f"/v1{address}").status_code == 404
    with school.client(School.CLAIRE) as who:
        assert who.delete(f"/v1{address}/sharing").is_success  # the school is shared


def test_tags_and_readers_are_changed_and_a_document_is_deleted(
    mentor: OpenPage, school: School, tmp_path: Path
) -> None:
    address = publish(school, a_note(tmp_path, "tourniquet"), "Tourniquet")
    page = mentor(address)
    page.get_by_role("link", name="Modifier").click()
    page.fill(".tag-filter", "negociation")
    page.get_by_label("Négociation").check()
    page.locator("#tags button[type=submit]").click()
    expect(page.locator("#tags .says")).to_contain_text("Enregistré")
    page.locator("#visibility input[value=mentors]").check()
    page.locator("#visibility button[type=submit]").click()
    expect(page.locator("#visibility .says")).to_contain_text("Enregistré")

    page.reload()
    expect(page.locator(".tag-choice", has_text="Négociation")).to_contain_text("ajoutée par vous")
    with school.client(School.LEA) as student:
        assert student.get(f"/v1{address}").status_code == 404
    page.click("#delete")
    page.get_by_role("button", name="Garder").click()
    expect(page.locator("dialog")).to_be_hidden()
    page.click("#delete")
    page.locator("dialog").get_by_role("button", name="Supprimer").click()
    page.wait_for_url(f"{school.url}/")

    page.goto(address)
    expect(page.locator('[data-state="error"]')).to_be_visible()


def test_a_corrected_turn_is_found_by_its_new_words(
    mentor: OpenPage, school: School, tmp_path: Path
) -> None:
    address = publish(school, some_subtitles(tmp_path, "manege"), "Manège", kind="course")
    page = mentor(f"{address}/edit")
    turn = page.locator(".turn", has_text="impopayé")
    turn.get_by_role("button", name="Corriger").click()
    field = turn.get_by_label("Ce qui a été dit")
    field.fill("La TVA est un impôt acquitté par le client.")

    field.press("Control+Enter")

    turn = page.locator(".turn", has_text="acquitté")
    expect(turn.locator(".says")).to_contain_text("Enregistré")
    expect(turn.locator(".turn-heard")).to_contain_text("un impopayé par le client")
    until(
        lambda: finds(school, School.LEA, "impôt acquitté", address),
        seconds=SEARCH_S,
        what="the corrected words in a search",
    )
    assert not finds(school, School.LEA, "impopayé", address)
    page.goto(f"{address}?q={quote('impôt acquitté')}")
    expect(page.locator(".turn-line mark").first).to_be_visible()
    page.goto(f"{address}/edit")
    expect(page.locator(".turn-heard")).to_contain_text("par Claire Roudanec")


def test_a_correction_is_given_up_or_taken_back(
    mentor: OpenPage, school: School, tmp_path: Path
) -> None:
    address = publish(school, some_subtitles(tmp_path, "bascule"), "Bascule", kind="course")
    page = mentor(f"{address}/edit")
    turn = page.locator(".turn").nth(1)

    def correct(text: str, key: str) -> None:
        turn.get_by_role("button", name="Corriger").click()
        turn.locator("textarea").fill(text)
        turn.locator("textarea").press(key)

    correct("Autre chose.", "Escape")
    expect(turn.locator(".turn-text")).to_contain_text("impopayé")
    correct("Autre chose.", "Control+Enter")
    expect(turn.locator(".turn-text")).to_have_text("Autre chose.")
    turn.get_by_role("button", name="Corriger").click()
    turn.get_by_role("button", name="Reprendre ce qui a été entendu").click()
    turn.get_by_role("button", name="Enregistrer").click()

    expect(turn.locator(".turn-text")).to_contain_text("impopayé")
    expect(turn.locator(".turn-heard")).to_have_count(0)


def test_a_mentor_names_a_voice_and_gives_it_a_turn(
    mentor: OpenPage, school: School, tmp_path: Path
) -> None:
    address = publish(school, some_subtitles(tmp_path, "escalade"), "Escalade", kind="course")
    page = mentor(f"{address}/edit")
    voice = page.locator(".speaker-form").first
    voice.get_by_label("Rôle").select_option("mentor")
    voice.get_by_label("Nom", exact=True).fill("Claire Escalade")
    voice.get_by_role("button", name="Nommer").click()
    expect(voice.locator(".says")).to_contain_text("Donnez l’identifiant")
    voice.get_by_label("Identifiant").fill("m-escalade")
    voice.get_by_role("button", name="Nommer").click()
    expect(voice).to_contain_text("Nommée Claire Escalade (mentor)")

    turn = page.locator(".turn", has_text="impopayé")
    turn.get_by_role("button", name="Corriger").click()
    turn.get_by_label("Qui parle").select_option(label="Claire Escalade")
    turn.get_by_role("button", name="Enregistrer").click()

    expect(turn.locator("strong")).to_have_text("Claire Escalade")
    until(
        lambda: speakers_of(school, address) == {"m-escalade"},
        seconds=SEARCH_S,
        what="the named speaker in the transcript",
    )


def speakers_of(school: School, address: str) -> set[str]:
    with school.client(School.LEA) as student:
        turns = student.get(f"/v1{address}/transcript").json()["utterances"]
    return {turn["speaker_id"] for turn in turns}


def test_a_mentor_hides_a_stretch_and_shows_it_again(
    mentor: OpenPage, school: School, tmp_path: Path
) -> None:
    address = publish(school, some_subtitles(tmp_path, "cachette"), "Cachette", kind="course")
    page = mentor(f"{address}/edit")
    part = page.locator("#hidden")
    part.get_by_label("De (12:00)").fill("0:09")
    part.get_by_label("à (22:00)").fill("0:01")
    part.get_by_role("button", name="Réserver").click()
    expect(part.locator("form .says")).to_contain_text("Donnez deux temps")
    part.get_by_label("De (12:00)").fill("0:00")
    part.get_by_label("à (22:00)").fill("1:00")

    part.get_by_role("button", name="Réserver").click()

    expect(part.locator(".hidden-places")).to_contain_text("De 0:00 à 1:00")
    until(
        lambda: not finds(school, School.LEA, "impopayé cachette", address),
        seconds=SEARCH_S,
        what="the hidden words out of searches",
    )
    part.get_by_role("button", name="Montrer à nouveau").click()
    expect(part.locator(".hidden-places")).to_have_count(0)


def test_a_turn_is_heard_from_its_second(mentor: OpenPage, school: School) -> None:
    page = mentor(f"/documents/{school.ids[School.VIDEO_TITLE]}/edit")
    turn = page.locator(".turn").nth(2)
    start_s = int(turn.get_attribute("data-start") or "0") / 1000

    turn.locator(".at").click()
    page.wait_for_function("() => document.querySelector('#player').currentTime > 0")

    assert start_s > 1
    assert page.locator("#player").evaluate("p => p.currentTime") >= start_s - 0.1
    assert page.url.endswith("/edit")


@pytest.mark.parametrize("path", ["/console", "/console/jobs", "/console/status", "{video}/edit"])
def test_a_student_is_refused(open_page: OpenPage, school: School, path: str) -> None:
    page = open_page(
        path.format(video=f"/documents/{school.ids[School.VIDEO_TITLE]}"), persona=School.LEA
    )

    expect(page.locator("h1")).to_have_text("Cette page ne vous est pas ouverte")
    expect(page.locator('a[href="/console"]')).to_have_count(0)


def test_the_status_says_in_words_that_everything_works(mentor: OpenPage) -> None:
    page = mentor("/")
    page.get_by_role("link", name="Console").click()
    page.get_by_role("link", name="État").click()

    expect(page.locator("h1")).to_have_text("Tout fonctionne")
    expect(page.locator(".status")).to_contain_text("multilingual-e5-small")
    page.get_by_role("link", name="Échec").click()
    expect(page.locator(".job-filter [aria-current]")).to_have_text("Échec")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_the_console_fits_the_screen_and_axe_finds_nothing(
    mentor: OpenPage, school: School, tmp_path: Path, width: int, scheme: str
) -> None:
    page = mentor("/console", width=width, color_scheme=scheme)
    choose(page, a_note(tmp_path, "x" * 120))
    page.locator(".add-tags summary").first.click()
    seen = {"choosing": (_excess(page), violations(page))}
    for path in ("/console", "/console/jobs", "/console/status"):
        page.goto(path)
        seen[path] = (_excess(page), violations(page))
    page.goto(f"/documents/{school.ids[School.VIDEO_TITLE]}/edit")
    page.get_by_role("button", name="Corriger").first.click()
    seen["editing"] = (_excess(page), violations(page))
    page.click("#delete")
    seen["asking"] = (_excess(page), violations(page))

    assert seen == dict.fromkeys(seen, (0, []))


def _excess(page: Page) -> int:
    excess: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return excess
