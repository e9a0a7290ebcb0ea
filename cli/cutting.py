"""Segmentation as ingestion uses it, for the commands that measure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from schemas.settings import Settings

if TYPE_CHECKING:
    from indexer.evaluation.run import Cut


def open_cut(settings: Settings) -> Cut:
    """Return segmentation alone, without the encoder.

    Raises:
        NotFoundError: If the encoder, whose tokens are counted, was not pulled.
    """
    # What ingestion needs is imported when a command runs: every other one should start at once.
    from indexer.models.tokens import open_token_counter
    from pipelines.enrichment.language import language_of
    from pipelines.stages import cut_text

    counter = open_token_counter(settings, settings.models.encoder)
    return partial(
        cut_text,
        language_of=language_of,
        count_tokens=counter.count_tokens,
        settings=settings.ingestion,
    )
