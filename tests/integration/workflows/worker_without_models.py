"""A real worker whose encoder and ear are small stand-ins: it starts at once and is never slow.

Run as: worker_without_models.py DATA_DIR.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from fixtures.fakes import FakeTranscriber, HashingEncoder
from indexer.blobs import open_blobs
from indexer.catalog.catalog import open_catalog
from indexer.catalog.database import utc_now
from indexer.log import configure_logging
from indexer.taxonomy import load_taxonomy
from pipelines.bootstrap import Pipeline
from pipelines.enrichment.language import language_of
from pipelines.enrichment.tags import Tagger
from pipelines.workflows.runtime import serve_queues, worker_slot
from schemas.settings import Settings, load_settings


@contextmanager
def a_pipeline(settings: Settings) -> Iterator[Pipeline]:
    """Open the bundle of a worker over real stores."""
    encoder = HashingEncoder(settings.models.encoder)
    with closing(open_catalog(settings.catalog_url)) as catalog:
        yield Pipeline(
            settings=settings,
            catalog=catalog,
            blobs=open_blobs(settings.blob_url),
            clock=utc_now,
            transcriber=FakeTranscriber(),
            encoder=lambda _: encoder,
            tagger=lambda: Tagger(load_taxonomy(None), encoder),
            count_tokens=encoder.count_tokens,
            language_of=language_of,
        )


def main(data_dir: str) -> None:
    """Run until killed."""
    configure_logging(level="info")
    settings = load_settings(os.environ, data_dir=Path(data_dir))
    with a_pipeline(settings) as pipeline, worker_slot(settings.data_dir) as name:
        serve_queues(pipeline, name, threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
