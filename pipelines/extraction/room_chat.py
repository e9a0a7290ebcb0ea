"""The chat of a Zoom meeting, as it is saved: a conversation of everybody who wrote to all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pipelines.extraction.blocks import clean
from schemas.content import Speaker, Transcript, Utterance
from schemas.naming import speaker_id_for

_HEAD: Final = re.compile(
    r"^\s*\d{1,2}:\d{2}:\d{2}\s+(?:From|De)\s+(?P<name>.+?)"
    r"(?:\s+(?:to|à)\s+(?P<to>[^:]+?))?\s*:\s*(?P<text>.*)$"
)
_EVERYBODY: Final = re.compile(
    r"(?:everyone|everybody|tout le monde|tous|toutes|les participants)\b", re.IGNORECASE
)
"""A whole word: a name may begin with the same letters."""


class RoomChat(NamedTuple):
    """The messages to all, in the order written."""

    transcript: Transcript
    warnings: tuple[str, ...]


class _Message(NamedTuple):
    name: str
    is_private: bool
    text: str


def read_room_chat(lines: Sequence[str]) -> RoomChat | None:
    """Return the conversation that these lines are, or ``None`` when the first is no message.

    Messages to one person are left out: they are nobody else's. The file has the time of day and
    no date, so messages have none.
    """
    first = next((line for line in lines if line.strip()), "")
    if not _HEAD.match(first):
        return None
    messages = list(_iter_messages(lines))
    shared = [m for m in messages if not m.is_private and m.text]
    n_private = sum(m.is_private for m in messages)
    warnings = (f"Messages to one person only were left out: {n_private}.",) if n_private else ()
    names = {speaker_id_for(m.name): m.name for m in shared}
    return RoomChat(
        Transcript(
            utterances=tuple(
                Utterance(ordinal=n, text=m.text, speaker_id=speaker_id_for(m.name))
                for n, m in enumerate(shared)
            ),
            speakers=tuple(Speaker(id=i, name=name) for i, name in names.items()),
        ),
        warnings,
    )


def _iter_messages(lines: Sequence[str]) -> Iterator[_Message]:
    current: _Message | None = None
    for line in lines:
        if found := _HEAD.match(line):
            if current:
                yield current
            to = found["to"]
            is_private = to is not None and not _EVERYBODY.match(clean(to))
            current = _Message(clean(found["name"]), is_private, clean(found["text"]))
        elif current and line.strip():
            current = current._replace(text=f"{current.text}\n{clean(line)}".strip())
    if current:
        yield current
