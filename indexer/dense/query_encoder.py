"""One query to one vector in a few milliseconds: CTranslate2, int8, one core, no torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from indexer.dense.encoder import open_sentence_encoder
from indexer.dense.gathering import Gathering
from indexer.dense.int8 import ALONE_BELOW, Int8Model, has_int8_form
from indexer.models.cores import n_threads
from indexer.models.manifest import ModelSpec, model_dir, spec_of
from schemas.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indexer.ports import QueryEncoder

MAX_AT_ONCE: Final = 4  # encodings side by side; they share one copy of the weights
MOST_TOGETHER: Final = 8  # queries of one encoding: a quarter less work for each; more gain nothing


class Int8QueryEncoder:
    """Query encoder on CTranslate2. Safe in several threads.

    Queries that come while all cores are encoding are encoded together, but for the shortest, which
    take half the time anyway; a vector does not depend on what it was encoded with.
    """

    def __init__(
        self,
        name: str,
        spec: ModelSpec,
        directory: Path,
        *,
        at_once: int,
        together: int = MOST_TOGETHER,
    ) -> None:
        """Load the int8 form of an assembled model.

        Args:
            name: Its name.
            spec: Its entry of the manifest.
            directory: Where it lies.
            at_once: Encodings that run side by side.
            together: Most queries of one encoding.
        """
        self._name = name
        self._prompt = spec.query_prompt
        self._model = Int8Model(spec, directory, at_once=at_once)
        self._gather: Gathering[list[int], NDArray[np.float32]] = Gathering(
            self._encode, at_once=at_once, most=together
        )

    @property
    def name(self) -> str:
        """Manifest name of the model."""
        return self._name

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Return one vector of shape (d,), float32, L2 norm 1; a too long query is cut."""
        (tokens,) = self._model.tokens_of([self._prompt + text])
        if len(tokens) < ALONE_BELOW:
            vector: NDArray[np.float32] = self._model.vectors_of([tokens])[0]
            return vector
        return self._gather(tokens)

    def _encode(self, batch: Sequence[list[int]]) -> list[NDArray[np.float32]]:
        return list(self._model.vectors_of(batch))


def open_query_encoder(settings: Settings, name: str) -> QueryEncoder:
    """Load the query encoder of a model.

    A model whose architecture CTranslate2 cannot convert has no int8 form: its queries go
    through sentence-transformers, four times as slow and only where the ``ingest`` extra is.

    Raises:
        NotFoundError: If the model was not pulled.
        PermanentError: If it has no int8 form and sentence-transformers is not installed.
    """
    spec = spec_of(settings, name)
    directory = model_dir(settings, name)
    if not has_int8_form(directory):
        return open_sentence_encoder(settings, name)
    return Int8QueryEncoder(name, spec, directory, at_once=min(n_threads(settings), MAX_AT_ONCE))
