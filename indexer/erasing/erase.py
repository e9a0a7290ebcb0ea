"""Erasing a person, with the service stopped: from the ledger's first line to the receipt.

Every step can be done again, and the ledger is written first: an erasure that a crash cut short is
begun once more with the same id, and nothing starts before it is done.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import structlog
from filelock import FileLock, Timeout
from sqlalchemy import Connection, update

from indexer.catalog import tables as t
from indexer.catalog.database import compact
from indexer.catalog.documents import write_audiences
from indexer.catalog.erasure_tables import erasures
from indexer.catalog.jobs import insert_job
from indexer.catalog.naming_tables import namings
from indexer.catalog.reply_tables import replies
from indexer.catalog.upsert import insert_new
from indexer.erasing.ledger import LEDGER_FILE, Entry, entries, note
from indexer.erasing.leftovers import remove_leftovers
from indexer.erasing.plan import Plan, plan_of
from indexer.erasing.receipt import Erasure, Receipt, person_hash, sign
from indexer.erasing.rows import (
    disown_searches,
    erase_documents,
    erase_rows,
    rewrite_names,
    without_person_in,
)
from indexer.erasing.words import (
    names_pattern,
    without_names,
    without_person,
    without_turns,
)
from indexer.feedback.live import SNAPSHOT_FILE
from indexer.feedback.pseudonyms import open_pseudonyms
from indexer.intake import Intake
from indexer.ownership import index_owner
from indexer.resumable import DIRECTORY as RESUMABLE
from schemas.content import Body
from schemas.errors import ConflictError
from schemas.feedback import Pseudonym
from schemas.identity import audiences_of
from schemas.ids import DocumentId, PersonId, Revision
from schemas.job import Stage
from schemas.settings import Settings

RECEIPTS_DIR: Final = "receipts"
_NO_REVISION: Final = Revision("0" * 64)
"""Of a document whose new text is being ingested: any revision is another one."""

SENDING: Final = "sending"
"""Directory of the locks of commands that take documents in."""
_AT_WORK: Final = {"workers": "A worker", "watched": "cordee watch", SENDING: "cordee ingest"}
"""Who holds the locks in which directory."""
_UNFINISHED: Final = ("uploads", RESUMABLE)
"""Directories of what was being sent in when the service was stopped: nobody knows whose it is."""
_PLAN_FILE: Final = "erasing-{}.json"

Say = Callable[[str], None]

_log = structlog.get_logger(__name__)


class _Person(msgspec.Struct, frozen=True):
    id: PersonId
    names: tuple[str, ...]
    aliases: tuple[PersonId, ...]
    erasure_id: str

    @property
    def alias(self) -> str:
        """What stands for the id where others answer the person."""
        return f"erased-{self.erasure_id}"


def erase(
    intake: Intake,
    person_id: PersonId,
    *,
    version: str,
    say: Say = lambda _: None,
    again: Entry | None = None,
) -> Receipt:
    """Forget a person, and return the receipt, which is also kept in the data directory.

    What documents lose is decided by ``plan_of``. A rewritten document has no passages until a
    worker has ingested its new text; the indexes are built anew at the next start.

    Args:
        intake: The bundle to work with.
        person_id: Whom to forget.
        version: Of Cordée, for the receipt.
        say: Told what is done.
        again: Of an erasure that an older copy of the data has not been through.

    Raises:
        NotFoundError: If nothing is known of such a person.
        ConflictError: If a server or a worker runs on this data.
    """
    settings, catalog = intake.settings, intake.catalog
    ensure_stopped(intake)
    ledger = settings.data_dir / LEDGER_FILE
    hashed = person_hash(settings.data_dir, person_id)
    begun = _begun(settings, person_id)
    erasure_id = again.id if again else begun or secrets.token_hex(8)
    pseudonym = open_pseudonyms(settings).of(person_id)
    kept_plan = settings.data_dir / _PLAN_FILE.format(erasure_id)
    plan = planned(intake, person_id)
    note(ledger, Entry(erasure_id, hashed, pseudonym, is_done=False))
    ensure_stopped(intake)  # from here on nothing starts: it looks at the ledger
    _write_whole(kept_plan, msgspec.json.encode(plan))
    person = _Person(person_id, plan.names, plan.aliases, erasure_id)

    say(f"{len(plan.rewritten)} documents are rewritten, {len(plan.removed)} removed.")
    rows = _forget(intake, plan, person)
    say("Indexes, learned state and files that nobody refers to are removed.")
    for directory in (settings.index_dir, *(settings.data_dir / each for each in _UNFINISHED)):
        shutil.rmtree(directory, ignore_errors=True)
    (settings.data_dir / SNAPSHOT_FILE).unlink(missing_ok=True)
    gone = remove_leftovers(catalog, intake.blobs)
    compact(catalog.database.engine)
    intake.queue.compact()
    receipt = sign(
        settings.data_dir,
        Erasure(
            id=erasure_id,
            person=hashed,
            erased_at=intake.clock(),
            version=version,
            rows={name: n for name, n in rows.items() if n},
            documents_removed=plan.removed,
            documents_rewritten=plan.rewritten,
            documents_still_named=plan.still_named,
            blobs_removed=gone,
            stores=("indexes", "learned state", "free pages of the databases"),
        ),
    )
    _keep(settings.data_dir, receipt)
    note(ledger, Entry(erasure_id, hashed, pseudonym, is_done=True))
    drop_old_plans(settings.data_dir)
    _log.info("person.erased", erasure=erasure_id, n_blobs=len(gone))
    return receipt


def forget_searches(intake: Intake, entry: Entry) -> None:
    """Do an erasure again in data that knows the person by what they searched, or not at all."""
    ensure_stopped(intake)
    with intake.catalog.database.publishing() as connection:
        disown_searches(connection, Pseudonym(entry.pseudonym), Pseudonym(secrets.token_hex(12)))
        _note_done(connection, entry.id, intake.clock())
    data_dir = intake.settings.data_dir
    (data_dir / SNAPSHOT_FILE).unlink(missing_ok=True)
    compact(intake.catalog.database.engine)
    note(data_dir / LEDGER_FILE, msgspec.structs.replace(entry, is_done=True))


def _note_done(connection: Connection, erasure_id: str, now: datetime) -> None:
    insert_new(connection, erasures, {"id": erasure_id, "erased_at": now})


def ensure_stopped(intake: Intake) -> None:
    """Check that nothing else works on this data.

    Raises:
        ConflictError: If a server, a worker or a command that takes documents in does.
    """
    if index_owner(intake.settings) is not None:
        raise ConflictError("A server runs on this data: stop the service first.")
    data_dir = intake.settings.data_dir
    for path in sorted(each for name in _AT_WORK for each in (data_dir / name).glob("*.lock")):
        try:
            with FileLock(path, timeout=0):
                pass
        except Timeout as error:
            who = _AT_WORK[path.parent.name]
            raise ConflictError(f"{who} runs on this data: stop the service first.") from error


def planned(intake: Intake, person_id: PersonId) -> Plan:
    """Return what is to be done: what was decided before a crash, else what is decided now.

    Raises:
        NotFoundError: If nothing is known of such a person.
    """
    begun = _begun(intake.settings, person_id)
    kept = intake.settings.data_dir / _PLAN_FILE.format(begun)
    if begun and kept.exists():
        return msgspec.json.decode(kept.read_bytes(), type=Plan)
    pseudonym = open_pseudonyms(intake.settings).of(person_id)
    return plan_of(intake.catalog, intake.blobs, person_id, pseudonym)


def drop_old_plans(data_dir: Path) -> None:
    """Delete the plans, which hold names, of erasures that are done."""
    begun = {entry.id for entry in entries(data_dir / LEDGER_FILE) if not entry.is_done}
    wanted = {_PLAN_FILE.format(each) for each in begun}
    for path in data_dir.glob(_PLAN_FILE.format("*")):
        if path.name not in wanted:
            path.unlink()


def _begun(settings: Settings, person_id: PersonId) -> str | None:
    """Return the id of an erasure of this person that a crash cut short."""
    hashed = person_hash(settings.data_dir, person_id)
    undone = [e for e in entries(settings.data_dir / LEDGER_FILE) if not e.is_done]
    return next((entry.id for entry in undone if entry.person == hashed), None)


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file so that its name only ever stands for all of its bytes, on disk."""
    beside = path.with_suffix(".part")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _forget(intake: Intake, plan: Plan, person: _Person) -> dict[str, int]:
    """Delete, disown and rewrite what is in the databases; return how many rows of each table."""
    catalog = intake.catalog
    n_workflows = intake.queue.forget((*plan.rewritten, *plan.removed))
    for document_id in plan.rewritten:
        _rewrite(intake, document_id, person)
    for document_id in plan.removed:
        catalog.documents.delete(document_id)
    with catalog.database.publishing() as connection:
        rows = erase_documents(connection, plan.removed)
        rows |= erase_rows(
            connection,
            person.id,
            names=plan.names,
            aliases=plan.aliases,
            pseudonym=open_pseudonyms(intake.settings).of(person.id),
            stranger=Pseudonym(secrets.token_hex(12)),
        )
        n_renamed = rewrite_names(connection, plan.names)
        _note_done(connection, person.erasure_id, intake.clock())
    return rows | {"workflows": n_workflows, "renamed": n_renamed}


def _rewrite(intake: Intake, document_id: DocumentId, person: _Person) -> None:
    """Replace the original by one without the person, and have it ingested; forget the old."""
    catalog = intake.catalog
    document = catalog.documents.get(document_id)
    job = catalog.jobs.latest_for(document_id)
    if document is None or job is None or document.revision == _NO_REVISION:
        return  # done before a crash
    involved = {p.id for p in document.participants}
    takes_part = not involved.isdisjoint({person.id, *person.aliases})
    names = names_pattern(person.names, parts=takes_part)
    new = _without(intake.blobs.read(document.original), person, names)
    again = msgspec.structs.replace(
        without_person_in(catalog.jobs.submission(job.id), person.id, names),
        original=intake.blobs.put(new),
        revision=Revision(hashlib.sha256(new).hexdigest()),
        size_bytes=len(new),
        url=None,
        kind=document.kind,
        visibility=document.visibility,
        start=Stage.EXTRACT,
    )
    others = [p for p in document.participants if p.id not in {person.id, *person.aliases}]
    with catalog.database.publishing() as connection:
        for table in (t.jobs, t.passages, t.corrections, namings, replies):
            connection.execute(table.delete().where(table.c.document_id == document_id))
        write_audiences(connection, document_id, audiences_of(document.visibility, others))
        connection.execute(
            update(t.documents)
            .where(t.documents.c.id == document_id)
            .values(
                revision=_NO_REVISION,
                original=again.original,
                content=intake.blobs.put(msgspec.json.encode(Body(()))),
                n_passages=0,
                title=without_names(document.title, names),
                filename=again.filename,
            )
        )
        insert_job(connection, again, now=intake.clock())


def _without(original: bytes, person: _Person, names: re.Pattern[str] | None) -> bytes:
    told = original.decode("utf-8-sig")
    if not told.lstrip().startswith("{"):
        speaks = names_pattern(person.names, parts=False)
        return str(without_names(without_turns(told, speaks), names)).encode()
    thread = without_person(msgspec.json.decode(told), person.id, person.alias)
    return msgspec.json.encode(without_names(thread, names))


def _keep(data_dir: Path, receipt: Receipt) -> None:
    directory = data_dir / RECEIPTS_DIR
    directory.mkdir(exist_ok=True)
    path = directory / f"{receipt.erasure.id}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(receipt)))
