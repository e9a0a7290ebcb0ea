"""Opening index pairs: one directory per generation, with both indexes and their position."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec
import structlog

from indexer.catalog.records import Generation
from indexer.dense.edge import EdgeIndex
from indexer.dense.query_vectors import QueryVectors
from indexer.generations import IndexPair
from indexer.lexical.index import TantivyIndex
from indexer.ports import DenseIndex, QueryEncoder
from indexer.position import INDEX_FORMAT, Position, read_position
from schemas.errors import TransientError
from schemas.settings import Settings

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

log = structlog.get_logger(__name__)


class BuildableDense(DenseIndex, Protocol):
    """A dense index as building and swapping see it."""

    def optimize(self) -> None:
        """Put the index in its best shape for searching, after a bulk load."""

    def serve(self) -> None:
        """Tell the outside world that this generation is the one in service."""

    def close(self) -> None:
        """Release what the index holds."""

    def drop(self) -> None:
        """Delete what the index stored; called after ``close``."""


class OpenPair(msgspec.Struct, frozen=True):
    """A pair with the handles that only its owner uses."""

    pair: IndexPair
    directory: Path
    dense: BuildableDense
    position: int | None
    """Last change applied; ``None`` for a pair that was never built to the end."""


class PairOpener:
    """Opens, creates and deletes the index directories of one data directory.

    One process at a time may own an opener's directory: see ``bootstrap.open_engine``.
    """

    def __init__(
        self,
        settings: Settings,
        open_encoder: Callable[[str], QueryEncoder],
        *,
        is_shared: Callable[[int], bool] = lambda _: False,
    ) -> None:
        """Work in ``settings.index_dir``.

        Args:
            settings: Where the indexes are, and which dense index there is.
            open_encoder: Loads a query encoder by its manifest name.
            is_shared: Tells whether another process still serves a generation: then its
                collection on a Qdrant server must stay.
        """
        self._settings = settings
        self._open_encoder = open_encoder
        self._is_shared = is_shared
        self._encoders: dict[str, QueryEncoder] = {}
        self._client = _open_client(settings) if settings.dense.url else None

    def built_generations(self) -> list[int]:
        """Return the numbers of the generations that were built to the end, rising."""
        found = self._settings.index_dir.iterdir() if self._settings.index_dir.is_dir() else ()
        return sorted(int(p.name) for p in found if p.name.isdigit() and _is_usable(p))

    def open(self, generation: Generation) -> OpenPair:
        """Open a generation where it was left; start it empty when it is unusable.

        Raises:
            NotFoundError: If the encoder's model was not pulled.
            TransientError: If an index cannot be opened, nor made anew.
        """
        directory = self._settings.index_dir / str(generation.number)
        position = read_position(directory)
        if position is None or position.format != INDEX_FORMAT:
            return self._open_empty(generation, directory)
        try:
            return self._open(
                msgspec.structs.replace(generation, encoder=position.encoder), position
            )
        except TransientError as error:
            # Derived data: what cannot be opened is made again from the catalog.
            log.warning("index.damaged", generation=generation.number, reason=str(error))
            return self._open_empty(generation, directory)

    def open_built(self, number: int) -> OpenPair | None:
        """Open a generation as it lies there; ``None`` when it was not built to the end.

        Raises:
            TransientError: If an index cannot be opened: nothing is made anew.
        """
        position = read_position(self._settings.index_dir / str(number))
        if position is None or position.format != INDEX_FORMAT:
            return None
        return self._open(Generation(number, position.encoder), position)

    def sweep(self, *, keep: int) -> None:
        """Delete directories of older generations and of unfinished builds."""
        for path in self._settings.index_dir.iterdir():
            if path.name.isdigit() and int(path.name) != keep:
                shutil.rmtree(path)

    def close(self) -> None:
        """Close the connection to the Qdrant server, if there is one."""
        if self._client is not None:
            self._client.close()

    def _open_empty(self, generation: Generation, directory: Path) -> OpenPair:
        shutil.rmtree(directory, ignore_errors=True)
        return self._open(generation, None)

    def _open(self, generation: Generation, position: Position | None) -> OpenPair:
        directory = self._settings.index_dir / str(generation.number)
        encoder = self._encoder(generation.encoder)
        lexical = TantivyIndex(directory / "lexical")
        try:
            dense = self._open_dense(generation.number, directory / "dense", encoder)
        except TransientError:
            lexical.close()
            raise

        def close() -> None:
            lexical.close()
            dense.close()

        def drop() -> None:
            close()
            if not self._is_shared(generation.number):
                dense.drop()
            shutil.rmtree(directory)

        remembering = QueryVectors(encoder, limit=self._settings.search.query_vectors)
        pair = IndexPair(generation.number, lexical, dense, remembering, close, drop)
        return OpenPair(pair, directory, dense, position.position if position else None)

    def _open_dense(self, number: int, directory: Path, encoder: QueryEncoder) -> BuildableDense:
        dimensions = int(encoder.encode_query("dimensions").shape[0])
        dense = self._settings.dense
        if self._client is None:
            return EdgeIndex(directory, dimensions=dimensions, settings=dense)
        from indexer.dense.server import ServerIndex

        return ServerIndex(self._client, number=number, dimensions=dimensions, settings=dense)

    def _encoder(self, name: str) -> QueryEncoder:
        if name not in self._encoders:
            self._encoders[name] = self._open_encoder(name)
        return self._encoders[name]


def _is_usable(directory: Path) -> bool:
    position = read_position(directory)
    return position is not None and position.format == INDEX_FORMAT


def _open_client(settings: Settings) -> QdrantClient:
    # Imported where a server is used: the client's library takes 1.8 s to load, which every
    # command on the embedded default would wait for.
    from indexer.dense.server import open_client

    return open_client(settings.dense)
