"""What a mentor looks at before an exchange is shared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from indexer.anonymising.finder import Cast, find, placeholder
from indexer.anonymising.redacting import (
    Redaction,
    redacted_text,
    texts_of,
)
from indexer.catalog.catalog import Catalog
from indexer.ports import BlobStore
from schemas.content import Content
from schemas.document import (
    Document,
    Participant,
)
from schemas.naming import is_known_by_name
from schemas.sharing import (
    Decisions,
    Finding,
    FindingKind,
    FindingReason,
    Mark,
    Place,
)

_VERSION_CHARS: Final = 16


class Preview(msgspec.Struct, frozen=True):
    """What a mentor looks at before sharing a document."""

    document: Document
    content: Content
    texts: Mapping[int, str]
    """By ordinal of the turn; ``TITLE`` for the title."""
    findings: tuple[Finding, ...]
    """What was found and what was marked, in order, without overlap."""
    kept: frozenset[Place]
    """Places of those that stay as they are."""
    decisions: Decisions
    """Of those that were kept, what still fits the text."""
    version: str
    """Changes with the stored content, the title, what is hidden and by which words, and with
    whether the mentors stay named: a confirmation of another version is refused."""

    @property
    def hidden(self) -> list[Finding]:
        """What the copy does not tell."""
        return [one for one in self.findings if one.place not in self.kept]

    @property
    def redactions(self) -> list[Redaction]:
        """What stands in its place."""
        return [Redaction(one.place, one.placeholder) for one in self.hidden]

    def shown(self, turn: int) -> str:
        """Return a turn as readers of the copy see it."""
        own = (each for each in self.redactions if each.place.turn == turn)
        return redacted_text(self.texts[turn], own)


def preview_of(
    catalog: Catalog, blobs: BlobStore, document: Document, decisions: Decisions
) -> Preview:
    """Return what is found in a document, with what was decided of it."""
    content: Content = msgspec.json.decode(blobs.read(document.content), type=Content)
    texts = texts_of(content, document.title)
    known = _fitting(decisions, texts)
    found = _with_marks(find(texts, cast_of(catalog, document)), known, texts)
    unticked = {mark.place for mark in known.kept}
    kept = frozenset(
        one.place
        for one in found
        if one.place in unticked or (known.names_mentor and one.kind is FindingKind.MENTOR)
    )
    hidden = [
        [one.place.turn, one.place.start, one.place.end, one.placeholder]
        for one in found
        if one.place not in kept
    ]
    seen = msgspec.json.encode([document.content, document.title, hidden, known.names_mentor])
    version = hashlib.sha256(seen).hexdigest()[:_VERSION_CHARS]
    return Preview(document, content, texts, tuple(found), kept, known, version)


def cast_of(catalog: Catalog, document: Document) -> Cast:
    """Return whom and what a document may name, as far as the school knows."""
    projects: list[str] = []
    people = list(document.participants)
    for person in document.participants:
        profile = catalog.profiles.get(person.id)
        if profile is None:
            continue
        projects.append(profile.project)
        if profile.name and profile.name != person.name:
            people.append(Participant(person.id, profile.name, person.role))
    # As the file called whom a mentor named since: others may call them so in what they say.
    people += [
        Participant(naming.person.id, naming.heard.name, naming.person.role)
        for naming in catalog.namings.of(document.id, document.revision)
        if naming.person is not None and is_known_by_name(naming.heard.id)
    ]
    return Cast(tuple(people), tuple(projects), catalog.documents.all_names())


def fits(mark: Mark, texts: Mapping[int, str]) -> bool:
    """Tell whether a mark is of a stretch of these texts."""
    text = texts.get(mark.place.turn)
    return text is not None and text[mark.place.start : mark.place.end] == mark.text


def _fitting(decisions: Decisions, texts: Mapping[int, str]) -> Decisions:
    """Return what was decided without the marks whose text has changed."""
    kept, added = (
        tuple(mark for mark in marks if fits(mark, texts))
        for marks in (decisions.kept, decisions.added)
    )
    return msgspec.structs.replace(decisions, kept=kept, added=added)


def _with_marks(
    found: Iterable[Finding], decisions: Decisions, texts: Mapping[int, str]
) -> list[Finding]:
    """Return what was found with what a person marked, which reaches over what it touches."""
    marks = sorted(mark.place for mark in decisions.added)
    joined: list[Place] = []
    for place in marks:
        before = joined[-1] if joined else None
        if before and before.turn == place.turn and place.start < before.end:
            joined[-1] = Place(place.turn, before.start, max(before.end, place.end))
        else:
            joined.append(place)
    by_hand = [
        Finding(
            place=place,
            text=texts[place.turn][place.start : place.end],
            kind=FindingKind.MARKED,
            reason=FindingReason.BY_HAND,
            confidence=1.0,
            placeholder=placeholder(FindingKind.MARKED),
        )
        for place in joined
    ]
    rest = [part for one in found for part in _outside(one, joined)]
    return sorted([*rest, *by_hand], key=lambda one: one.place)


def _outside(one: Finding, marks: Iterable[Place]) -> list[Finding]:
    """Return what marks leave of a finding: all of it, its ends, or nothing."""
    turn, first = one.place.turn, one.place.start
    spans = [(one.place.start, one.place.end)]
    for mark in marks:
        if mark.turn == turn:
            ends = [
                end
                for start, stop in spans
                for end in ((start, min(stop, mark.start)), (max(start, mark.end), stop))
            ]
            spans = [(start, stop) for start, stop in ends if start < stop]
    return [
        msgspec.structs.replace(
            one, place=Place(turn, start, stop), text=one.text[start - first : stop - first]
        )
        for start, stop in spans
    ]
