"""Passages to vectors, in batches: sentence-transformers on as many cores as we may use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import structlog

from indexer.dense.int8 import unit_rows
from indexer.models.cores import n_threads
from indexer.models.manifest import ModelSpec, model_dir, spec_of
from indexer.models.tokens import TokenCounter
from schemas.errors import PermanentError
from schemas.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from schemas.passage import Vectors

_BATCH: Final = 16  # passages at once on a CPU: more only adds padding

log = structlog.get_logger(__name__)


class SentenceEncoder:
    """Passage encoder on sentence-transformers; also encodes queries, slowly.

    Vectors leave as float32, whatever the weights are.
    """

    def __init__(
        self, name: str, spec: ModelSpec, directory: Path, *, threads: int, bf16: bool = False
    ) -> None:
        """Load an assembled model; ``threads`` is set for torch in this whole process.

        Raises:
            PermanentError: If sentence-transformers is not installed.
        """
        try:
            import torch
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as transformers_logging
        except ImportError as exc:
            raise PermanentError(
                "Encoding passages needs sentence-transformers: install cordee[ingest]."
            ) from exc

        # A bar in a worker's log is noise.
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.set_num_threads(threads)
        self._name = name
        self._spec = spec
        self._counter = TokenCounter(directory)
        dtype = torch.bfloat16 if bf16 else torch.float32
        self._model: Any = SentenceTransformer(
            str(directory), device="cpu", local_files_only=True, model_kwargs={"dtype": dtype}
        )

    @property
    def name(self) -> str:
        """Manifest name of the model."""
        return self._name

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._spec.dimensions

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one vector per text.

        A text longer than the model reads is cut, and a warning says how many were: passages of
        the usual budget never are.

        Returns:
            Array of shape (len(texts), d), float32, rows of L2 norm 1, in input order.
        """
        prompt = self._spec.passage_prompt
        warn_of_cuts(self._counter, self._spec, [prompt + text for text in texts])
        return self._encode(texts, prompt)

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Return one vector of shape (d,), float32, L2 norm 1."""
        vector: NDArray[np.float32] = self._encode([text], self._spec.query_prompt)[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, prompt and special tokens not counted."""
        return self._counter.count_tokens(texts)

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        # sentence-transformers sorts by length before it cuts batches, and restores the order.
        rows = self._model.encode(
            list(texts), prompt=prompt, batch_size=_BATCH, show_progress_bar=False
        )
        return unit_rows(np.asarray(rows, np.float32))


def open_sentence_encoder(settings: Settings, name: str, *, bf16: bool = False) -> SentenceEncoder:
    """Load a model into sentence-transformers; takes seconds and needs the ``ingest`` extra.

    Raises:
        NotFoundError: If the model was not pulled.
        PermanentError: If sentence-transformers is not installed.
    """
    spec, directory = spec_of(settings, name), model_dir(settings, name)
    return SentenceEncoder(name, spec, directory, threads=n_threads(settings), bf16=bf16)


def warn_of_cuts(counter: TokenCounter, spec: ModelSpec, texts: Sequence[str]) -> None:
    """Log how many texts, prompt included, are longer than the model reads."""
    room = spec.max_tokens - 2  # <s> and </s>
    n_cut = sum(n > room for n in counter.count_tokens(texts))
    if n_cut:
        log.warning("encoder.truncated", n_texts=n_cut, max_tokens=spec.max_tokens)
