"""A person's words and names taken out of texts that others wrote or take part in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Any, Final

ERASED_MESSAGE: Final = "[message effacé]"
ERASED_NAME: Final = "[personne effacée]"
ERASED_SPEAKER: Final = "Personne effacée"
"""Before a colon, where a name in brackets would not be read as one."""
_SHORTEST: Final = 3  # letters of a first or last name that is looked for alone
_LETTERS: Final = {
    "a": "aàâäáã",
    "c": "cç",
    "e": "eéèêë",
    "i": "iîïí",
    "n": "nñ",
    "o": "oôöóõ",
    "u": "uùûüú",
    "y": "yÿý",
}


def names_pattern(names: Collection[str], *, parts: bool) -> re.Pattern[str] | None:
    """Return what finds these names, in any case, with or without accents; ``None`` for none.

    Args:
        names: Full names, as documents call the person.
        parts: Whether first and last name are looked for alone as well: where the person takes
            part, and nowhere else, since others have the same first name.
    """
    wanted = {each for name in names for each in _forms(name, parts=parts)}
    if not wanted:
        return None
    longest_first = sorted(wanted, key=lambda each: (-len(each), each))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_loose, longest_first))})(?!\w)", re.IGNORECASE)


def without_names(value: Any, names: re.Pattern[str] | None) -> Any:
    """Return a text, or everything inside a decoded JSON, with the names replaced."""
    match value:
        case str():
            return names.sub(ERASED_NAME, _composed(value)) if names else value
        case list():
            return [without_names(each, names) for each in value]
        case dict():
            return {key: without_names(each, names) for key, each in value.items()}
        case _:
            return value


def without_turns(text: str, names: re.Pattern[str] | None) -> str:
    """Return a transcript in which what somebody says is gone: after ``Name:`` or ``<v Name>``."""
    if names is None:
        return text
    voice = re.compile(rf"<v[^>]*?{names.pattern}[^>]*>[^<\n]+", re.IGNORECASE)
    turn = re.compile(rf"^[ \t\-]*{names.pattern}[ \t]*:[^\n]+$", re.IGNORECASE | re.MULTILINE)
    text = voice.sub(f"<v {ERASED_SPEAKER}>{ERASED_MESSAGE}", text)
    return turn.sub(f"{ERASED_SPEAKER}: {ERASED_MESSAGE}", text)


def without_person(thread: dict[str, Any], person_id: str, alias: str) -> dict[str, Any]:
    """Return a thread in which a person's messages are gone and the others' are as they were.

    Args:
        thread: As it was received, decoded.
        person_id: Who is to be gone.
        alias: Id that stands there instead, so that answers still answer somebody.
    """
    authors = [
        each | {"id": alias, "name": ERASED_NAME} if each.get("id") == person_id else each
        for each in thread.get("authors", [])
    ]
    messages = [
        each | {"from": alias, "text": ERASED_MESSAGE} if each.get("from") == person_id else each
        for each in thread.get("messages", [])
    ]
    return thread | {"authors": authors, "messages": messages}


def _forms(name: str, *, parts: bool) -> Iterable[str]:
    words = _composed(name).split()
    if len(words) > 1:
        yield " ".join(words)
        yield " ".join(reversed(words))
    if parts or len(words) == 1:
        yield from (word for word in words if len(word) >= _SHORTEST)


def _loose(name: str) -> str:
    """Return a pattern of the name that accents, spaces and hyphens do not matter to."""
    return "".join(
        r"[\s\-_.]+" if char.isspace() or char in "-_." else _accented(char) for char in name
    )


def _accented(char: str) -> str:
    base = unicodedata.normalize("NFD", char.lower())[0]
    return f"[{_LETTERS[base]}]" if base in _LETTERS else re.escape(char)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
