"""Asking a mentor and answering, as a person does both."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fixtures.school import School

pytestmark = pytest.mark.slow
OpenPage = Callable[..., Page]


def test_from_a_page_that_does_not_answer_to_an_answer(open_page: OpenPage, school: School) -> None:
    student = open_page("/?q=plomberie+sous-marine+antarctique", persona=School.LEA)
    student.get_by_role("link", name="Poser la question à un mentor").click()
    field = student.get_by_label("Votre question, en une phrase")
    expect(field).to_have_value("plomberie sous-marine antarctique")
    field.fill("Un client demande une remise de moitié, que répondre ?")
    expect(student.locator("[data-answers]")).to_contain_text(School.EXCHANGE_TITLE)
    student.get_by_label("Ce qu’il faut savoir").fill("Il est fidèle.\n\nEt pressé.")
    student.get_by_role("button", name="Envoyer la question").click()
    expect(student.locator("h1")).to_contain_text("remise de moitié")
    address = student.url

    mentor = open_page("/console/questions", persona=School.CLAIRE)
    mentor.get_by_role("link", name="remise de moitié, que répondre").click()
    mentor.get_by_label("Votre réponse").fill("Jamais sans <b>contrepartie</b>.")
    expect(mentor.locator("[data-answers] a").first).to_be_visible()
    mentor.get_by_role("button", name="Envoyer la réponse").click()
    expect(mentor.locator(".answer")).to_contain_text("Jamais sans <b>contrepartie</b>.")

    student.goto("/")
    expect(student.locator(".n-news")).to_have_text("1")
    student.goto(address)
    expect(student.locator(".answer")).to_contain_text("contrepartie")
    expect(student.locator(".n-news")).to_have_count(0)
    student.get_by_role("button", name="Fermer la question").click()
    expect(student.locator(".question-state")).to_have_text("Fermée")


def test_where_the_box_finds_nothing_it_leads_to_the_mentors(open_page: OpenPage) -> None:
    page = open_page("/", persona=School.LEA)
    box = page.get_by_role("combobox", name="Que cherchez-vous ?")

    expect(page.get_by_role("link", name="Poser la question à un mentor")).to_be_hidden()
    box.fill('"plomberie sous-marine antarctique"')
    page.get_by_role("link", name="Poser la question à un mentor").click()

    expect(page.get_by_label("Votre question, en une phrase")).to_have_value(
        '"plomberie sous-marine antarctique"'
    )
