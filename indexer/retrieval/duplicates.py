"""Documents that say the same, and questions asked twice: shown once, under the best of them.

Two documents are one answer when

- their texts overlap by four shingles in five or nearly so (a sheet and its revision), or
- both are questions (exchange, thread) with one meaning: titles of the same words, in any order,
  or the same first message.

Meaning is judged by words and not by vectors on purpose. Titles one word apart ("quitter mon CDI",
"quitter mon CDD") have other answers and cosines of .91 to 1.00; the same question in other words
has .87 to .94. No threshold parts them, nor does one on rapidfuzz's ``token_set_ratio`` (73 to 100,
and 35 to 76). So every word that carries meaning must be there on both sides.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import eq
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import msgspec
import numpy as np

from indexer.analysis.analyzer import word_terms
from indexer.analysis.normalize import fold, normalize
from indexer.retrieval.ranking import RankedDocument
from schemas.document import DocumentKind
from schemas.ids import DocumentId, PassageId

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHINGLE_WORDS: Final = 3
SLOTS: Final = 128  # standard error of an overlap of .8: .035
SAME_TEXT: Final = 0.7  # estimated overlap: three standard errors below the .8 that must collapse
_BAND_SLOTS: Final = 3
_BANDS: Final = 12  # of three slots: an overlap of .8 shares none once in 5 500 pairs
_AT_ONCE: Final = 4_096  # shingles: 4 MB of products
_FEW_WORDS: Final = 12  # "voir la pièce jointe" is said of many things: then the title counts too
_HASH_BYTES: Final = 8
_MIN_TITLE_TERMS: Final = 3  # "Question TVA" is no question yet
_MIN_OPENING_TERMS: Final = 8  # a greeting and a cry for help say nothing yet
_MIN_OPENING_CHARS: Final = 60  # a greeting on a line of its own is no message
_CHANCE: Final = 1 / 256  # that two bytes are equal though the slots are not
_QUESTIONS: Final = frozenset({DocumentKind.EXCHANGE.value, DocumentKind.THREAD.value})

# Stop words of a search that turn one question into another one.
_TURNING: Final = frozenset({
    *("pas", "sans", "avec", "plus", "jamais", "contre"),
    *("combien", "quand", "pourquoi", "puis"),
})
# Words of a title or a first message that ask, greet or thank, and name nothing.
_FILLERS: Final = frozenset({
    *("bonjour", "bonsoir", "salut", "coucou", "hello", "bjr", "hey"),
    *("merci", "avance", "svp", "stp"),  # codespell:ignore avance
    *("question", "questions", "aide", "besoin", "conseil", "conseils", "avis", "urgent"),
    *("alors", "donc", "bref", "vraiment"),
})
_DIGITS: Final = {
    name: str(number)
    for number, name in enumerate(
        ("deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"), 2
    )
}
_TO: Final = frozenset({"à", "au", "aux"})
_OF: Final = frozenset({"de", "d", "du"})
_WORD: Final = re.compile(r"[^\W_]+")
_GREETING: Final = re.compile(
    r"^\s*(?:bonjour|bonsoir|salut|coucou|hello|bjr|hey|yo|salam)\b[^,.:!?\n]{0,30}[,.:!?\n]+",
    re.IGNORECASE,
)
_MAY_I: Final = re.compile(r"\bpuis-je\b", re.IGNORECASE)
_ACTS: Final = re.compile(r"\bj(?:e\b|')", re.IGNORECASE)
_UNDERGOES: Final = re.compile(r"\bm(?:e\b|')", re.IGNORECASE)


class SignedCard(Protocol):
    """What is known about the document of an indexed passage."""

    @property
    def document_id(self) -> DocumentId:
        """The document's."""

    @property
    def kind(self) -> str:
        """A ``DocumentKind``."""

    @property
    def signature(self) -> bytes:
        """What ``signature_of`` made of the document; empty when unknown."""


class Collapsed(msgspec.Struct, frozen=True, gc=False):
    """A ranked document, and the documents below it that say the same, in their order."""

    document: RankedDocument
    similar: tuple[DocumentId, ...] = ()


def collapse(
    documents: Sequence[RankedDocument], cards: Mapping[PassageId, SignedCard]
) -> list[Collapsed]:
    """Put every document under the first one before it that says the same.

    Sameness is not handed on: a document joins one that leads and never one that was put under
    another, so that no chain of small differences ends far from where it began. Nothing but the
    documents given is looked at, counted or named.

    Args:
        documents: The whole ranking, in the order in which it is shown.
        cards: Of their passages; a document whose signature is empty stays on its own.

    Returns:
        The documents that lead, in the order given.
    """
    firsts = [cards[document.passages[0].raw.passage_id] for document in documents]
    keys_of = [_keys(card.kind, card.signature) for card in firsts]
    n_with = Counter(chain.from_iterable(keys_of))
    shared = {key for key, n in n_with.items() if n > 1}
    leaders: list[_Leader] = []
    seen: set[bytes] = set()
    for document, card, keys in zip(documents, firsts, keys_of, strict=True):
        common = keys & shared
        if common:
            leader = None if seen.isdisjoint(common) else _leader_of(card, common, leaders)
            if leader is not None:
                leader.below.append(document.document_id)
                continue
            seen |= common
        leaders.append(_Leader(document, card, common, []))
    return [Collapsed(leader.document, tuple(leader.below)) for leader in leaders]


def signature_of(title: str, texts: Sequence[str]) -> bytes:
    """Return what ``collapse`` compares documents by; empty when there is no text.

    Args:
        title: The document's.
        texts: Of all its passages, in order; messages stand on lines of their own.

    Returns:
        144 bytes: ``SLOTS`` of a MinHash over the text's shingles, one byte each, then a hash of
        what the title asks and one of what the first message says; 0 where that is too little.

    Source:
        Broder, "On the resemblance and containment of documents", 1997; one byte of each minimum
        as in Li and König, "b-Bit Minwise Hashing", WWW 2010; hash functions by Dietzfelbinger's
        multiply-shift.
    """
    text = " ".join(texts)
    words = _WORD.findall(fold(text))
    if not words:
        return b""
    if len(words) < _FEW_WORDS:
        words = [*_WORD.findall(fold(title)), *words]
    first = _GREETING.sub("", normalize(_opening(texts[0])))
    return b"".join((
        _min_hash(words),
        _meaning(_asked(normalize(title)), _MIN_TITLE_TERMS),
        _meaning(_meant(first), _MIN_OPENING_TERMS),
    ))


def overlap(one: bytes, other: bytes) -> float:
    """Return the estimated share of shingles that two texts have in common, 0 to 1."""
    n_equal: int = sum(map(eq, one[:SLOTS], other[:SLOTS]))
    return max(0.0, (n_equal / SLOTS - _CHANCE) / (1 - _CHANCE))


def says_the_same(one: SignedCard, other: SignedCard) -> bool:
    """Tell whether two documents are one answer; nothing is the same as an empty signature."""
    a, b = one.signature, other.signature
    if not a or not b:
        return False
    if one.kind in _QUESTIONS and other.kind in _QUESTIONS:
        meanings = ((a[part], b[part]) for part in (_TITLE, _OPENING))
        if any(left == right != _NOTHING for left, right in meanings):
            return True
    return overlap(a, b) >= SAME_TEXT


_TITLE: Final = slice(SLOTS, SLOTS + _HASH_BYTES)
_OPENING: Final = slice(SLOTS + _HASH_BYTES, SLOTS + 2 * _HASH_BYTES)
_NOTHING: Final = bytes(_HASH_BYTES)


class _Leader(NamedTuple):
    document: RankedDocument
    card: SignedCard
    keys: frozenset[bytes]
    """Of those that other documents of the ranking have too."""
    below: list[DocumentId]


def _leader_of(
    card: SignedCard, keys: frozenset[bytes], leaders: Sequence[_Leader]
) -> _Leader | None:
    for leader in leaders:
        if not leader.keys.isdisjoint(keys) and says_the_same(leader.card, card):
            return leader
    return None


@lru_cache(maxsize=20_000)  # 40 MB; owned here, pure, so it never goes stale
def _keys(kind: str, signature: bytes) -> frozenset[bytes]:
    """Return what documents that say the same share at least one of."""
    if not signature:
        return frozenset()
    starts = range(0, _BANDS * _BAND_SLOTS, _BAND_SLOTS)
    keys = [bytes((start,)) + signature[start : start + _BAND_SLOTS] for start in starts]
    if kind in _QUESTIONS:
        meanings = ((b"t", signature[_TITLE]), (b"o", signature[_OPENING]))
        keys += [name + found for name, found in meanings if found != _NOTHING]
    return frozenset(keys)


def _min_hash(words: Sequence[str]) -> bytes:
    n = max(1, len(words) - SHINGLE_WORDS + 1)
    shingles = {" ".join(words[i : i + SHINGLE_WORDS]) for i in range(n)}
    hashed = np.fromiter((zlib.crc32(each.encode()) for each in shingles), dtype=np.uint64)
    factors, shifts = _functions()
    lowest = np.full(SLOTS, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(hashed), _AT_ONCE):
        values = (factors * hashed[start : start + _AT_ONCE] + shifts) >> np.uint64(32)
        lowest = np.minimum(lowest, values.min(axis=1))
    return (lowest & np.uint64(0xFF)).astype(np.uint8).tobytes()


@lru_cache(maxsize=1)
def _functions() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return odd factors and shifts of the hash functions, as columns, always the same ones."""
    stream = b"".join(hashlib.blake2b(bytes((i,)), digest_size=16).digest() for i in range(SLOTS))
    drawn = np.frombuffer(stream, dtype="<u8").astype(np.uint64).reshape(SLOTS, 2)
    return drawn[:, :1] | np.uint64(1), drawn[:, 1:]


def _asked(title: str) -> set[str]:
    """Return what a title asks: what it means, and whether "me" undergoes it.

    "Mon conjoint m'embauche" has the words of "j'embauche mon conjoint".
    """
    is_undergone = _UNDERGOES.search(title) and not _ACTS.search(title)
    return _meant(title) | ({">me"} if is_undergone else set())


def _meant(text: str) -> set[str]:
    """Return what carries meaning, in no order: terms, words that turn it, and who is whose.

    "De la micro à l'EURL" gives ``>eurl`` beside the terms, "le salarié de mon client"
    ``salari<client``: other ways, other answers.
    """
    found: set[str] = set()
    before = link = ""
    said = _MAY_I.sub("", text.lower())
    for start, end, term in word_terms(said):
        word = fold(said[start:end])
        kept = f"={word}" if word in _TURNING else _DIGITS.get(word, term)
        if said[start:end] in _TO:
            link = ">"
        elif word in _OF:
            link = f"{before}<"
        elif kept and word not in _FILLERS:
            found.add(kept)
            if link:
                found.add(link + kept)
            before, link = kept, ""
    return found


def _meaning(found: Collection[str], enough: int) -> bytes:
    if len(found) < enough:
        return _NOTHING
    text = " ".join(sorted(found))
    return hashlib.blake2b(text.encode(), digest_size=_HASH_BYTES).digest()


def _opening(text: str) -> str:
    """Return the first message: the first line, with those after it while it is a greeting."""
    lines = text.split("\n")
    n_chars = 0
    for n, line in enumerate(lines, 1):
        n_chars += len(line)
        if n_chars >= _MIN_OPENING_CHARS:
            return "\n".join(lines[:n])
    return text
