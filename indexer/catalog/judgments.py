"""What people say of documents: a log to which lines are added, and the word now in force."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from indexer.analysis.normalize import query_key
from indexer.catalog.among import among
from indexer.catalog.database import Database
from indexer.catalog.documents import seen_by
from indexer.catalog.feedback_tables import judgments as j
from schemas.errors import NotFoundError
from schemas.identity import Role
from schemas.ids import DocumentId, PersonId, QueryId
from schemas.judgment import Judgment, Reason, SharedQuery, Verdict


class Judgments:
    """The log of judgments. Only deleting a document or a person takes lines out of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, judgment: Judgment) -> Judgment:
        """Add a line, unless it repeats the word in force; return the word now in force.

        Queries count as the same when ``query_key`` says so. Of several equal calls at once, one
        adds a line.

        Raises:
            NotFoundError: If there is no such document any more.
        """
        try:
            # One at a time: who has read up to a line will never find a smaller one later.
            with self._database.publishing() as connection:
                in_force = _in_force(connection, judgment)
                if in_force is not None and _said(in_force) == _said(judgment):
                    return in_force
                connection.execute(insert(j), _to_row(judgment))
                return judgment
        except IntegrityError as exc:
            raise NotFoundError("There is no such document.") from exc

    def current(
        self,
        person_id: PersonId,
        audiences: Collection[str],
        *,
        documents: Collection[DocumentId] | None = None,
        query_text: str | None = None,
        page: int = 1,
        per_page: int = 50,
    ) -> tuple[list[Judgment], int]:
        """Return one page of what a person says now, newest first, and how much there is.

        What was withdrawn is left out, and what is said of documents that the person may not see.

        Args:
            person_id: Whose judgments; nobody else's are looked at.
            audiences: Keys of this person.
            documents: Only of these; ``None`` means of all.
            query_text: Only for this query, however it is typed; ``None`` means for any.
            page: From 1.
            per_page: Judgments of a page.
        """
        mine: list[ColumnElement[bool]] = [j.c.person_id == person_id]
        if documents is not None:
            mine.append(among(j.c.document_id, documents))
        if query_text is not None:
            mine.append(j.c.query_key == query_key(query_text))
        latest = select(func.max(j.c.id)).where(*mine).group_by(j.c.document_id, j.c.query_key)
        shown = (
            j.c.id.in_(latest),
            j.c.value != Verdict.WITHDRAWN,
            seen_by(j.c.document_id, audiences),
        )
        newest = (
            select(j)
            .where(*shown)
            .order_by(j.c.id.desc())
            .limit(per_page)
            .offset((page - 1) * per_page)
        )
        total = select(func.count()).select_from(j).where(*shown)
        with self._database.reading() as connection:
            found = [_to_judgment(row) for row in connection.execute(newest).all()]
            return found, connection.execute(total).scalar_one()

    def lines_of(self, person_id: PersonId) -> list[tuple[int, Judgment]]:
        """Return everything that a person has ever said, in order, each with its line."""
        query = select(j).where(j.c.person_id == person_id).order_by(j.c.id)
        with self._database.reading() as connection:
            return [(row.id, _to_judgment(row)) for row in connection.execute(query).all()]

    def verdicts(self, ids: Collection[DocumentId]) -> dict[DocumentId, dict[PersonId, Verdict]]:
        """Return what each person says of each document now, for whatever query.

        Whoever says both that it was useful and that it was not, for two queries, finds it useful.
        """
        latest = select(func.max(j.c.id)).group_by(j.c.person_id, j.c.document_id, j.c.query_key)
        query = select(j.c.document_id, j.c.person_id, j.c.value).where(
            j.c.id.in_(latest), j.c.value != Verdict.WITHDRAWN, among(j.c.document_id, ids)
        )
        found: defaultdict[DocumentId, dict[PersonId, Verdict]] = defaultdict(dict)
        with self._database.reading() as connection:
            for document_id, person_id, value in connection.execute(query).all():
                said = found[DocumentId(document_id)]
                if said.get(PersonId(person_id)) is not Verdict.USEFUL:
                    said[PersonId(person_id)] = Verdict(value)
        return dict(found)

    def judged_by(self, person_id: PersonId) -> frozenset[DocumentId]:
        """Return the documents of which a person has ever said something."""
        query = select(j.c.document_id).where(j.c.person_id == person_id).distinct()
        with self._database.reading() as connection:
            return frozenset(map(DocumentId, connection.execute(query).scalars()))

    def after(self, line: int, *, until: int | None = None) -> list[tuple[int, Judgment]]:
        """Return what was said behind a line of the log, in order, each with its line.

        Args:
            line: The last one that is known; 0 for none.
            until: The last one wanted; ``None`` means the newest.
        """
        query = select(j).where(j.c.id > line)
        if until is not None:
            query = query.where(j.c.id <= until)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(j.c.id)).all()
        return [(row.id, _to_judgment(row)) for row in rows]

    def last_line(self) -> int:
        """Return the number of the newest line; 0 while there is none. It rises with every one."""
        with self._database.reading() as connection:
            return connection.execute(select(func.max(j.c.id))).scalar_one() or 0

    def last_words(
        self, documents: Collection[DocumentId]
    ) -> dict[DocumentId, dict[PersonId, Verdict]]:
        """Return what each person last said of each of these documents, for whatever query.

        What was withdrawn last is left out.
        """
        latest = (
            select(func.max(j.c.id))
            .where(among(j.c.document_id, documents))
            .group_by(j.c.document_id, j.c.person_id)
        )
        lines = select(j.c.document_id, j.c.person_id, j.c.value).where(
            j.c.id.in_(latest), j.c.value != Verdict.WITHDRAWN
        )
        found: defaultdict[DocumentId, dict[PersonId, Verdict]] = defaultdict(dict)
        with self._database.reading() as connection:
            for document_id, person_id, value in connection.execute(lines).all():
                found[DocumentId(document_id)][PersonId(person_id)] = Verdict(value)
        return dict(found)

    def shared(self, at_least: int) -> tuple[SharedQuery, ...]:
        """Return the queries for which so many people now find something useful, by key.

        A person counts once for a query. Reads the whole log: not for every request.
        """
        latest = select(func.max(j.c.id)).group_by(j.c.person_id, j.c.document_id, j.c.query_key)
        is_useful = (j.c.id.in_(latest), j.c.value == Verdict.USEFUL, j.c.query_key != "")
        shared = (
            select(j.c.query_key)
            .where(*is_useful)
            .group_by(j.c.query_key)
            .having(func.count(j.c.person_id.distinct()) >= at_least)
        )
        lines = (
            select(j.c.query_key, j.c.query_text, j.c.document_id, j.c.person_id)
            .where(*is_useful, j.c.query_key.in_(shared))
            .order_by(j.c.id)
        )
        with self._database.reading() as connection:
            return _by_query(connection.execute(lines).all())


def _by_query(lines: Iterable[Row[str, str, str, str]]) -> tuple[SharedQuery, ...]:
    typed: defaultdict[str, dict[PersonId, str]] = defaultdict(dict)
    useful: defaultdict[str, defaultdict[DocumentId, set[PersonId]]]
    useful = defaultdict(lambda: defaultdict(set))
    for key, query_text, document_id, person_id in lines:
        typed[key][PersonId(person_id)] = " ".join(query_text.split())
        useful[key][DocumentId(document_id)].add(PersonId(person_id))
    return tuple(
        SharedQuery(key, _usual(typed[key].values()), _frozen(useful[key])) for key in sorted(typed)
    )


def _usual(texts: Iterable[str]) -> str:
    counts = Counter(texts)
    return min(counts, key=lambda text: (-counts[text], text))


def _frozen(people: Mapping[DocumentId, set[PersonId]]) -> dict[DocumentId, frozenset[PersonId]]:
    return {document_id: frozenset(those) for document_id, those in people.items()}


def _in_force(connection: Connection, judgment: Judgment) -> Judgment | None:
    query = (
        select(j)
        .where(
            j.c.person_id == judgment.person_id,
            j.c.document_id == judgment.document_id,
            j.c.query_key == query_key(judgment.query_text),
        )
        .order_by(j.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return _to_judgment(row) if row is not None else None


def _said(judgment: Judgment) -> tuple[object, ...]:
    """Return what makes a judgment another word than the one before it."""
    return (
        judgment.value,
        judgment.reason,
        judgment.comment,
        judgment.revision,
        judgment.passage,
    )


def _to_row(judgment: Judgment) -> dict[str, Any]:
    return {
        "person_id": judgment.person_id,
        "role": judgment.role,
        "document_id": judgment.document_id,
        "revision": judgment.revision,
        "query_text": judgment.query_text,
        "query_key": query_key(judgment.query_text),
        "query_id": judgment.query_id,
        "passage": judgment.passage,
        "value": judgment.value,
        "reason": judgment.reason,
        "comment": judgment.comment,
        "judged_at": judgment.judged_at,
    }


def _to_judgment(row: Row[Any]) -> Judgment:
    return Judgment(
        person_id=PersonId(row.person_id),
        role=Role(row.role),
        document_id=DocumentId(row.document_id),
        revision=row.revision,
        query_text=row.query_text,
        value=Verdict(row.value),
        judged_at=row.judged_at,
        query_id=QueryId(row.query_id) if row.query_id else None,
        passage=row.passage,
        reason=Reason(row.reason) if row.reason else None,
        comment=row.comment,
    )
