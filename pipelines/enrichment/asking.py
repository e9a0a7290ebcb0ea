"""Which sentences ask, in French as it is written in messages and spoken in calls.

A question mark tells most of them. People who type fast leave it out ("je leur dis quoi"), ask
indirectly ("je vois pas comment faire"), and cry out with two or three ("22 € par bol ???").
"""

from __future__ import annotations

import re
from typing import Final

from indexer.analysis.normalize import fold
from pipelines.segmentation.sentences import sentence_spans

_QUOTED: Final = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"")
_MARKED: Final = re.compile(r"\?[\s!?)»”\"…\W]*$")
_MARK_INSIDE: Final = re.compile(r"\?[?!]*(?=\s+[^\W_])")
_OUTCRY: Final = re.compile(r"(?:\?\s*){2,}[\W]*$")
_WORDS: Final = "comment|combien|pourquoi|quand|quoi|quel(?:le)?s?|qui|lequel|laquelle"
_WH: Final = rf"(?:{_WORDS}|ou)"  # "ou" with its accent lost: after "je sais pas" it is "où"
_INTERROGATIVE: Final = re.compile(rf"\b(?:{_WORDS}|est-ce|qu'est-ce|faut-il|peut-on)\b|^ou\b")
_ASKS_LEAVE: Final = re.compile(
    r"\b(?:(?:je|on|j'|tu|vous|ca|c'est|il|elle)\s?(?:ne |n')?(?:peux|peut|pouvez|dois|doit|devez"
    r"|faut|ai|a|est|vais|va|sera|compte|suffit|pas)?)\b"
)
_INDIRECT: Final = re.compile(
    r"\b(?:"
    rf"(?:je|j'|on)\s?(?:ne |n')?(?:sais|vois|comprends?|connais) (?:pas|plus)(?: trop| bien)? "
    rf"(?:si|{_WH}|par ou|la difference|ce que)"
    rf"|je me demande (?:si|{_WH}|ce que)"
    r"|(?:j'aimerais|je voudrais|j'aurais voulu|je veux) (?:bien )?savoir"
    rf"|aucune idee (?:de|du) {_WH}"
    rf"|(?:je|on) (?:fais|fait) {_WH}"
    r")\b"
)
_BEGINS: Final = re.compile(
    r"^(?:(?:et|mais|ok|du coup|alors|bonjour|sinon|donc)\W+)*"
    r"(?:comment|combien|pourquoi|est-ce que|faut-il|peut-on|qu'est-ce)\b"
)
_IN_SITU: Final = re.compile(
    r"\b(?:je|j'|on|tu|vous|il|elle|ca|c'est)\b.*\b(?:quoi|comment|combien)(?: en .*)?\W*$"
)
"""The interrogative at the end, where speech puts it: "on fait comment", "j'ai l'air de quoi"."""
_NO_QUESTION: Final = re.compile(r"\b(?:ou|et) quoi\W*$|n'importe (?:quoi|comment)|je sais quoi")


def asking_spans(text: str) -> list[tuple[int, int]]:
    """Return [start, end) of every sentence of a text that asks, in order.

    What is quoted of others asks nobody.
    """
    own = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), text)
    return [(start, end) for start, end in own_sentences(text) if asks(own[start:end])]


def own_sentences(text: str) -> list[tuple[int, int]]:
    """Return [start, end) of every sentence, one that goes on in small letters after "?" included.

    People who type fast begin sentences as they end them ("on fait comment ? j'ai rien compris").
    """
    quoted = _QUOTED.sub(lambda found: "_" * len(found[0]), text)
    spans = []
    for first, end in sentence_spans(quoted):
        start = first
        for found in _MARK_INSIDE.finditer(quoted, first, end):
            spans.append((start, found.end()))
            start = end - len(quoted[found.end() : end].lstrip())
        spans.append((start, end))
    return spans


def asks(sentence: str) -> bool:
    """Tell whether a sentence asks."""
    own = sentence.strip(" _")
    plain = fold(own).replace("’", "'")
    if _MARKED.search(own):
        is_question = _INTERROGATIVE.search(plain) or _ASKS_LEAVE.search(plain)
        return not _OUTCRY.search(own) or bool(is_question)
    if _NO_QUESTION.search(plain):
        return False
    return any(cue.search(plain) for cue in (_INDIRECT, _BEGINS, _IN_SITU))
