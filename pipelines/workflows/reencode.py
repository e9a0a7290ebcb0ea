"""Encode every published passage with another encoder, beside the live index, then ask for it."""

from __future__ import annotations

from typing import Final

import structlog
from dbos import DBOS, StepOptions

from pipelines.bootstrap import Pipeline
from pipelines.stages import encoder_text
from schemas.errors import ConflictError, should_retry
from schemas.job import REENCODE_WORKFLOW

BATCH_PASSAGES: Final = 256
"""Passages of one step: under ten seconds of work that a crash can cost."""
MAX_RECOVERIES: Final = 100

_log = structlog.get_logger(__name__)


def register_reencode(pipeline: Pipeline) -> None:
    """Teach the workflow engine to encode again; called before its launch."""
    options = StepOptions(
        name="encode-batch",
        retries_allowed=True,
        should_retry=should_retry,
        max_attempts=pipeline.settings.ingestion.max_attempts,
    )

    @DBOS.workflow(name=REENCODE_WORKFLOW, max_recovery_attempts=MAX_RECOVERIES)
    def reencode_passages(encoder: str) -> int:
        while True:
            while DBOS.run_step(options, encode_batch, pipeline, encoder):
                pass
            number = DBOS.run_step({"name": "request"}, request_generation, pipeline, encoder)
            if number is not None:
                return number


def encode_batch(pipeline: Pipeline, encoder: str) -> int:
    """Give some passages that lack a vector of this encoder one; return how many had none."""
    lacking = pipeline.catalog.passages.without_vector(encoder, BATCH_PASSAGES)
    if lacking:
        ids = [passage_id for passage_id, _, _ in lacking]
        texts = [encoder_text(title, text) for _, title, text in lacking]
        rows = pipeline.encoder(encoder).encode_passages(texts)
        pipeline.catalog.passages.add_vectors(encoder, ids, rows)
        _log.info("passages.encoded", encoder=encoder, n_passages=len(ids))
    return len(lacking)


def request_generation(pipeline: Pipeline, encoder: str) -> int | None:
    """Ask for indexes of this encoder; ``None`` when passages were published without it."""
    current = pipeline.catalog.generations.current()
    if current.encoder == encoder:
        return current.number
    try:
        return pipeline.catalog.generations.request(encoder)
    except ConflictError:
        return None
