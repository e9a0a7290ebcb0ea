"""One query to one vector in a few milliseconds: CTranslate2, int8, one core, no torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from indexer.dense.encoder import open_passage_encoder, unit_rows
from indexer.models.assemble import QUERY_FORM
from indexer.models.cores import n_threads
from indexer.models.manifest import ModelSpec, Pooling, model_dir, spec_of
from indexer.models.tokens import open_tokenizer
from schemas.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indexer.ports import QueryEncoder

_THREADS_PER_QUERY: Final = 1  # measured: 4 ms; two threads take 20, they wait for each other
_MAX_AT_ONCE: Final = 4  # queries encoded side by side; they share one copy of the weights


class Int8QueryEncoder:
    """Query encoder on CTranslate2. Safe in several threads."""

    def __init__(self, name: str, spec: ModelSpec, directory: Path, *, at_once: int) -> None:
        """Load the int8 form of an assembled model; ``at_once`` queries run side by side."""
        import ctranslate2

        self._name = name
        self._spec = spec
        self._tokenizer = open_tokenizer(directory, max_tokens=spec.max_tokens)
        self._encoder: Any = ctranslate2.Encoder(
            str(directory / QUERY_FORM),
            device="cpu",
            compute_type="int8",
            inter_threads=at_once,
            intra_threads=_THREADS_PER_QUERY,
        )

    @property
    def name(self) -> str:
        """Manifest name of the model."""
        return self._name

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Return one vector of shape (d,), float32, L2 norm 1; a too long query is cut."""
        ids = self._tokenizer.encode(self._spec.query_prompt + text).ids
        output = self._encoder.forward_batch([ids])
        states = np.array(output.last_hidden_state, np.float32)[0]
        # A batch of one has no padding, so every row counts.
        pooled = states.mean(axis=0) if self._spec.pooling is Pooling.MEAN else states[0]
        vector: NDArray[np.float32] = unit_rows(pooled)
        return vector


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
    if not (directory / QUERY_FORM / "model.bin").is_file():
        return open_passage_encoder(settings, name)
    return Int8QueryEncoder(name, spec, directory, at_once=min(n_threads(settings), _MAX_AT_ONCE))
