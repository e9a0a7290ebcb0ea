"""Whose words a plain question asks for: "ce que dit la mentor Camille sur les prix".

Only names of people whom the searcher may hear count, so that neither a hit nor the lack of one
tells that somebody speaks in a document of others. What fits no form, or names nobody, is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from indexer.analysis.normalize import fold
from schemas.content import Speaker
from schemas.hit import Reading
from schemas.ids import PersonId

MAX_SPEAKERS: Final = 5
"""People of one name; of more, the name says next to nothing."""
_MOST_WORDS: Final = 4  # of a name
_LONGEST: Final = 300  # characters: nobody asks for a person's words at greater length

_SAYS: Final = (
    r"(?:nous |m['’ ]|vous )?(?:a |ont )?(?:dit|disait|disent|pense|pensait|conseille|conseillait|"
    r"conseillé|explique|expliquait|expliqué|raconte|raconté|recommande|recommandé|r[ée]pond|r[ée]pondu|"
    r"parle|parlé)"
)
_ROLE: Final = (
    r"(?:(?:le |la |l['’] ?|notre |mon |ma )?(?:mentore?|formateur|formatrice|prof|professeure?|"
    r"coach|intervenante?|élève|eleve|étudiante?|etudiante?) )?"
)
_OF: Final = r"(?:d['’] ?|(?:des|du|de) )"
_ABOUT: Final = (
    rf"(?:(?:à propos |a propos |au sujet )?{_OF}|(?:sur|concernant|pour|quant (?:à|au|aux)) )"
)
_ASKS: Final = r"(?:ce qu(?:e |['’] ?)|qu(?:e |['’] ?)|qu['’]est[- ]ce qu(?:e |['’] ?))"
_NOUN: Final = r"(?:les? |la |l['’] ?)?(?:conseils?|avis|explications?|r[ée]ponses?|propos|mots)"
_SAYS_EN: Final = r"(?:says?|said|thinks?|advises?|advised)"
_NAME_WORD: Final = r"[^\W\d_][\w.'’-]*"
_TOPIC: Final = r"(?P<topic>\S.*)"
_FORMS: Final = (
    # "ce que dit la mentor Camille sur les prix", "qu'a dit Camille R. sur la TVA"
    rf"{_ASKS}{_SAYS} {_ROLE}{{name}} {_ABOUT}{_TOPIC}",
    # "ce que Camille a dit de la TVA", "qu'est-ce que Camille pense du portage"
    rf"{_ASKS}{_ROLE}{{name}} {_SAYS} {_ABOUT}{_TOPIC}",
    # "les conseils de Camille pour négocier"
    rf"{_NOUN} {_OF}{_ROLE}{{name}} {_ABOUT}{_TOPIC}",
    # "Camille a dit quoi sur la TVA"
    rf"{_ROLE}{{name}} {_SAYS} quoi {_ABOUT}{_TOPIC}",
    # "selon Camille, comment fixer ses prix"
    rf"(?:selon|d['’] ?après|d['’] ?apres) {_ROLE}{{name}} ?, ?{_TOPIC}",
    # "comment fixer ses prix selon Camille"
    rf"{_TOPIC}[ ,]+(?:selon|d['’] ?après|d['’] ?apres) {_ROLE}{{name}}",
    # "what did Camille say about prices", "what Camille said about VAT"
    rf"what (?:did |does |do )?(?:the mentor )?{{name}} {_SAYS_EN} (?:about|on|of) {_TOPIC}",
)
_WORD: Final = re.compile(r"[^\W_]+")


def _compiled() -> Iterator[re.Pattern[str]]:
    """Yield every form with names of many words first: "Claire de Villiers" is no Claire."""
    for n_words in range(_MOST_WORDS, 0, -1):
        words = rf"(?P<name>{_NAME_WORD}(?: {_NAME_WORD}){{{n_words - 1}}})"
        for form in _FORMS:
            yield re.compile(form.replace("{name}", words), re.IGNORECASE)


_PATTERNS: Final = tuple(_compiled())


def told_by(text: str, speakers: Callable[[], Mapping[PersonId, Speaker]]) -> Reading | None:
    """Return whose words a plain text asks for; ``None`` where it asks for nobody's.

    The first word of a name must be one of the person's, the others must begin some: ``camille r``
    is Camille Roux, and neither Camilla nor Ca. Case and accents do not matter.

    Args:
        text: As typed, without any syntax.
        speakers: Gives those whom the caller may hear; called only where a form fits.
    """
    plain = " ".join(text.split()).rstrip(" ?!.")
    if len(plain) > _LONGEST:
        return None
    people: Mapping[PersonId, Speaker] | None = None
    for pattern in _PATTERNS:
        found = pattern.fullmatch(plain)
        if found is None:
            continue
        people = speakers() if people is None else people
        meant = _meant(found["name"], people)
        if 0 < len(meant) <= MAX_SPEAKERS:
            return Reading(meant, found["topic"].strip())
    return None


def _meant(name: str, people: Mapping[PersonId, Speaker]) -> tuple[Speaker, ...]:
    first, *others = _words(name) or ("",)
    found = [
        person
        for person in people.values()
        for own in [_words(person.name)]
        if first in own and all(any(word.startswith(each) for word in own) for each in others)
    ]
    return tuple(sorted(found, key=lambda person: (person.name, person.id)))


def _words(name: str) -> list[str]:
    return _WORD.findall(fold(name))
