"""Asking for what somebody says, typed as a field or in plain words; nobody hidden is named."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any, Final

import pytest

from schemas.document import Document
from schemas.identity import Caller
from tests.e2e.api.school import CLAIRE, KARIM, LEA, School, exchange_of, open_school
from tests.e2e.api.test_console import open_page

ASKED: Final = "ce que dit la mentor {} sur le portage"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school in which Claire speaks in a private exchange with Léa, and nowhere else."""
    with open_school(tmp_path_factory.mktemp("told")) as opened:
        yield opened


@pytest.fixture(scope="module")
def exchange(school: School) -> Document:
    return exchange_of(school, "exchange:told", "Le portage salarial coûte cher.")


def comparable(answer: dict[str, Any]) -> dict[str, Any]:
    passing = {"query_id", "took_ms", "timings_ms"}
    return {name: value for name, value in answer.items() if name not in passing}


@pytest.mark.parametrize("who", [LEA, CLAIRE])
def test_plain_words_set_a_filter_that_is_shown_and_taken_off(
    school: School, exchange: Document, who: Caller
) -> None:
    q = ASKED.format("Claire")

    answer = school.get(who, "/v1/search", q=q)
    typed = school.get(who, "/v1/search", q=q, reading=False)
    component = school.get(who, "/v1/search", q=q, surface="component")
    page = unescape(open_page(school, who, f"/?q={q}").text)
    without = unescape(open_page(school, who, f"/?q={q}&reading=false").text)

    assert answer["reading"] == {
        "speakers": [{"id": "m-claire", "name": "Claire"}],
        "q": "le portage",
    }
    assert [hit["document_id"] for hit in answer["hits"]] == [exchange.id]
    assert typed["reading"] is None
    assert component["reading"] is None  # it has no place to show the filter
    assert "Retirer le filtre Dit par Claire" in page
    assert "&reading=false" in page
    assert "Dit par Claire" not in without


@pytest.mark.parametrize("q", [ASKED, "intervenant:{} portage", "speaker:{}"])
def test_who_speaks_only_for_others_is_nobody(school: School, exchange: Document, q: str) -> None:
    hidden = school.get(KARIM, "/v1/search", q=q.format("Claire"))
    nobody = school.get(KARIM, "/v1/search", q=q.format("Xantippe"))

    assert exchange.id
    assert hidden["reading"] is None
    assert comparable(hidden) == comparable(nobody)


def test_a_field_asks_for_who_speaks_while_typing_too(school: School, exchange: Document) -> None:
    for mode in ("full", "instant"):
        found = school.get(LEA, "/v1/search", q='intervenant:"clair" portage', mode=mode)
        none = school.get(LEA, "/v1/search", q="speaker:youssef portage", mode=mode)

        assert [hit["document_id"] for hit in found["hits"]] == [exchange.id]
        assert none["total"] == 0


def test_a_filter_that_leaves_nothing_is_not_set(school: School, exchange: Document) -> None:
    q = ASKED.format("Claire")

    answer = school.get(LEA, "/v1/search", q=q, kind="course")

    assert exchange.id
    assert (answer["reading"], answer["total"]) == (None, 0)
