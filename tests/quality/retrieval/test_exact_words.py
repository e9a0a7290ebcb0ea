"""An exact rare word is never outranked by a vague neighbour.

Precisely: when a query has at most two words that carry meaning, its rarest word is in at most 2 %
of the passages (one word alone: in a fifth) and was typed right, then every document with that
word in a candidate passage stands above every document without.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from indexer.analysis.analyzer import terms, word_terms
from indexer.analysis.lexicon import load_lexicon
from indexer.analysis.normalize import normalize, titled
from indexer.evaluation.dataset import Dataset
from schemas.query import RetrieverChoice
from tests.quality.retrieval.conftest import Ask

NAMED = (
    "Ulule", "URSSAF", "KissKissBankBank", "ACRE", "INPI", "Qualiopi", "Etsy", "Vinted", "Malt",
    "campagne ulule", "contrôle DDPP", "MiiMOSA serre", "formation qualiopi", "vendre vinted",
    "c'est quoi l'ACRE ?",
)  # fmt: skip
N_NAMES = 120


def documents_with(collection: Dataset, term: str) -> set[str]:
    return {
        each.id
        for each in collection.documents
        if term in set(terms(normalize(titled(each.title, each.text))))
    }


def intruders(collection: Dataset, ask: Ask, query: str) -> list[str]:
    """Return documents without the query's rarest word that stand above one with it."""
    holders = {
        term: documents_with(collection, term) for term in set(terms(normalize(query))) if term
    }
    having = min((each for each in holders.values() if each), key=len)
    ranking = ask(query)
    places = [place for place, name in enumerate(ranking) if name in having]
    assert places, query
    return [name for name in ranking[: places[-1]] if name not in having]


@pytest.mark.slow
@pytest.mark.parametrize("query", NAMED)
def test_a_name_is_never_outranked_by_a_document_without_it(
    collection: Dataset, ask: Ask, query: str
) -> None:
    assert intruders(collection, ask, query) == []


@pytest.mark.slow
def test_no_rare_word_that_no_list_has_is_outranked(collection: Dataset, ask: Ask) -> None:
    lexicon = load_lexicon()
    holders: defaultdict[str, set[str]] = defaultdict(set)
    written: dict[str, str] = {}
    for document in collection.documents:
        text = titled(document.title, document.text)
        for word in word_terms(text):
            typed = text[word.start : word.end]
            if word.term and len(typed) >= 3 and not lexicon.is_word(typed):
                holders[word.term].add(document.id)
                written.setdefault(word.term, typed)
    rare = sorted(term for term, found in holders.items() if len(found) <= 6)[:N_NAMES]

    outranked = {
        written[term]: found
        for term in rare
        if (found := intruders(collection, ask, written[term]))
    }
    assert outranked == {}


@pytest.mark.slow
def test_meaning_still_ranks_what_has_the_word(ask: Ask) -> None:
    hybrid = ask("Ulule")
    lexical = ask("Ulule", RetrieverChoice.LEXICAL)

    assert Counter(hybrid[:9]).keys() & set(lexical[:9])
    assert hybrid != lexical
