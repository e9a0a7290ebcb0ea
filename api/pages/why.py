"""Why a hit is where it is, in words: read from the scores of its best passage."""

from __future__ import annotations

from typing import Final

from api.pages.texts import Texts
from indexer.retrieval.snippets import mark_texts, query_terms
from schemas.wire import SearchHit

_NEAR: Final = 1.0
"""Standard deviations above the mean of the candidates: from here on the meaning stands out."""
_N_TERMS: Final = 4


def why_of(hit: SearchHit, q: str, t: Texts) -> str:
    """Return the reasons of a hit as one line, the strongest first; empty without a query."""
    if not q:
        return ""
    scores = hit.explanation
    (in_title,) = mark_texts([hit.title], query_terms(q))
    reasons = []
    if in_title:
        reasons.append(t("why.title"))
    if scores.matched_terms:
        terms = {term.casefold(): term for term in reversed(scores.matched_terms)}
        shown = list(reversed(terms.values()))[:_N_TERMS]
        reasons.append(t("why.terms", terms=t.names(shown)))
    elif scores.lexical:
        reasons.append(t("why.spelling"))
    if scores.dense is not None and scores.dense_z >= _NEAR:
        reasons.append(t("why.meaning"))
    return " · ".join(reasons or [t("why.nearest")])
