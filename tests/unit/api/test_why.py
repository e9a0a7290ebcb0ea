from typing import Any

import pytest

from api.pages.texts import texts_of
from api.pages.why import why_of
from schemas.document import DocumentKind, MediaKind, Visibility
from schemas.wire import ExplanationView, SearchHit

NOTHING = ExplanationView(
    lexical=None, grams=None, dense=None, lexical_z=0, dense_z=0, fused=0, matched_terms=()
)


def _hit(title: str, **scores: Any) -> SearchHit:
    values = {field: getattr(NOTHING, field) for field in NOTHING.__struct_fields__} | scores
    return SearchHit(
        rank=1,
        document_id="d-1",
        kind=DocumentKind.SHEET,
        media_kind=MediaKind.PDF,
        title=title,
        url="/",
        language="fr",
        created_at=None,  # type: ignore[arg-type]
        visibility=Visibility.STUDENTS,
        participants=(),
        tags=(),
        passages=(),
        score=1,
        explanation=ExplanationView(**values),
        duration_ms=None,
        n_pages=None,
        poster_url=None,
    )


@pytest.mark.parametrize(
    ("hit", "expected"),
    [
        (
            _hit(
                "Fixer ses prix",
                lexical=3.0,
                matched_terms=("prix", "Prix"),
                dense=0.8,
                dense_z=2.0,
            ),
            "mots dans le titre · mots retrouvés : prix · sens proche",
        ),
        (_hit("Devis", lexical=1.0, dense_z=0.0), "orthographe proche"),
        (_hit("Devis", dense=0.8, dense_z=1.5), "sens proche"),
        (_hit("Devis", dense=0.8, dense_z=0.2), "parmi les plus proches, sans certitude"),
    ],
)
def test_the_reasons_of_a_hit_are_told_in_words(hit: SearchHit, expected: str) -> None:
    assert why_of(hit, "prix", texts_of("fr", "Europe/Paris")) == expected


def test_a_list_that_was_not_searched_has_no_reasons() -> None:
    assert why_of(_hit("Devis"), "", texts_of("fr", "Europe/Paris")) == ""
