"""The tables of the catalog, one per noun. Alembic migrations make exactly these.

A deleted document has no row anywhere (foreign keys cascade), so no read can show it by mistake;
only the change log remembers its id. Passages of a superseded revision keep their rows, with the
moment they were superseded, until they are swept.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from indexer.catalog.columns import CleanText, MsgspecJson, UtcDateTime
from schemas.content import Utterance
from schemas.document import MediaFiles, Submission
from schemas.feedback import ShownHit
from schemas.ids import DocumentId, PersonId
from schemas.job import JobProblem
from schemas.passage import WordAnchor
from schemas.profile import Milestone
from schemas.question import Suitor
from schemas.span import Locator, TimeSpan
from schemas.synonym import SynonymGroup

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite makes a rowid alias, and hands out rising numbers, only of a column declared INTEGER.
_POSITION: Final = BigInteger().with_variant(Integer(), "sqlite")


def _document_key(*, primary: bool = True) -> Column[str]:
    return Column(
        "document_id",
        String(64),
        ForeignKey("documents.id", ondelete="CASCADE"),
        primary_key=primary,
        nullable=False,
    )


documents = Table(
    "documents",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("source", CleanText, nullable=False),
    Column("revision", String(64), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("media_kind", String(16), nullable=False),
    Column("title", CleanText, nullable=False),
    Column("language", String(16), nullable=False),
    Column("visibility", String(16), nullable=False),
    # True once a person has chosen the visibility: ingesting again then leaves it alone.
    Column("visibility_chosen", Boolean, nullable=False),
    # The keys of ``document_audiences`` once more, sorted: read with every passage of a search.
    Column("audiences", MsgspecJson(tuple[str, ...]), nullable=False),
    Column("filename", CleanText, nullable=False),
    Column("original", String(64), nullable=False),
    Column("media", MsgspecJson(MediaFiles), nullable=False),
    Column("content", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("published_at", UtcDateTime, nullable=False),
    Column("duration_ms", BigInteger),
    Column("n_pages", Integer),
    Column("n_passages", Integer, nullable=False),
)

participants = Table(
    "participants",
    METADATA,
    _document_key(),
    Column("ordinal", Integer, primary_key=True),
    Column("person_id", Text, ForeignKey("people.id"), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("name", CleanText, nullable=False),  # as this document calls the person
)

people = Table(
    "people",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", CleanText, nullable=False),  # as the latest publication calls the person
)

document_audiences = Table(
    "document_audiences",
    METADATA,
    _document_key(),
    Column("audience", Text, primary_key=True),
    Index("ix_document_audiences_audience", "audience", "document_id"),
)

passages = Table(
    "passages",
    METADATA,
    # A 63-bit hash, so nothing may hand out a number by itself.
    Column("id", _POSITION, primary_key=True, autoincrement=False),
    _document_key(primary=False),
    Column("revision", String(64), nullable=False),
    Column("superseded_at", UtcDateTime),
    Column("ordinal", Integer, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("heading", CleanText, nullable=False),
    Column("language", String(16), nullable=False),
    Column("locator", MsgspecJson(Locator), nullable=False),
    Column("speaker_ids", MsgspecJson(tuple[PersonId, ...]), nullable=False),
    Column("anchors", MsgspecJson(tuple[WordAnchor, ...]), nullable=False),
    Index("ix_passages_document_id_ordinal", "document_id", "ordinal"),
    Index("ix_passages_superseded_at", "superseded_at"),
)

vectors = Table(
    "vectors",
    METADATA,
    Column(
        "passage_id",
        _POSITION,
        ForeignKey("passages.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("encoder", Text, primary_key=True),
    Column("vector", LargeBinary, nullable=False),  # little-endian float32, L2 norm 1
)

tag_assignments = Table(
    "tag_assignments",
    METADATA,
    _document_key(),
    Column("tag_id", Text, primary_key=True),
    Column("decided", Boolean, primary_key=True),
    Column("assigner", String(16), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("person_id", Text),
    Column("removed", Boolean, nullable=False),  # a person said: not this one
)

changes = Table(
    "changes",
    METADATA,
    Column("position", _POSITION, primary_key=True),
    Column("kind", String(16), nullable=False),
    # No foreign key: the log outlives what it tells of.
    Column("document_id", String(64), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,  # a position is never handed out twice
)

jobs = Table(
    "jobs",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("document_id", String(64), nullable=False),
    Column("revision", String(64), nullable=False, index=True),
    Column("filename", CleanText, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("stage", String(16)),
    Column("progress", Float, nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("problem", MsgspecJson(JobProblem)),
    Column("warnings", MsgspecJson(tuple[str, ...]), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("uploaded_by", Text),
    Column("submission", MsgspecJson(Submission), nullable=False),
    Index("ix_jobs_document_id_created_at", "document_id", "created_at"),
)

generations = Table(
    "generations",
    METADATA,
    Column("number", _POSITION, primary_key=True),
    Column("encoder", Text, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

followers = Table(
    "followers",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("generation", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("reported_at", UtcDateTime, nullable=False),
)

workers = Table(
    "workers",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("beat_at", UtcDateTime, nullable=False),
)

corrections = Table(
    "corrections",
    METADATA,
    _document_key(),
    Column("revision", String(64), primary_key=True),
    # Which turn: its place and not its number, which another recognition may shift.
    Column("start_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("end_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("speaker_id", Text, primary_key=True),  # empty for nobody known: a key has no NULL
    Column("heard", MsgspecJson(Utterance), nullable=False),
    Column("text", CleanText, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("person_name", CleanText, nullable=False),
    Column("corrected_at", UtcDateTime, nullable=False),
    Column("applied_at", UtcDateTime, index=True),
)

judgments = Table(
    "judgments",
    METADATA,
    Column("id", _POSITION, primary_key=True),  # rising: the latest line is the word in force
    Column("person_id", Text, nullable=False, index=True),
    Column("role", String(16), nullable=False),
    _document_key(primary=False),
    Column("revision", String(64), nullable=False),
    Column("query_text", CleanText, nullable=False),
    # No index: with every character folded it may exceed what PostgreSQL indexes of a row.
    Column("query_key", CleanText, nullable=False),
    Column("query_id", String(64)),
    Column("passage", Integer),
    Column("value", String(16), nullable=False),
    Column("reason", String(16)),
    Column("comment", CleanText, nullable=False),
    Column("judged_at", UtcDateTime, nullable=False),
    Index("ix_judgments_document_id_person_id", "document_id", "person_id"),
    sqlite_autoincrement=True,
)

searches = Table(
    "searches",
    METADATA,
    Column("line", _POSITION, primary_key=True),
    Column("query_id", String(64), nullable=False, unique=True),
    Column("person", String(32), nullable=False),
    Column("role", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("text", CleanText, nullable=False),
    Column("phrasing", String(64), nullable=False, index=True),
    Column("profile", Text, nullable=False),
    # No foreign keys inside: an answer was what it was. Ids alone, which show nothing to anybody.
    Column("hits", MsgspecJson(tuple[ShownHit, ...]), nullable=False),
    Column("page", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("surface", String(16), nullable=False),
    Column("confidence", Float),
    Column("is_doubtful", Boolean, nullable=False),
    Column("is_filtered", Boolean, nullable=False),
    Column("experiment", Text, nullable=False),
    Index("ix_searches_person_at", "person", "at"),
    sqlite_autoincrement=True,
)

phrasings = Table(
    "phrasings",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("encoder", Text, primary_key=True),
    Column("text", CleanText, nullable=False),
    Column("meaning", CleanText, nullable=False),
    Column("vector", LargeBinary, nullable=False),  # little-endian float16, L2 norm 1
)

search_events = Table(
    "search_events",
    METADATA,
    Column("line", _POSITION, primary_key=True),
    Column("query_id", String(64), nullable=False, index=True),
    Column("person", String(32), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("action", String(16), nullable=False),
    _document_key(primary=False),
    Column("position", Integer, nullable=False),
    Column("passage", Integer),
    Column("dwell_ms", BigInteger, nullable=False),
    Column("spans", MsgspecJson(tuple[TimeSpan, ...]), nullable=False),
    Index("ix_search_events_document_id", "document_id"),
    sqlite_autoincrement=True,
)

# Where in the log the intents were made anew: a reader does the same at the same place.
regroupings = Table(
    "regroupings",
    METADATA,
    Column("number", _POSITION, primary_key=True),
    Column("line", BigInteger, nullable=False),  # the last search before it
    Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

saved_documents = Table(
    "saved_documents",
    METADATA,
    Column("person_id", Text, primary_key=True),
    _document_key(),
    Column("saved_at", UtcDateTime, nullable=False),
    Index("ix_saved_documents_document_id", "document_id"),
)

profiles = Table(
    "profiles",
    METADATA,
    Column("person_id", Text, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("project", CleanText, nullable=False),
    Column("description", CleanText, nullable=False),
    Column("sectors", MsgspecJson(tuple[str, ...]), nullable=False),
    Column("stage", Text),
    Column("goals", MsgspecJson(tuple[str, ...]), nullable=False),
    Column("milestones", MsgspecJson(tuple[Milestone, ...]), nullable=False),
    Column("city", CleanText, nullable=False),
    Column("joined", Date),
    Column("updated_at", UtcDateTime, nullable=False),
    # True once a person has written it: importing again then leaves it alone.
    Column("edited", Boolean, nullable=False),
)

synonyms = Table(
    "synonyms",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("written", MsgspecJson(SynonymGroup)),  # NULL once deleted: the file's is not in force
    Column("edited_by", Text, nullable=False),
    Column("edited_at", UtcDateTime, nullable=False),
    # Rises with every change of any row: what other processes look at.
    Column("version", BigInteger, nullable=False, index=True),
)

questions = Table(
    "questions",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("asker_id", Text, nullable=False),
    Column("asker_name", CleanText, nullable=False),
    Column("asker_role", String(16), nullable=False),
    Column("text", CleanText, nullable=False),
    Column("text_key", CleanText, nullable=False),
    Column("details", CleanText, nullable=False),
    Column("query_id", String(64), index=True),
    Column("visibility", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("mentor_id", Text),
    Column("mentor_name", CleanText, nullable=False),
    Column("answer", CleanText, nullable=False),
    # No foreign keys: an exchange is named before it is published, and may be deleted later.
    Column("document_id", String(64), index=True),
    Column("linked_id", String(64)),
    Column("answered_at", UtcDateTime),
    Column("news_at", UtcDateTime),
    Column("seen_at", UtcDateTime),
    # What tells whether another question asks the same; empty where no encoder was there.
    Column("encoder", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),  # little-endian float16, L2 norm 1
    Column("near", MsgspecJson(tuple[tuple[DocumentId, float], ...]), nullable=False),
    Index("ix_questions_asker_id_asked_at", "asker_id", "asked_at"),
    Index("ix_questions_state_asked_at", "state", "asked_at"),
    Index("ix_questions_mentor_id_state", "mentor_id", "state"),
)

question_steps = Table(
    "question_steps",
    METADATA,
    Column("line", _POSITION, primary_key=True),
    Column(
        "question_id",
        String(64),
        ForeignKey("questions.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("kind", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("person_id", Text),
    Column("person_name", CleanText, nullable=False),
    Column("mentor_id", Text),
    Column("mentor_name", CleanText, nullable=False),
    Column("suitor", MsgspecJson(Suitor)),
    Column("text", CleanText, nullable=False),
    sqlite_autoincrement=True,
)

notices = Table(
    "notices",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("type", String(32), nullable=False),
    Column("question_id", String(64), nullable=False, index=True),
    Column("person_id", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("n_tries", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("last_problem", CleanText, nullable=False),
    Index("ix_notices_state_due_at", "state", "due_at"),
)
