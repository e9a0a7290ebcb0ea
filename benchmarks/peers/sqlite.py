"""SQLite: FTS5 and sqlite-vec, fused by rank in one statement."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import apsw
import sqlite_vec

from benchmarks.peers.collection import Asked, Collection

# The statement of the article on hybrid search by the author of sqlite-vec (k = 60).
_SEARCH: Final = """
WITH near AS (
  SELECT rowid AS id, row_number() OVER (ORDER BY distance) AS place
  FROM vectors WHERE vector MATCH :vector AND k = :depth
), worded AS (
  SELECT rowid AS id, row_number() OVER (ORDER BY rank) AS place
  FROM texts WHERE text MATCH :text LIMIT :depth
)
SELECT coalesce(near.id, worded.id) AS id
FROM near FULL OUTER JOIN worded ON near.id = worded.id
ORDER BY coalesce(1.0 / (60 + near.place), 0) + coalesce(1.0 / (60 + worded.place), 0) DESC, id
"""
_WORD: Final = re.compile(r"\w+")
_NOTHING: Final = '"\x01"'  # what no text holds: FTS5 takes no empty query


class Sqlite:
    """Exact neighbours: sqlite-vec has no graph."""

    name = "SQLite FTS5 + sqlite-vec"
    is_hybrid = True
    set_up = "unicode61 without accents (FTS5 has no French), any word; vec0 cosine; RRF, k = 60"

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._held = ExitStack()

    def load(self, collection: Collection) -> None:
        """Fill both virtual tables in one transaction."""
        self._collection = collection
        directory = Path(self._held.enter_context(TemporaryDirectory(prefix="peer-")))
        # Python's own module is often built without loading extensions.
        self._db = apsw.Connection(str(directory / "peer.sqlite"))
        self._held.callback(self._db.close)
        self._db.enable_load_extension(True)  # noqa: FBT003 - its one argument
        self._db.load_extension(sqlite_vec.loadable_path())
        size = int(collection.vectors.shape[1])
        self._db.execute(
            "CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='unicode61 remove_diacritics 2')"
        )
        self._db.execute(
            f"CREATE VIRTUAL TABLE vectors USING vec0(vector float[{size}] distance_metric=cosine)"
        )
        with self._db:
            self._db.executemany(
                "INSERT INTO texts(rowid, text) VALUES (?, ?)", enumerate(collection.texts)
            )
            self._db.executemany(
                "INSERT INTO vectors(rowid, vector) VALUES (?, ?)",
                ((row, vector.tobytes()) for row, vector in enumerate(collection.vectors)),
            )
        self._db.execute("INSERT INTO texts(texts) VALUES ('optimize')")

    def search(self, asked: Asked, depth: int) -> list[str]:
        """Return documents by their best passage."""
        # Quoted: an apostrophe or a question mark is syntax to FTS5.
        words = " OR ".join(f'"{word}"' for word in _WORD.findall(asked.text))
        values = {"text": words or _NOTHING, "vector": asked.vector.tobytes(), "depth": depth}
        found = self._db.execute(_SEARCH, values).fetchall()
        return self._collection.documents_of(int(row[0]) for row in found)

    def close(self) -> None:
        """Close the database and delete it."""
        self._held.close()
