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
    false,
)

from indexer.catalog.columns import CleanText, MsgspecJson, UtcDateTime
from schemas.content import Utterance
from schemas.document import MediaFiles, Submission
from schemas.ids import PersonId
from schemas.job import JobProblem
from schemas.passage import WordAnchor
from schemas.profile import Milestone
from schemas.span import HiddenPlace, Locator
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
POSITION: Final = BigInteger().with_variant(Integer(), "sqlite")


def document_key(*, primary: bool = True) -> Column[str]:
    """Return the column of a row that goes with its document."""
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
    # What follows from ``restrictions`` and the audiences: read with every passage of a search.
    Column("hidden", MsgspecJson(tuple[HiddenPlace, ...]), nullable=False, server_default="[]"),
    # Which hidden places the passages are cut at (``schemas.hiding.cut_of``).
    Column("cut_as", String(64), nullable=False, server_default=""),
    # Whether somebody wants it kept beyond its kind's time.
    Column("held", Boolean, nullable=False, server_default=false()),
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
    document_key(),
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
    document_key(),
    Column("audience", Text, primary_key=True),
    Index("ix_document_audiences_audience", "audience", "document_id"),
)

passages = Table(
    "passages",
    METADATA,
    # A 63-bit hash, so nothing may hand out a number by itself.
    Column("id", POSITION, primary_key=True, autoincrement=False),
    document_key(primary=False),
    Column("revision", String(64), nullable=False),
    Column("superseded_at", UtcDateTime),
    Column("ordinal", Integer, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("heading", CleanText, nullable=False),
    Column("language", String(16), nullable=False),
    Column("locator", MsgspecJson(Locator), nullable=False),
    Column("speaker_ids", MsgspecJson(tuple[PersonId, ...]), nullable=False),
    Column("anchors", MsgspecJson(tuple[WordAnchor, ...]), nullable=False),
    Column("on_screen", Boolean, nullable=False, server_default=false()),
    Index("ix_passages_document_id_ordinal", "document_id", "ordinal"),
    Index("ix_passages_superseded_at", "superseded_at"),
)

vectors = Table(
    "vectors",
    METADATA,
    Column(
        "passage_id",
        POSITION,
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
    document_key(),
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
    Column("position", POSITION, primary_key=True),
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
    Column("starts", Integer, nullable=False, server_default="0"),
    Column("uploaded_by", Text),
    Column("submission", MsgspecJson(Submission), nullable=False),
    Index("ix_jobs_document_id_created_at", "document_id", "created_at"),
)

generations = Table(
    "generations",
    METADATA,
    Column("number", POSITION, primary_key=True),
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
    document_key(),
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
    # Who speaks, where a person said so.
    Column("said_by", Text),
    Column("said_by_name", CleanText),
)


# Where in the log the intents were made anew: a reader does the same at the same place.

saved_documents = Table(
    "saved_documents",
    METADATA,
    Column("person_id", Text, primary_key=True),
    document_key(),
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
