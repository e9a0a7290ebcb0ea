"""What `cordee search` prints."""

from __future__ import annotations

from typing import Any

import msgspec

from api.pages.texts import texts_of
from cli.hits import hits_text
from schemas.wire import SearchResponse

SCORES: dict[str, Any] = {
    "lexical": 3.25, "grams": None, "dense": 0.8, "lexical_z": 1.0, "dense_z": 2.0,
    "fused": 1.6, "matched_terms": ["prix"],
    "grounds": [
        {"code": "title", "words": ["prix"], "n_people": None},
        {"code": "meaning", "words": [], "n_people": None},
        {"code": "useful", "words": [], "n_people": 14, "n_voters": 15},
    ],
}  # fmt: skip
PASSAGE: dict[str, Any] = {
    "passage_id": "1", "snippet": {"text": "Fixer\nses [prix]", "highlights": []}, "heading": "",
    "speakers": [], "score": 1.6, "url": "/", "start_ms": 3_725_000, "end_ms": 3_726_000,
}  # fmt: skip
HIT: dict[str, Any] = {
    "rank": 1, "document_id": "d-1", "kind": "course", "media_kind": "video",
    "title": "Fixer ses prix", "url": "/documents/d-1?t=3725.0", "language": "fr",
    "visibility": "students", "created_at": "2026-03-01T00:00:00Z", "duration_ms": None,
    "n_pages": None, "poster_url": None, "participants": [], "tags": [], "score": 1.6,
    "passages": [PASSAGE], "explanation": SCORES,
}  # fmt: skip
ALIKE = {"document_id": "d-2", "title": "Ses prix", "kind": "sheet", "url": "/documents/d-2"}


def printed(*, explain: bool = False, hits: list[dict[str, Any]] | None = None, **said: Any) -> str:
    response = {
        "query_id": "q-1", "hits": [HIT] if hits is None else hits, "facets": {}, "total": 1,
        "total_relation": "exact", "page": 1, "per_page": 10, "took_ms": 4.0, "timings_ms": {},
    } | said  # fmt: skip
    found = msgspec.convert(response, SearchResponse)
    return hits_text(found, explain=explain, t=texts_of("fr", "Europe/Paris")).plain


def test_a_hit_is_a_title_a_place_a_passage_and_an_address() -> None:
    assert printed() == (
        "1. Fixer ses prix  course\n   1:02:05  Fixer ses [prix]\n   /documents/d-1?t=3725.0\n\n"
    )


def test_the_query_as_it_should_have_been_typed_is_offered_first() -> None:
    assert printed(suggestion="fixer ses prix").startswith("Did you mean: fixer ses prix\n")
    assert "Did you mean" not in printed()


def test_a_doubtful_page_says_so_before_its_hits_and_an_empty_one_does_not() -> None:
    assert printed(is_doubtful=True).startswith("Nothing really answers; this comes nearest.\n")
    assert "really" not in printed()
    assert "really" not in printed(is_doubtful=True, hits=[])


def test_an_explained_page_says_how_sure_it_is() -> None:
    assert printed(explain=True, confidence=0.4321).startswith("confidence=0.432\n")
    assert "confidence" not in printed(confidence=0.4321)


def test_documents_that_say_the_same_are_counted() -> None:
    assert "   + 1 similar document\n" in printed(hits=[HIT | {"similar": [ALIKE]}])
    assert "   + 2 similar documents\n" in printed(hits=[HIT | {"similar": [ALIKE, ALIKE]}])


def test_an_explained_hit_says_why_it_is_here_in_words_and_in_numbers() -> None:
    *_, words, numbers = printed(explain=True).rstrip().splitlines()
    assert words == (
        "   mot exact dans le titre · sens proche"
        " · 14 personnes sur 15 l'ont trouvé utile pour cette question"
    )
    assert numbers == ("   lexical=3.250  dense=0.800  lexical_z=1.000  dense_z=2.000  fused=1.600")
    assert "jugé utile" not in printed()


def test_nothing_found_is_said() -> None:
    assert printed(hits=[]) == "Nothing found.\n"
