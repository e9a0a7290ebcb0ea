"""Who is heard in a document and who that may be, as its editing page shows it to mentors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from api.services import Services
from api.views.speakers import heard_speaker_view
from indexer.speakers import heard_speakers, people_of
from schemas.content import Content
from schemas.document import Document, Participant, ParticipantRole
from schemas.identity import Caller
from schemas.naming import UNKNOWN, Naming
from schemas.wire import UtteranceView
from schemas.wire_speakers import HeardSpeakerView


class Speaking(msgspec.Struct, frozen=True):
    """What the page says of speakers."""

    heard: tuple[HeardSpeakerView, ...]
    people: tuple[Participant, ...]
    """Whom a mentor may mean: of the document, then mentors, then students, by name."""
    names: Mapping[str, str]
    """By id: to whom a turn may be given. ``UNKNOWN`` is there, without a name, where it may."""
    named: Mapping[str, str]
    """Ids of heard speakers to ids of whom they are, also where that still waits."""

    def speaker_of(self, turn: UtteranceView) -> str:
        """Return the id of who speaks in a turn, as people say or as heard."""
        if turn.correction and turn.correction.speaker:
            said = turn.correction.speaker.id
        else:
            said = turn.speaker_id or UNKNOWN
        return self.named.get(said, said)


def speaking_in(
    services: Services, caller: Caller, document: Document, content: Content
) -> Speaking:
    """Return who is heard in a document and whom a mentor may mean by it."""
    namings = services.catalog.namings.of(document.id, document.revision)
    heard = heard_speakers(content, namings)
    names = {str(id_): each.name for id_, each in people_of(document, content, namings).items()}
    named = _named(namings)
    if UNKNOWN not in named and any(each.speaker.id == UNKNOWN for each in heard):
        names[UNKNOWN] = ""
    return Speaking(
        heard=tuple(heard_speaker_view(each) for each in heard),
        people=_people(services, caller, document) if heard else (),
        names=names,
        named=named,
    )


def _named(namings: Sequence[Naming]) -> dict[str, str]:
    return {each.heard.id: each.person.id for each in namings if each.person is not None}


def _people(services: Services, caller: Caller, document: Document) -> tuple[Participant, ...]:
    mentors = services.catalog.documents.mentors(caller.audiences).values()
    known = [
        *(p for p in document.participants if p.role is not ParticipantRole.SPEAKER),
        *sorted(
            (Participant(each.id, each.name, ParticipantRole.MENTOR) for each in mentors),
            key=lambda person: (person.name, person.id),
        ),
        *sorted(
            (
                Participant(each.person_id, each.name, ParticipantRole.STUDENT)
                for each in services.catalog.profiles.all()
                if each.name
            ),
            key=lambda person: (person.name, person.id),
        ),
    ]
    return tuple({person.id: person for person in reversed(known)}.values())[::-1]
