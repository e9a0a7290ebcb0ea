"""A person's rows in the catalog: deleted, or told apart from the person for good.

What others rely on stays without the person: votes and the log of searches go to a person who never
was, so that what was learned stays; a decision about tags stays a decision.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Table, delete, exists, select, update

from indexer.catalog import feedback_tables as f
from indexer.catalog import question_tables as q
from indexer.catalog import ranking_tables as r
from indexer.catalog import tables as t
from indexer.catalog.among import among
from indexer.catalog.naming_tables import namings
from indexer.catalog.restriction_tables import restrictions
from indexer.catalog.sharing_tables import sharings
from indexer.erasing.words import names_pattern, without_names
from schemas.document import Submission
from schemas.feedback import Pseudonym
from schemas.ids import DocumentId, PersonId

NOBODY: Final = "erased"
"""Stands for a person where a row must name one."""
_DELETED: Final = (
    (t.profiles, t.profiles.c.person_id),
    (t.saved_documents, t.saved_documents.c.person_id),
    (q.notices, q.notices.c.person_id),
    (t.participants, t.participants.c.person_id),
    (t.people, t.people.c.id),
    (namings, namings.c.person_id),
)
_RENAMED: Final = (
    (t.tag_assignments, {"person_id": None}),
    (t.corrections, {"person_id": NOBODY, "person_name": ""}),
    (t.corrections, {"said_by": None, "said_by_name": None}),
    (namings, {"named_by": NOBODY, "named_by_name": ""}),
    (restrictions, {"person_id": NOBODY, "person_name": ""}),
    (t.synonyms, {"edited_by": NOBODY}),
    (sharings, {"requested_by": None}),
    (sharings, {"confirmed_by": None}),
    (r.ranking_service, {"by": NOBODY}),
    (r.experiments, {"started_by": NOBODY}),
    (q.question_steps, {"person_id": None, "person_name": "", "text": ""}),
    (q.question_steps, {"mentor_id": None, "mentor_name": "", "suitor": None}),
    (q.questions, {"mentor_id": None, "mentor_name": "", "answer": ""}),
)
"""Tables with what stands there afterwards; the first column of each says whose row it is."""


def person_columns() -> list[Any]:
    """Return every column of the catalog that holds a person's id."""
    return [
        *(column for _, column in _DELETED),
        *(_first(table, values) for table, values in _RENAMED),
        q.questions.c.asker_id,
        f.judgments.c.person_id,
        t.jobs.c.uploaded_by,
    ]


def disown_searches(connection: Connection, known_as: Pseudonym, stranger: Pseudonym) -> None:
    """Give what somebody searched and did to a person who never was."""
    for table in (f.searches, f.search_events):
        connection.execute(update(table).where(table.c.person == known_as).values(person=stranger))


def knows(connection: Connection, person_id: PersonId, pseudonym: Pseudonym) -> bool:
    """Tell whether any row of the catalog is a person's."""
    found = (exists().where(column == person_id) for column in person_columns())
    searched = exists().where(f.searches.c.person == pseudonym)
    return any(connection.execute(select(each)).scalar() for each in (*found, searched))


def erase_documents(connection: Connection, removed: Sequence[DocumentId]) -> dict[str, int]:
    """Delete what is left of documents that are gone: their jobs, and the questions they answer.

    The documents themselves are deleted before, one change each, so that the indexes follow.
    """
    jobs = delete(t.jobs).where(among(t.jobs.c.document_id, removed))
    n_jobs = connection.execute(jobs).rowcount
    for column in (q.questions.c.document_id, q.questions.c.linked_id):
        answered = update(q.questions).where(among(column, removed))
        connection.execute(answered.values({column.name: None, "near": ()}))
    return {"jobs": n_jobs}


def erase_rows(
    connection: Connection,
    person_id: PersonId,
    *,
    names: Sequence[str],
    aliases: Sequence[PersonId],
    pseudonym: Pseudonym,
    stranger: Pseudonym,
) -> dict[str, int]:
    """Delete or disown everything of a person, and return how many rows of each table.

    Args:
        connection: In a transaction.
        person_id: The person.
        names: Theirs, for what others typed.
        aliases: Ids that transcripts made of the names.
        pseudonym: Under which the log knows the person.
        stranger: Random, under which it goes on: nobody can tell who that was.
    """
    counts: dict[str, int] = {}

    def count(table: Table, statement: Any) -> None:
        n_rows = connection.execute(statement).rowcount
        counts[table.name] = counts.get(table.name, 0) + n_rows

    asked = select(q.questions.c.id).where(q.questions.c.asker_id == person_id)
    count(q.notices, delete(q.notices).where(q.notices.c.question_id.in_(asked)))
    count(q.questions, delete(q.questions).where(q.questions.c.asker_id == person_id))
    for table, column in _DELETED:
        count(table, delete(table).where(column.in_([person_id, *aliases])))
    for table, values in _RENAMED:
        count(table, update(table).where(_first(table, values) == person_id).values(values))
    judged = update(f.judgments).where(f.judgments.c.person_id == person_id)
    count(f.judgments, judged.values(person_id=stranger, comment=""))
    for table in (f.searches, f.search_events):
        count(table, update(table).where(table.c.person == pseudonym).values(person=stranger))
    for table, key, name in _typed_names(connection, names):
        count(table, delete(table).where(table.c[key] == name))
    count(t.jobs, update(t.jobs).where(t.jobs.c.uploaded_by == person_id).values(uploaded_by=None))
    for job_id, submission in _changed_submissions(connection, person_id, names):
        mended = update(t.jobs).where(t.jobs.c.id == job_id).values(submission=submission)
        connection.execute(mended)
    return {name: n for name, n in sorted(counts.items()) if n}


def without_person_in(
    submission: Submission, person_id: PersonId, names: re.Pattern[str] | None
) -> Submission:
    """Return what was sent in without the person: as its sender, and in the words about it."""
    is_theirs = submission.uploaded_by == person_id
    return msgspec.structs.replace(
        submission,
        uploaded_by=None if is_theirs else submission.uploaded_by,
        filename=without_names(submission.filename, names),
        title=without_names(submission.title, names),
        source=without_names(submission.source, names),
        url=without_names(submission.url, names),
    )


def rewrite_names(connection: Connection, names: Sequence[str]) -> int:
    """Replace the person's full names in titles and file names; return how many rows."""
    pattern, n_rows = names_pattern(names, parts=False), 0
    for table, columns in (
        (t.documents, ("title", "filename", "source")),
        (t.jobs, ("filename",)),
        (q.questions, ("text", "details", "answer")),
        (q.question_steps, ("text",)),
        (f.judgments, ("comment",)),
        (restrictions, ("reason",)),
    ):
        key = next(iter(table.primary_key))
        for row in connection.execute(select(table)).mappings().all():
            changed = {c: without_names(row[c], pattern) for c in columns}
            if changed != {c: row[c] for c in columns}:
                connection.execute(update(table).where(key == row[key.name]).values(changed))
                n_rows += 1
    return n_rows


def _first(table: Table, values: Mapping[str, Any]) -> Any:
    return table.c[next(iter(values))]


def _typed_names(connection: Connection, names: Sequence[str]) -> Iterator[tuple[Table, str, str]]:
    """Yield the lines of the log, and the phrasings, in which somebody typed the person's name."""
    pattern = names_pattern(names, parts=False)
    if pattern is None:
        return
    for table, key, column in (
        (f.search_events, "query_id", None),
        (f.judgments, "query_text", "query_text"),
        (f.searches, "query_id", "text"),
        (f.phrasings, "id", "text"),
    ):
        if column is None:
            searches = select(f.searches.c.query_id, f.searches.c.text)
            hits = [
                row.query_id for row in connection.execute(searches) if pattern.search(row.text)
            ]
        else:
            both = select(table.c[key], table.c[column])
            hits = [row[0] for row in connection.execute(both) if pattern.search(row[1])]
        for each in hits:
            yield table, key, each


def _changed_submissions(
    connection: Connection, person_id: PersonId, names: Sequence[str]
) -> list[tuple[str, Submission]]:
    pattern = names_pattern(names, parts=False)
    rows = connection.execute(select(t.jobs.c.id, t.jobs.c.submission)).all()
    mended = (
        (row.id, row.submission, without_person_in(row.submission, person_id, pattern))
        for row in rows
    )
    return [(job_id, after) for job_id, before, after in mended if after != before]
