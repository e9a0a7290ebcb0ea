from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from fixtures.builders import A_MOMENT, AN_ENCODER, a_document, a_passage, some_vectors
from indexer.catalog.catalog import open_catalog
from schemas.errors import SettingsError, TransientError


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite://", "sqlite:///:memory:"])
def test_a_database_that_cannot_hold_the_catalog_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="catalog cannot live"):
        open_catalog(url)


def test_a_server_that_does_not_answer_may_do_so_later() -> None:
    with pytest.raises(TransientError, match="does not answer"):
        open_catalog("postgresql://nobody@127.0.0.1:1/none")


def test_sqlite_is_as_durable_as_the_truth_needs(tmp_path: Path) -> None:
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    with catalog.database.reading() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in asked]
    catalog.close()

    assert found == ["wal", 2, 1, 10_000]


def test_a_failing_statement_never_tells_what_people_wrote(tmp_path: Path) -> None:
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    document = a_document()
    secret = a_passage(document, text="un secret")

    with pytest.raises(Exception, match="UNIQUE") as raised:
        catalog.publishing.publish(document, [secret, secret], {AN_ENCODER: some_vectors(2)}, [])
    catalog.close()

    assert "secret" not in str(raised.value)


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")

    with pytest.raises(Exception, match="needs a time zone"):
        catalog.workers.beat("a", A_MOMENT.replace(tzinfo=None))
    catalog.close()


def test_the_clock_dates_what_no_caller_dates(tmp_path: Path) -> None:
    at = datetime(2030, 1, 1, tzinfo=UTC)
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}", clock=lambda: at)
    catalog.publishing.publish(a_document(), [], {}, [])

    catalog.documents.delete(a_document().id)

    assert catalog.changes.after(1, 1)[0].at == at
    catalog.close()
