"""A query and a passage read together by a cross-encoder, through sentence-transformers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from indexer.models.cores import n_threads
from indexer.models.manifest import ModelKind, ModelSpec, model_dir, spec_of
from schemas.errors import PermanentError, SettingsError, TransientError
from schemas.settings import Settings

_BATCH: Final = 4  # pairs between two looks at the clock: a tenth of a second on one core


class CrossEncoderScorer:
    """Pair scorer on sentence-transformers. One call at a time."""

    def __init__(self, name: str, spec: ModelSpec, directory: Path, *, threads: int) -> None:
        """Load an assembled model; ``threads`` is set for torch in this whole process.

        Raises:
            PermanentError: If sentence-transformers is not installed, or the model has more than
                one score.
        """
        try:
            import torch
            from sentence_transformers import CrossEncoder
            from transformers.utils import logging as transformers_logging
        except ImportError as exc:
            raise PermanentError(
                "Reranking needs sentence-transformers: install cordee[ingest]."
            ) from exc

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.set_num_threads(threads)
        self._name = name
        self._identity = torch.nn.Identity()
        self._model: Any = CrossEncoder(
            str(directory), device="cpu", local_files_only=True, max_length=spec.max_tokens
        )
        if self._model.num_labels != 1:
            raise PermanentError(
                f"Model {name!r} has {self._model.num_labels} labels; a reranker has one score."
            )

    @property
    def name(self) -> str:
        """Manifest name of the model."""
        return self._name

    def score_pairs(
        self, query: str, texts: Sequence[str], *, is_over: Callable[[], bool]
    ) -> list[float] | None:
        """Return the model's raw score of each text; ``None`` once the time is over.

        The clock is looked at before every fourth text. A pair longer than the model reads is
        cut.

        Raises:
            TransientError: If the model fails.
        """
        scores: list[float] = []
        for start in range(0, len(texts), _BATCH):
            if is_over():
                return None
            pairs = [(query, text) for text in texts[start : start + _BATCH]]
            try:
                found = self._model.predict(
                    pairs,
                    batch_size=_BATCH,
                    activation_fn=self._identity,
                    show_progress_bar=False,
                )
            except RuntimeError as exc:  # torch: out of memory, most of all
                raise TransientError(f"Reranker {self._name!r} failed: {exc}") from exc
            scores += map(float, found)
        return None if is_over() else scores


def open_pair_scorer(settings: Settings, name: str) -> CrossEncoderScorer:
    """Load a reranker of the manifest.

    Raises:
        SettingsError: If the manifest has no such model, or it is none that scores pairs.
        NotFoundError: If the model was not pulled.
        PermanentError: If sentence-transformers is not installed.
    """
    spec = spec_of(settings, name)
    if spec.kind is not ModelKind.RERANKER:
        raise SettingsError(
            f"Model {name!r} is of kind {spec.kind}, search.reranker needs reranker."
        )
    return CrossEncoderScorer(name, spec, model_dir(settings, name), threads=n_threads(settings))
