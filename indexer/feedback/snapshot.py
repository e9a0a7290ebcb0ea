"""A state as bytes: kept in a file between two starts, and compared by its fingerprint."""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec

from indexer.feedback.counting import Session
from indexer.feedback.intents import Intents
from indexer.feedback.state import FeedbackState, Names, Vote, VoteKey
from schemas.feedback import LoggedEvent, LogPosition
from schemas.ids import QueryId

_VERSION: Final = 2
"""Of what is written and of how lines are taken in: another one means to read the log anew."""


class _Dump(msgspec.Struct, forbid_unknown_fields=True):
    """A state as a file keeps it. What follows from the rest is left out."""

    version: int
    encoder: str
    position: LogPosition
    regrouping: int
    names: dict[str, list[str]]
    n_asked: bytes
    columns: dict[str, bytes]
    query_ids: list[QueryId]
    intents: bytes
    votes: list[tuple[VoteKey, Vote]]
    sessions: list[tuple[int, Session]]
    pending: list[tuple[QueryId, list[LoggedEvent]]]


def digest(state: FeedbackState) -> str:
    """Return a fingerprint: two states are the same where these are."""
    return hashlib.sha256(dump(state)).hexdigest()


def dump(state: FeedbackState) -> bytes:
    """Return everything as bytes, from which ``load`` makes the same state."""
    return msgspec.msgpack.encode(_dump(state))


def load(dumped: bytes) -> FeedbackState:
    """Return the state that was dumped.

    Raises:
        msgspec.MsgspecError: If these bytes are none, or of another version.
    """
    return _load(msgspec.msgpack.decode(dumped, type=_Dump))


def _dump(state: FeedbackState) -> _Dump:
    tables = (state.searches, state.hits)
    return _Dump(
        version=_VERSION,
        encoder=state.encoder,
        position=state.position,
        regrouping=state.regrouping,
        names={
            "documents": state.documents.names,
            "persons": state.persons.names,
            "phrasings": state.phrasings.names,
            "kinds": state.kinds.names,
            "texts": state.texts,
        },
        n_asked=state.n_asked.tobytes(),
        columns={
            name: getattr(table, name).tobytes() for table in tables for name in table.COLUMNS
        },
        query_ids=state.searches.ids,
        intents=state.intents.dump(),
        votes=sorted(state.votes.items(), key=lambda pair: pair[0]),
        sessions=sorted(state.sessions.items(), key=lambda pair: pair[0]),
        pending=sorted(state.pending.items(), key=lambda pair: pair[0]),
    )


def _load(found: _Dump) -> FeedbackState:
    if found.version != _VERSION:
        message = f"A state of version {found.version}, not {_VERSION}."
        raise msgspec.ValidationError(message)
    state = FeedbackState(found.encoder)
    state.position = found.position
    state.regrouping = found.regrouping
    state.documents = Names(found.names["documents"])
    state.persons = Names(found.names["persons"])
    state.phrasings = Names(found.names["phrasings"])
    state.kinds = Names(found.names["kinds"])
    state.texts = found.names["texts"]
    state.n_asked.frombytes(found.n_asked)
    for table in (state.searches, state.hits):
        for name in table.COLUMNS:
            getattr(table, name).frombytes(found.columns[name])
    state.searches.ids = found.query_ids
    state.intents = Intents.load(found.intents)
    state.sessions = dict(found.sessions)
    state.pending = dict(found.pending)
    state.by_id = {query_id: number for number, query_id in enumerate(found.query_ids)}
    state.by_phrasing = [[] for _ in state.texts]
    for number, phrasing in enumerate(state.searches.phrasing):
        state.by_phrasing[phrasing].append(number)
    for key, vote in found.votes:
        state.votes[key] = vote
        if vote.query_id is not None:
            state.votes_of[vote.query_id].add(key)
    state.changed = set(range(len(state.texts)))
    state.have_votes_changed = True
    return state
