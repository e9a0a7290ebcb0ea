"""What a query asks for: of the words of a passage, and of its meaning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

import msgspec

from indexer.analysis.analyzer import WordTerm, grams, phrase, terms, word_terms
from indexer.analysis.normalize import as_typed
from indexer.ports import Form, LexicalQuery
from indexer.retrieval.parser import ParsedQuery, render
from indexer.retrieval.spelling import Speller, Spelling
from indexer.synonyms import Expansion, Synonyms

LONGEST_LOOKUP: Final = 3
"""Content words beside a quoted phrase up to which it is a condition; in a sentence or a question
quotes stress a word, as in: le "cache", c'est quoi ?"""
ABBREVIATION: Final = 0.75
"""Weight from which an expansion says the same thing and not only something near it."""


class SynonymSource(Protocol):
    """Gives a search the synonyms in force."""

    def current(self) -> Synonyms:
        """Return them; one call for each query."""


class Understanding(msgspec.Struct, frozen=True):
    """A query as both retrievers read it."""

    lexical: LexicalQuery
    meaning: str
    """What the encoder reads."""
    marks: str
    """Words to mark in what is shown: those that were looked for."""
    suggestion: str | None = None
    """The query as it should have been typed; ``None`` when nothing is surely wrong with it."""
    is_english: bool = False
    """Whether it is English, as far as word lists can tell: its words are in few French texts."""


def understand(
    parsed: ParsedQuery, *, speller: Speller | None, synonyms: Synonyms | None
) -> Understanding:
    """Return what a typed query asks of either retriever; never raises.

    Words with a typing mistake are looked for as they were meant, and as they were typed: what
    looks like a mistake may be a name in somebody's own exchange. Synonyms are further forms of
    the stretch that they stand for, worth less than what was typed; the encoder, which knows
    synonyms by itself, is told only what abbreviations stand for. The text of phrases is ranked
    by like any other; a phrase alone or beside few words must also be there.
    """
    spelling = speller.correct(parsed.text) if speller else None
    text = spelling.text if spelling else parsed.text
    expansions = synonyms.expand(text) if synonyms else ()
    told = [each.text for each in expansions if each.weight >= ABBREVIATION]
    phrases = _phrases(parsed.phrases)
    return Understanding(
        lexical=LexicalQuery(
            words=tuple(_groups(text, expansions, _as_typed_too(parsed.text, spelling))),
            grams=tuple(dict.fromkeys((*grams(text), *grams(parsed.text)))),
            required=phrases if _is_lookup(parsed.text, phrases) else (),
            excluded=_phrases(parsed.excluded),
        ),
        meaning=as_typed(" ".join([text, *told])),
        marks=" ".join([*dict.fromkeys((text, parsed.text)), *(e.text for e in expansions)]),
        suggestion=_suggestion(parsed, spelling.shown if spelling else None),
        is_english=spelling.is_english if spelling else False,
    )


def lexical_query(text: str, *, prefix: str = "") -> LexicalQuery:
    """Return a query for the words of a text as they are, and for the start of one more word."""
    return LexicalQuery(
        words=tuple((Form((term,)),) for term in dict.fromkeys(terms(text))),
        grams=tuple(dict.fromkeys(grams(text))),
        prefix=prefix,
    )


def with_conditions(query: LexicalQuery, parsed: ParsedQuery) -> LexicalQuery:
    """Return the query with the phrases and words that were typed as conditions."""
    phrases = _phrases(parsed.phrases)
    return msgspec.structs.replace(
        query,
        required=phrases if _is_lookup(parsed.text, phrases) else (),
        excluded=_phrases(parsed.excluded),
    )


def _as_typed_too(typed: str, spelling: Spelling | None) -> dict[str, str]:
    """Return the terms of corrected words with the term of what was typed in their place."""
    corrected = [word for word in spelling.words if word.corrected] if spelling else []
    pairs = (
        (terms(word.corrected or ""), terms(typed[word.start : word.end])) for word in corrected
    )
    return {meant[0]: written[0] for meant, written in pairs if meant and written}


def _suggestion(parsed: ParsedQuery, shown: str | None) -> str | None:
    """Return the whole query to offer, with the conditions that were typed beside the words."""
    if shown is None or not parsed.has_syntax:
        return shown
    if any(f" {each} " not in f" {shown} " for each in parsed.phrases):
        return None  # a mistake within quotes: what they held is no longer there to be quoted
    return render(msgspec.structs.replace(parsed, text=shown))


def _groups(
    text: str, expansions: Sequence[Expansion], as_typed_too: Mapping[str, str]
) -> Iterable[tuple[Form, ...]]:
    """Yield the forms of every word, then those of stretches of several words."""
    words = [word for word in word_terms(text) if word.term]
    of_word: dict[str, list[Form]] = defaultdict(list)
    of_stretch: dict[tuple[int, int], list[Form]] = defaultdict(list)
    for each in expansions:
        stands_for = _standing_in(words, each)
        form = Form(phrase(each.text), each.weight)
        if not form.terms:
            continue
        if len(stands_for) == 1:
            of_word[stands_for[0].term].append(form)
        else:
            of_stretch[each.span.start, each.span.end].append(form)
    for term in dict.fromkeys(word.term for word in words):
        typed = as_typed_too.get(term)
        yield (Form((term,)), *([Form((typed,))] if typed else []), *of_word.get(term, ()))
    yield from dict.fromkeys(map(tuple, of_stretch.values()))


def _standing_in(words: Sequence[WordTerm], expansion: Expansion) -> list[WordTerm]:
    span = expansion.span
    return [word for word in words if span.start <= word.start and word.end <= span.end]


def _is_lookup(text: str, phrases: Sequence[tuple[str, ...]]) -> bool:
    """Tell whether quotes in a text are a condition and not a stress."""
    n_beside = len(terms(text)) - sum(1 for each in phrases for term in each if term)
    return "?" not in text and n_beside <= LONGEST_LOOKUP


def _phrases(texts: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    found = (phrase(text) for text in texts)
    return tuple(each for each in found if each)
