"""Who speaks, as people say: named speakers and corrected turns put into a transcript.

Everything starts from who was recognised, which the transcript keeps, so that applying the same
namings and corrections again changes nothing and taking one back leaves no trace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from pipelines.correcting import turn_alike
from schemas.content import Content, Speaker, Transcript, Utterance
from schemas.correction import Correction, Place, place_of
from schemas.document import Participant, ParticipantRole
from schemas.ids import PersonId, Revision
from schemas.naming import UNKNOWN, Naming, is_known_by_name

_SAMPLE: Final = 9
"""Longest turns of a speaker that are looked for in another recognition: odd, for a majority."""


def with_speakers(
    content: Content, namings: Iterable[Naming], corrections: Iterable[Correction] = ()
) -> Content:
    """Return the content with every spoken turn given to whom people say; messages stay.

    What is said of one turn counts before what is said of its speaker.
    """
    if not isinstance(content, Transcript):
        return content
    named = _persons(namings)
    said = {c.place: c.speaker for c in corrections if c.speaker is not None}
    if not named and not said and content.heard_speakers is UNSET:
        return content
    turns = tuple(_told(turn, named, said) for turn in content.utterances)
    is_told = any(turn.heard_speaker_id is not UNSET for turn in turns)
    heard = content.recognised
    told = [Speaker(person.id, person.name) for person in named.values()]
    speakers = _speakers(turns, heard, named, [*told, *said.values()]) if is_told else heard
    kept: tuple[Speaker, ...] | UnsetType = heard if is_told else UNSET
    return msgspec.structs.replace(
        content, utterances=turns, speakers=speakers, heard_speakers=kept
    )


def participants_with(
    participants: Sequence[Participant], content: Content, namings: Sequence[Naming]
) -> tuple[Participant, ...]:
    """Return who takes part in a document whose speakers people named.

    A named person comes in the place of the speaker that was heard; who was named before and is
    no longer goes. People whom the document itself names stay, with their part.

    Args:
        participants: As they are.
        content: As it is: it tells who came in by being named.
        namings: All of the revision, those taken back too.
    """
    if not isinstance(content, Transcript) or not namings:
        return tuple(participants)
    heard = {speaker.id for speaker in content.recognised}
    came_in = {speaker.id for speaker in content.speakers} - heard
    own = {p.id: p for p in participants if p.id not in came_in}
    for naming in namings:
        if naming.heard_role is not None:
            known = Participant(naming.heard.id, naming.heard.name, naming.heard_role)
            own.setdefault(known.id, known)
    named = _persons(namings)
    placed: dict[PersonId, Participant] = {}
    for each in own.values():
        is_voice = each.role is ParticipantRole.SPEAKER
        person = named.get(each.id, each) if is_voice else each
        placed.setdefault(person.id, own.get(person.id, person))
    for person in named.values():
        placed.setdefault(person.id, person)
    return tuple(placed.values())


def carried_namings(
    content: Content, before: Content, namings: Iterable[Naming], revision: Revision
) -> list[Naming]:
    """Return namings of another revision for the speakers who say the same in this one.

    The naming of a voice goes to whoever most of its longest turns are heard from now. A speaker
    whom the file itself calls by name is the same under the same name, and nobody else.

    Args:
        content: As it was recognised now.
        before: The content that the namings are of.
        namings: Of that content.
        revision: That ``content`` is of.
    """
    if not isinstance(content, Transcript) or not isinstance(before, Transcript):
        return []
    speakers = {speaker.id: speaker for speaker in content.recognised}
    found: dict[PersonId, Naming] = {}
    for naming in namings:
        heard_id = _heard_now(content, before, naming.heard.id)
        if heard_id is not None and naming.person is not None:
            heard = speakers.get(heard_id, Speaker(heard_id, ""))
            found[heard_id] = msgspec.structs.replace(naming, heard=heard, revision=revision)
    return list(found.values())


def unheard(content: Content, namings: Iterable[Naming]) -> list[Naming]:
    """Return the namings of speakers who say nothing in the content (any more)."""
    turns = content.utterances if isinstance(content, Transcript) else ()
    heard = {_heard_id(turn) for turn in turns}
    return [naming for naming in namings if naming.heard.id not in heard]


def _told(
    turn: Utterance,
    named: Mapping[PersonId, Participant],
    said: Mapping[Place, Speaker],
) -> Utterance:
    place, heard = place_of(turn), turn.heard_speaker
    if place is None:
        return turn
    speaker = said.get(place)
    speaker_id = speaker.id if speaker else heard
    person = named.get(speaker_id or UNKNOWN)
    told = person.id if person else speaker_id
    return msgspec.structs.replace(
        turn, speaker_id=told, heard_speaker_id=UNSET if told == heard else heard
    )


def _speakers(
    turns: Iterable[Utterance],
    heard: Sequence[Speaker],
    named: Mapping[PersonId, Participant],
    told: Iterable[Speaker],
) -> tuple[Speaker, ...]:
    """Return the speakers in the order of recognition, then those only people know of."""
    speaking = {turn.speaker_id for turn in turns}
    own = {speaker.id: speaker for speaker in heard}
    found: dict[PersonId, Speaker] = {}
    for speaker in heard:
        person = named.get(speaker.id)
        if person is None or speaker.id in speaking:
            found[speaker.id] = speaker
        if person is not None:
            found.setdefault(person.id, own.get(person.id) or Speaker(person.id, person.name))
    for speaker in told:
        if speaker.id in speaking:
            found.setdefault(speaker.id, speaker)
    return tuple(found.values())


def _persons(namings: Iterable[Naming]) -> dict[PersonId, Participant]:
    return {naming.heard.id: naming.person for naming in namings if naming.person is not None}


def _heard_now(content: Transcript, before: Transcript, heard_id: PersonId) -> PersonId | None:
    """Return who is heard now where a speaker was heard before; ``None`` where that is unsure."""
    if is_known_by_name(heard_id):
        is_there = any(_heard_id(turn) == heard_id for turn in content.utterances)
        return heard_id if is_there else None
    own = [turn for turn in before.utterances if turn.span and _heard_id(turn) == heard_id]
    longest = sorted(own, key=lambda turn: -len(turn.text))[:_SAMPLE]
    again = [turn_alike(content.utterances, turn) for turn in longest]
    votes = Counter(_heard_id(turn) for turn in again if turn is not None)
    for now, n_turns in votes.most_common(1):
        if 2 * n_turns > len(longest):
            return now
    return None


def _heard_id(turn: Utterance) -> PersonId:
    return turn.heard_speaker or UNKNOWN
