"""The catalog opened: one database, a repository per noun."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from indexer.catalog.changes import Changes
from indexer.catalog.corrections import Corrections
from indexer.catalog.database import Clock, Database, open_database, utc_now
from indexer.catalog.documents import Documents
from indexer.catalog.feedback import FeedbackLog
from indexer.catalog.generations import Generations
from indexer.catalog.jobs import Jobs
from indexer.catalog.judgments import Judgments
from indexer.catalog.migrate import migrate
from indexer.catalog.namings import Namings
from indexer.catalog.notices import Notices
from indexer.catalog.passages import Passages
from indexer.catalog.profiles import Profiles
from indexer.catalog.publishing import Publishing
from indexer.catalog.questions import Questions
from indexer.catalog.ranking import Rankings
from indexer.catalog.reader import CatalogReader
from indexer.catalog.replies import Replies
from indexer.catalog.restrictions import Restrictions
from indexer.catalog.saved import SavedDocuments
from indexer.catalog.sharings import Sharings
from indexer.catalog.stage_times import StageTimes
from indexer.catalog.synonyms import SynonymEdits
from indexer.catalog.tastes import Tastes
from indexer.catalog.workers import Workers


@dataclass(frozen=True, slots=True)
class Catalog:
    """The only truth. Safe to share between threads; each process opens its own."""

    database: Database
    documents: Documents
    passages: Passages
    publishing: Publishing
    corrections: Corrections
    namings: Namings
    restrictions: Restrictions
    replies: Replies
    sharings: Sharings
    changes: Changes
    jobs: Jobs
    stage_times: StageTimes
    generations: Generations
    workers: Workers
    judgments: Judgments
    feedback: FeedbackLog
    saved: SavedDocuments
    profiles: Profiles
    tastes: Tastes
    synonyms: SynonymEdits
    questions: Questions
    notices: Notices
    rankings: Rankings
    reader: CatalogReader

    def ping(self) -> None:
        """Ask the database for an answer.

        Raises:
            TransientError: If there is none.
        """
        with self.database.reading() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close the pool; a call after this opens new connections."""
        self.database.engine.dispose()


def open_catalog(url: str, *, pool_size: int = 8, clock: Clock = utc_now) -> Catalog:
    """Open the catalog, after bringing its database to the present shape.

    Args:
        url: ``sqlite:///path`` (the file and its directory are made) or ``postgresql://...``.
        pool_size: Connections kept open.
        clock: What "now" is for changes whose caller does not say when.

    Raises:
        SettingsError: If the URL names a database that is not supported.
        TransientError: If the database does not answer.
    """
    database = open_database(url, pool_size=pool_size, clock=clock)
    migrate(database)
    documents, passages = Documents(database), Passages(database)
    judgments = Judgments(database)
    return Catalog(
        database=database,
        documents=documents,
        passages=passages,
        publishing=Publishing(database),
        corrections=Corrections(database),
        namings=Namings(database),
        restrictions=Restrictions(database),
        replies=Replies(database),
        sharings=Sharings(database),
        changes=Changes(database),
        jobs=Jobs(database),
        stage_times=StageTimes(database),
        generations=Generations(database),
        workers=Workers(database),
        judgments=judgments,
        feedback=FeedbackLog(database),
        saved=SavedDocuments(database),
        profiles=Profiles(database),
        tastes=Tastes(database),
        synonyms=SynonymEdits(database),
        questions=Questions(database),
        notices=Notices(database),
        rankings=Rankings(database),
        reader=CatalogReader(database, documents, judgments),
    )
