"""A hit on a page of results, with the documents that say the same under it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.pages.addresses import SearchAddress
from api.pages.own import Own
from api.pages.rendering import render_page
from api.pages.results import Labels, results_view
from api.pages.texts import texts_of
from api.pages.visitor import Visitor
from indexer.taxonomy import load_taxonomy
from schemas.document import DocumentKind, MediaKind, Visibility
from schemas.hit import TotalRelation
from schemas.identity import Caller, Role
from schemas.ids import PersonId
from schemas.wire import SearchHit, SearchResponse, SimilarView
from schemas.wire_explanation import ExplanationView

OLD = SimilarView("d-2", "Fixer ses prix <2024>", DocumentKind.SHEET, "/documents/d-2")
ASKED = SimilarView("d-3", "Quel prix pour un bol", DocumentKind.EXCHANGE, "/documents/d-3")


def page_with(similar: tuple[SimilarView, ...], language: str = "fr") -> str:
    """Render a page of one hit for the query "prix"."""
    t = texts_of(language, "Europe/Paris")
    hit = SearchHit(
        rank=1,
        document_id="d-1",
        kind=DocumentKind.SHEET,
        media_kind=MediaKind.PDF,
        title="Fixer ses prix",
        url="/documents/d-1",
        language="fr",
        visibility=Visibility.STUDENTS,
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
        duration_ms=None,
        n_pages=2,
        poster_url=None,
        participants=(),
        tags=(),
        score=1.0,
        passages=(),
        explanation=ExplanationView(None, None, None, 0, 0, 0, ()),
        similar=similar,
    )
    answer = SearchResponse("q-1", (hit,), {}, 1, TotalRelation.EXACT, 1, 10, 3.0, {})
    labels = Labels(load_taxonomy(None), t, {})
    address = SearchAddress(q="prix")
    page = render_page(
        "results.html",
        Visitor(Caller(PersonId("s-lea"), Role.STUDENT, "Léa"), t, (), "/?q=prix&"),
        address=address,
        view=results_view(address, answer, labels=labels, t=t),
        own=Own({}, frozenset()),
        labels=labels,
    )
    return page.content


@pytest.mark.parametrize(
    ("language", "similar", "says"),
    [
        ("fr", (OLD,), "1 similaire<"),
        ("fr", (OLD, ASKED), "2 similaires<"),
        ("en", (OLD,), "1 similar<"),
        ("en", (OLD, ASKED), "2 similar<"),
    ],
)
def test_a_hit_says_how_many_documents_say_the_same(
    language: str, similar: tuple[SimilarView, ...], says: str
) -> None:
    assert f"<summary>{says}" in page_with(similar, language)


def test_similar_documents_are_links_that_keep_the_query() -> None:
    page = page_with((OLD, ASKED))

    first, second = page.index("/documents/d-2?q=prix"), page.index("/documents/d-3?q=prix")
    assert page.index('<details class="similar">') < first < second
    assert "Fixer ses prix &lt;2024&gt;" in page


def test_a_hit_that_nothing_repeats_says_nothing() -> None:
    assert "similar" not in page_with(())
