"""Chapters of a recording that brings none: cut where the words change, named by what is told.

Words alone decide, so chapters cost no model: a second for three hours of speech. The method is
TextTiling with the vocabulary weighted by how few sentences a word stands in, and with windows in
seconds instead of sentences, since people speak at much the same pace whatever they say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log, sqrt
from statistics import fmean, pstdev
from typing import Final, NamedTuple

from indexer.analysis.analyzer import terms, word_terms
from pipelines.extraction.turns import ends_sentence
from schemas.content import Chapter, Transcript, Word
from schemas.span import TimeSpan

SHORTEST_MS: Final = 75_000
"""A chapter is worth a line in a list from this length on."""
MOST: Final = 40
"""Chapters of one recording: more make no list that anybody reads."""
_WINDOW_MS: Final = 120_000
"""Of speech on each side of a border that is weighed (``python -m benchmarks.chapters``)."""
_MIN_LENGTH_MS: Final = 4 * 60_000  # shorter recordings are one chapter
_PAUSE_MS: Final = 2_000  # longer ones say no more than this
_PAUSE_WEIGHT: Final = 0.1
_MAX_TITLE_WORDS: Final = 4
_MIN_LETTERS: Final = 4
_N_NAMES: Final = 2
_WEAK: Final = frozenset(
    terms(
        """
    chaque même trop plus moins très tous toutes tout toute deux trois quatre cinq six sept
    huit neuf dix première premier deuxième troisième quatrième étape question questions dites
    demandez écrivez faites prenez chez avant après aussi alors donc voilà bonjour bonsoir
    merci parler faire faut peut veut vont mettre prendre dire chose choses bien encore
    toujours jamais souvent presque rien quelque quelques autre autres demande gens beaucoup
    jour mois semaine année an euros pour cent seul seule seulement place heure personne refuser
    demander vente
    """
    )
)
"""Terms of words that say little by themselves: no title begins or ends with one."""
_WEAK_END: Final = re.compile(r"[.,;:!?…]")


class _Sentence(NamedTuple):
    words: tuple[Word, ...]
    terms: Counter[str]

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(self.words[0].start_ms, self.words[-1].end_ms)


Weights = dict[str, float]


def find_chapters(transcript: Transcript, duration_ms: int) -> tuple[Chapter, ...]:
    """Return the parts of a recording, in order, without gaps; none where it has but one.

    A border lies between two sentences whose surroundings share few telling words, where that
    likeness has a deep valley (its depth is at least half a standard deviation above the mean of
    all gaps), at least ``SHORTEST_MS`` from the next border. Written messages and doubtful turns
    do not count.

    Args:
        transcript: With word times.
        duration_ms: Length of the recording: where the last chapter ends.

    Source:
        Hearst, TextTiling, Computational Linguistics 23(1), 1997, aclanthology.org/J97-1003.
    """
    sentences = list(_sentences(transcript))
    if duration_ms < _MIN_LENGTH_MS or len(sentences) < _N_NAMES:
        return ()
    weights = _weights([s.terms for s in sentences])
    borders = _borders(sentences, _depths(sentences, weights), duration_ms)
    if not borders:
        return ()
    parts = [sentences[a:b] for a, b in zip((0, *borders), (*borders, len(sentences)), strict=True)]
    starts = [0, *(part[0].span.start_ms for part in parts[1:])]
    ends = [*starts[1:], duration_ms]
    titles = _titles(parts)
    return tuple(
        Chapter(title, TimeSpan(start, end))
        for title, start, end in zip(titles, starts, ends, strict=True)
        if start < end
    )


def _sentences(transcript: Transcript) -> Iterator[_Sentence]:
    open_words: list[Word] = []
    for utterance in transcript.utterances:
        if utterance.flags or utterance.span is None:
            continue
        for n, word in enumerate(utterance.words, start=1):
            open_words.append(word)
            if ends_sentence(word.text) or n == len(utterance.words):
                text = " ".join(w.text for w in open_words)
                yield _Sentence(
                    tuple(open_words), Counter(t.term for t in word_terms(text) if t.term)
                )
                open_words = []


def _weights(bags: Sequence[Counter[str]]) -> Weights:
    """Return the inverse sentence frequency of each term, in natural logarithms."""
    found = Counter(term for bag in bags for term in bag)
    return {term: log(1 + len(bags) / n) for term, n in found.items()}


def _depths(sentences: Sequence[_Sentence], weights: Weights) -> list[float]:
    """Return how deep the likeness falls before each sentence but the first."""
    likeness = [_likeness(sentences, at, weights) for at in range(1, len(sentences))]
    depths = []
    for n, own in enumerate(likeness):
        left = _peak(likeness, n, -1)
        right = _peak(likeness, n, 1)
        pause_ms = sentences[n + 1].span.start_ms - sentences[n].span.end_ms
        pause = min(max(pause_ms, 0), _PAUSE_MS) / _PAUSE_MS
        depths.append(left + right - 2 * own + _PAUSE_WEIGHT * pause)
    return depths


def _peak(likeness: Sequence[float], at: int, step: int) -> float:
    """Climb from a gap as long as it goes up; a dip of one gap is stepped over."""
    best = likeness[at]
    while 0 <= at + step < len(likeness):
        if max(_ahead(likeness, at, step)) < best:
            break
        best = max(best, likeness[at + step])
        at += step
    return best


def _ahead(likeness: Sequence[float], at: int, step: int) -> Sequence[float]:
    """Return the next two gaps in a direction, fewer at the end."""
    return likeness[at + 1 : at + 3] if step > 0 else likeness[max(0, at - 2) : at]


def _likeness(sentences: Sequence[_Sentence], at: int, weights: Weights) -> float:
    """Return the cosine of what is said before and after a gap, 0 to 1."""
    before: Counter[str] = Counter()
    for sentence in reversed(sentences[:at]):
        if sentences[at - 1].span.end_ms - sentence.span.start_ms > _WINDOW_MS and before:
            break
        before.update(sentence.terms)
    after: Counter[str] = Counter()
    for sentence in sentences[at:]:
        if sentence.span.end_ms - sentences[at].span.start_ms > _WINDOW_MS and after:
            break
        after.update(sentence.terms)
    shared = sum(before[t] * after[t] * weights[t] ** 2 for t in before.keys() & after.keys())
    return shared / (_norm(before, weights) * _norm(after, weights) or 1.0)


def _norm(bag: Counter[str], weights: Weights) -> float:
    return sqrt(sum((n * weights[term]) ** 2 for term, n in bag.items()))


def _borders(
    sentences: Sequence[_Sentence], depths: Sequence[float], duration_ms: int
) -> list[int]:
    """Return the sentences that begin a chapter: the deepest gaps first, none too near another."""
    enough = fmean(depths) + pstdev(depths) / 2
    shortest_ms = max(SHORTEST_MS, duration_ms // MOST)
    taken: list[int] = []
    kept_ms = [0, duration_ms]
    for n in sorted(range(len(depths)), key=lambda n: -depths[n]):
        start_ms = sentences[n + 1].span.start_ms
        if depths[n] < enough:
            break
        if all(abs(start_ms - other) >= shortest_ms for other in kept_ms):
            taken.append(n + 1)
            kept_ms.append(start_ms)
    return sorted(taken)


def _titles(parts: Sequence[Sequence[_Sentence]]) -> list[str]:
    """Name each part by the terms that are said there and not elsewhere (c-TF-IDF).

    Source:
        Grootendorst, BERTopic, 2022, arxiv.org/abs/2203.05794, section 3.3.
    """
    bags = [sum((s.terms for s in part), Counter()) for part in parts]
    everywhere: Counter[str] = sum(bags, Counter())
    mean = sum(everywhere.values()) / len(bags)
    return [
        _title(part, {term: n * log(1 + mean / everywhere[term]) for term, n in bag.items()})
        for part, bag in zip(parts, bags, strict=True)
    ]


def _title(part: Sequence[_Sentence], worth: Weights) -> str:
    """Join the two best names, each the way it is said most often."""
    names: dict[tuple[str, ...], Counter[str]] = {}
    for sentence in part:
        for key, said in _runs(sentence):
            names.setdefault(key, Counter())[said] += 1

    def value(name: tuple[str, ...]) -> float:
        n_said = sum(names[name].values())
        if len(name) > 1 and n_said == 1:
            return 0.0  # two words that stood together once are no name
        return sum(worth.get(t, 0.0) for t in name) / sqrt(len(name))

    chosen: list[tuple[str, ...]] = []
    for name in sorted(names, key=lambda t: (-value(t), t)):
        if not any(set(name) & set(other) for other in chosen):
            chosen.append(name)
        if len(chosen) == _N_NAMES:
            break
    best = [max(names[t], key=lambda s: (names[t][s], s)) for t in chosen]
    title = ", ".join(best) or part[0].words[0].text
    return title[:1].upper() + title[1:]


def _runs(sentence: _Sentence) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what may name a part: a telling word, and two with at most small words between."""
    text = " ".join(w.text for w in sentence.words)
    found = [
        t
        for t in word_terms(text)
        if t.term and t.term not in _WEAK and _is_telling(text[t.start : t.end])
    ]
    for n, one in enumerate(found):
        yield (one.term,), _as_named(text[one.start : one.end])
        if n + 1 < len(found):
            two = found[n + 1]
            between = text[one.end : two.start]
            if len(between.split()) < _MAX_TITLE_WORDS - 1 and not _WEAK_END.search(between):
                yield (one.term, two.term), _as_named(text[one.start : two.end])


def _is_telling(word: str) -> bool:
    long_enough = len(word) >= _MIN_LETTERS or (word.isupper() and len(word) > 1)
    return long_enough and word.isalpha()


def _as_named(said: str) -> str:
    """Write small what stands at the start of a sentence, and leave TVA as it is."""
    return " ".join(w if w.isupper() and len(w) > 1 else w.lower() for w in said.split())
