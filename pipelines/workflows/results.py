"""Results of finished stages, kept as blobs so that the workflow engine only keeps their keys.

Blobs are shared by content, and a result is deleted when its job is over: so each carries its
job's id, and no result of one job can ever be the bytes of another job or document.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import msgspec
import numpy as np

from indexer.ports import BlobStore
from schemas.errors import NotFoundError
from schemas.ids import BlobKey, JobId

if TYPE_CHECKING:
    from schemas.passage import Vectors

T = TypeVar("T")

_JOB: Final = "__job__"


class _Saved(msgspec.Struct, Generic[T], frozen=True):
    job_id: JobId
    value: T


class StageResults:
    """Writes and reads the results of one job's stages."""

    def __init__(self, blobs: BlobStore, job_id: JobId) -> None:
        """Keep the results of this job in this store."""
        self._blobs = blobs
        self._job_id = job_id

    def save(self, value: object) -> BlobKey:
        """Store a struct, or a list of them, as JSON."""
        return self._blobs.put(msgspec.json.encode(_Saved(self._job_id, value)))

    def load(self, key: BlobKey, kind: type[T]) -> T:
        """Read back what ``save`` stored."""
        saved: _Saved[T] = msgspec.json.decode(self._blobs.read(key), type=_Saved[kind])  # type: ignore[valid-type]
        return saved.value

    def save_vectors(self, vectors: Mapping[str, Vectors]) -> BlobKey:
        """Store one array per encoder name, as an npz archive."""
        arrays: dict[str, np.ndarray] = {_JOB: np.array(self._job_id), **vectors}
        stream = io.BytesIO()
        np.savez(stream, allow_pickle=False, **arrays)
        return self._blobs.put(stream.getvalue())

    def load_vectors(self, key: BlobKey) -> dict[str, Vectors]:
        """Read back what ``save_vectors`` stored."""
        with np.load(io.BytesIO(self._blobs.read(key)), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files if name != _JOB}

    def discard(self, keys: Iterable[BlobKey]) -> None:
        """Delete results that nobody needs any more; those already gone are passed over."""
        for key in keys:
            try:
                self._blobs.delete(key)
            except NotFoundError:
                continue
