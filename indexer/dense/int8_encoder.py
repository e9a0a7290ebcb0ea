"""Passages to vectors on CTranslate2: int8, one core for each batch, no torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from indexer.dense.encoder import warn_of_cuts
from indexer.dense.int8 import ALONE_BELOW, Int8Model
from indexer.models.manifest import ModelSpec
from indexer.models.tokens import TokenCounter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from schemas.passage import Vectors

_BATCH_TOKENS: Final = 512
"""Of one batch, padding counted: about two passages. More at once is no faster, and titles and tag
descriptions go together by the dozen."""


class Int8PassageEncoder:
    """Passage encoder on the int8 form of a model, as many batches side by side as there are cores.

    A vector does not depend on what it was encoded with.
    """

    def __init__(self, name: str, spec: ModelSpec, directory: Path, *, threads: int) -> None:
        """Load the int8 form of an assembled model; ``threads`` are those of one call."""
        self._name = name
        self._spec = spec
        self._threads = threads
        self._counter = TokenCounter(directory)
        self._model = Int8Model(spec, directory, at_once=threads)

    @property
    def name(self) -> str:
        """Manifest name of the model."""
        return self._name

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._spec.dimensions

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one vector per text; a text longer than the model reads is cut, with a warning.

        Returns:
            Array of shape (len(texts), d), float32, rows of L2 norm 1, in input order.
        """
        prompted = [self._spec.passage_prompt + text for text in texts]
        warn_of_cuts(self._counter, self._spec, prompted)
        return self._encode(prompted)

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Return one vector of shape (d,), float32, L2 norm 1."""
        vector: NDArray[np.float32] = self._encode([self._spec.query_prompt + text])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, prompt and special tokens not counted."""
        return self._counter.count_tokens(texts)

    def _encode(self, prompted: Sequence[str]) -> Vectors:
        rows = np.empty((len(prompted), self.dimensions), np.float32)
        tokens = self._model.tokens_of(prompted)

        def fill(places: list[int]) -> None:
            rows[places] = self._model.vectors_of([tokens[place] for place in places])

        with ThreadPoolExecutor(self._threads) as pool:
            list(pool.map(fill, batches([len(ids) for ids in tokens])))
        return rows


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield places of texts that go together, the longest first so that cores end together.

    The shortest go alone: their vectors would depend on it.
    """
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        is_full = (len(batch) + 1) * lengths[batch[0]] > _BATCH_TOKENS if batch else False
        if batch and (is_full or lengths[place] < ALONE_BELOW):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
