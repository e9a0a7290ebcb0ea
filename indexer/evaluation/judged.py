"""A judged collection cut and encoded as ingestion does it, and remembered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from indexer.analysis.normalize import titled
from indexer.evaluation.dataset import Dataset
from indexer.evaluation.run import Cut, Progress
from indexer.ports import PassageEncoder
from schemas.ids import DocumentId, document_id_for
from schemas.passage import Passage

if TYPE_CHECKING:
    from schemas.passage import Vectors

_BATCH: Final = 128  # passages encoded between two reports of progress


class JudgedPart(msgspec.Struct, frozen=True):
    """What a bench puts among composed passages so that quality stands beside speed."""

    dataset: Dataset
    passages: tuple[tuple[Passage, ...], ...]
    """Of each document of the dataset, in its order."""
    vectors: Vectors
    """Array of shape (n, d), float32: row by row those of all passages in order."""

    @property
    def n_passages(self) -> int:
        """How many passages there are."""
        return len(self.vectors)


def id_of(name: str) -> DocumentId:
    """Return the document id of a document of a collection."""
    return document_id_for(f"beir:{name}")


def encode_judged(
    dataset: Dataset,
    cut: Cut,
    open_encoder: Callable[[], PassageEncoder],
    *,
    encoder: str,
    cache: Path,
    progress: Progress = lambda *_: None,
) -> JudgedPart:
    """Cut every document and encode its passages, or read their vectors from the cache.

    Args:
        dataset: The collection.
        cut: Segmentation.
        open_encoder: Loads the passage encoder; called only when something has to be encoded.
        encoder: Its name.
        cache: Directory of vectors, by the hash of what was encoded and the encoder's name:
            another text, another segmentation or another encoder never meet old vectors.
        progress: Told about encoded passages.
    """
    passages = tuple(tuple(cut(id_of(d.id), d.title, d.text)) for d in dataset.documents)
    pairs = zip(dataset.documents, passages, strict=True)
    texts = [titled(document.title, p.text) for document, own in pairs for p in own]
    file = cache / f"{_digest(encoder, texts)}.npy"
    if file.is_file():
        vectors: Vectors = np.load(file)
    else:
        vectors = _encode(texts, open_encoder(), progress)
        _keep(vectors, file)
    return JudgedPart(dataset, passages, vectors)


def _digest(encoder: str, texts: Sequence[str]) -> str:
    found = hashlib.sha256(encoder.encode())
    for text in texts:
        found.update(b"\0" + text.encode())
    return found.hexdigest()


def _encode(texts: Sequence[str], encoder: PassageEncoder, progress: Progress) -> Vectors:
    rows = []
    for start in range(0, len(texts), _BATCH):
        rows.append(encoder.encode_passages(texts[start : start + _BATCH]))
        progress("encode", min(start + _BATCH, len(texts)), len(texts))
    return np.concatenate(rows)


def _keep(vectors: Vectors, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_suffix(".new.npy")
    np.save(scratch, vectors)
    scratch.replace(file)  # a bench that is broken off leaves no half a file
