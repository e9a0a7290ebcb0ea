"""The French analyzer: text to terms, the same chain for index, queries and highlights."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

import tantivy

from indexer.analysis.normalize import fold, normalize
from indexer.analysis.stopwords import FRENCH_STOP_WORDS

MAX_TERM_BYTES: Final = 40  # longer ones are URLs, hashes and keyboard accidents
GRAM_CHARS: Final = 4
_REMEMBERED_WORDS: Final = 50_000  # about 10 MB; the working vocabulary of a school fits

# A word with the combining marks that follow its letters; underscores part words as in tantivy.
_MARKED_WORD: Final = re.compile(r"(?:[^\W_][\u0300-\u036f\u00ad\u200b-\u200d]*)+")
_MARKS: Final = re.compile(r"[\u0300-\u036f\u00ad\u200b-\u200d]")
_PLAIN_WORD: Final = re.compile(r"[^\W_]+")  # the same where there are no marks, in half the time


class WordTerm(NamedTuple):
    """One word of a text, where it stands, and the term it is indexed as."""

    start: int
    """Code point offset of the first character."""
    end: int
    """Code point offset after the last character."""
    term: str
    """Empty for a stop word."""


def build_text_analyzer() -> tantivy.TextAnalyzer:
    """Return the chain as tantivy runs it.

    Accents are folded before the stemmer, so that a query typed without accents reaches the
    same stems: without it unaccented queries lose 7 points of nDCG@10.
    """
    return (
        tantivy
        .TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(MAX_TERM_BYTES))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.custom_stopword(sorted(FRENCH_STOP_WORDS)))
        .filter(tantivy.Filter.stemmer("french"))
        .build()
    )


_ANALYZER: Final = build_text_analyzer()


def terms(text: str) -> list[str]:
    """Return the terms of a text in reading order; stop words leave none."""
    return list(_ANALYZER.analyze(normalize(text)))


def grams(text: str) -> list[str]:
    """Return the character 4-grams of each word, with ``_`` for its borders, then word pairs.

    Grams forgive typing mistakes and other endings; pairs (``chiffre+affaires``) reward words
    that stand together as they were typed. Words are folded, not stemmed, and stop words stay:
    borders and stop words are worth 1 point of nDCG@10 of the lexical half, pairs 0.4. Grams
    never run across words, as those of tantivy's own n-gram tokenizer would.
    """
    words = [match[0] for match in iter_words(fold(text))]
    short = [word for word in words if len(word.encode()) <= MAX_TERM_BYTES]
    found = [gram for word in short for gram in _grams_of(word)]
    return found + [f"{first}+{second}" for first, second in pairwise(short)]


def iter_words(text: str) -> Iterator[re.Match[str]]:
    """Yield the words of the text in order, as matches with their offsets."""
    return (_MARKED_WORD if _MARKS.search(text) else _PLAIN_WORD).finditer(text)


def forms(text: str) -> list[str]:
    """Return the words of a text as they are written, folded, without the stop words."""
    return [
        word
        for match in iter_words(fold(text))
        if (word := match.group()) not in FRENCH_STOP_WORDS and len(word.encode()) <= MAX_TERM_BYTES
    ]


def phrase(text: str) -> tuple[str, ...]:
    """Return the terms of a text in order, ``""`` in the place of each stop word between them."""
    found = [word.term for word in word_terms(normalize(text))]
    while found and not found[-1]:
        found.pop()
    return tuple(found[next((i for i, term in enumerate(found) if term), 0) :])


def word_terms(text: str) -> list[WordTerm]:
    """Return every word of the text as written, with its offsets and its term."""
    return [WordTerm(m.start(), m.end(), _term_of(m.group())) for m in iter_words(text)]


def words_among(text: str, wanted: Container[str]) -> list[WordTerm]:
    """Return the words of the text whose term is wanted, in order, with their offsets.

    Half the time of ``word_terms``, which a page of hits asks for thirty times.
    """
    return [
        WordTerm(match.start(), match.end(), term)
        for match in iter_words(text)
        if (term := _term_of(match[0])) in wanted
    ]


@lru_cache(maxsize=_REMEMBERED_WORDS)
def _term_of(word: str) -> str:
    """Return the word's term; owned by this module, pure, so it never goes stale."""
    found = terms(word)
    return found[0] if found else ""


def _grams_of(word: str) -> list[str]:
    marked = f"_{word}_"
    return [marked[i : i + GRAM_CHARS] for i in range(max(1, len(marked) - GRAM_CHARS + 1))]
