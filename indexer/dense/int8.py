"""An encoder's int8 form on CTranslate2: texts to vectors, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from indexer.models.assemble import QUERY_FORM
from indexer.models.cores import prefer_wide_registers
from indexer.models.manifest import ModelSpec, Pooling
from indexer.models.tokens import open_tokenizer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from schemas.passage import Vectors

ALONE_BELOW: Final = 16
"""Tokens. Matrices of fewer rows go another way through the library and round otherwise, so a
shorter text must not be among others: then every text has the same vector, bit for bit, always."""


class Int8Model:
    """Model whose weights are shared by as many threads as run at once, one core each."""

    def __init__(self, spec: ModelSpec, directory: Path, *, at_once: int) -> None:
        """Load the int8 form of an assembled model."""
        prefer_wide_registers()
        import ctranslate2

        self._spec = spec
        self._storage = ctranslate2.StorageView
        self._tokenizer = open_tokenizer(directory, max_tokens=spec.max_tokens)
        self._encoder: Any = ctranslate2.Encoder(
            str(directory / QUERY_FORM),
            device="cpu",
            compute_type="int8",
            inter_threads=at_once,
            # Measured: 4 ms a query; two threads take 20, they wait for each other.
            intra_threads=1,
        )

    def tokens_of(self, texts: Sequence[str]) -> list[list[int]]:
        """Return token ids, special tokens with them; what is too long is cut."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]

    def vectors_of(self, batch: Sequence[Sequence[int]]) -> Vectors:
        """Return one vector per text given by its tokens, all of them done at once.

        Texts of fewer than ``ALONE_BELOW`` tokens come alone.

        Returns:
            Array of shape (len(batch), d), float32, rows of L2 norm 1, in input order.
        """
        lengths = np.array([len(ids) for ids in batch], np.int32)
        filled = np.zeros((len(batch), int(lengths.max())), np.int32)
        for row, ids in zip(filled, batch, strict=True):
            row[: len(ids)] = ids  # what lies behind its length is never looked at
        output = self._encoder.forward_batch(
            self._storage.from_array(filled), self._storage.from_array(lengths)
        )
        states = np.array(output.last_hidden_state, np.float32)
        return unit_rows(np.stack(list(map(self._pool, states, lengths))))

    def _pool(self, states: NDArray[np.float32], length: int) -> NDArray[np.float32]:
        if self._spec.pooling is Pooling.CLS:
            first: NDArray[np.float32] = states[0]
            return first
        mean: NDArray[np.float32] = states[:length].mean(axis=0)
        return mean


def has_int8_form(directory: Path) -> bool:
    """Tell whether an assembled model has one: not every architecture can be converted."""
    return (directory / QUERY_FORM / "model.bin").is_file()


def unit_rows(rows: NDArray[np.float32]) -> Vectors:
    """Return the rows scaled to L2 norm 1; a row of zeros stays one."""
    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: Vectors = (rows / np.maximum(norms, np.finfo(np.float32).tiny)).astype(np.float32)
    return unit
