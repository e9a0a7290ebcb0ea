"""From settings to the bundle that the stages work with; heavy models load at first use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from indexer.analysis.lexicon import load_lexicon
from indexer.blobs import open_blobs
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.catalog.database import utc_now
from indexer.dense.passage_encoder import open_passage_encoder
from indexer.models.tokens import open_token_counter
from indexer.ports import BlobStore, PassageEncoder
from indexer.taxonomy import load_taxonomy
from pipelines.enrichment.heard import french_uses
from pipelines.enrichment.language import language_of
from pipelines.enrichment.mending import Mender
from pipelines.enrichment.tags import Tagger
from pipelines.extraction.glossary import GlossaryTerm, load_glossary
from pipelines.extraction.speech import open_transcriber
from pipelines.extraction.voice_encoder import open_voice_encoder
from pipelines.ports import Mend, Transcriber, VoiceEncoder, as_heard
from pipelines.segmentation.passages import LanguageOf
from pipelines.stages import CountTokens, TagAssigning
from schemas.settings import Settings

T = TypeVar("T")


class Pipeline(msgspec.Struct, frozen=True):
    """Everything that the stages need from the outside."""

    settings: Settings
    catalog: Catalog
    blobs: BlobStore
    clock: Callable[[], datetime]
    transcriber: Transcriber
    encoder: Callable[[str], PassageEncoder]
    """Gives the encoder of a manifest name; loads it once."""
    tagger: Callable[[], TagAssigning]
    """Works on vectors of the configured encoder."""
    count_tokens: CountTokens
    language_of: LanguageOf
    mend: Mend = as_heard
    voice_encoder: VoiceEncoder | None = None

    def encoder_names(self) -> list[str]:
        """Return the encoders that a passage needs now: configured, and served if another."""
        served = self.catalog.generations.ensure(self.settings.models.encoder).encoder
        return list(dict.fromkeys([self.settings.models.encoder, served]))


@contextmanager
def open_pipeline(settings: Settings) -> Iterator[Pipeline]:
    """Open the catalog and the blob store, and prepare the models without loading them."""
    taxonomy = load_taxonomy(Path(settings.tags.taxonomy) if settings.tags.taxonomy else None)
    own_glossary = settings.ingestion.glossary
    glossary = load_glossary(Path(own_glossary)) if own_glossary else load_glossary()
    encoders = _Once(lambda name: open_passage_encoder(settings, name))
    taggers = _Once(lambda name: Tagger(taxonomy, encoders(name)))
    counters = _Once(lambda name: open_token_counter(settings, name))
    encoder = settings.models.encoder
    catalog = open_catalog(settings.catalog_url, pool_size=settings.catalog.pool_size)
    try:
        yield Pipeline(
            settings=settings,
            catalog=catalog,
            blobs=open_blobs(settings.blob_url),
            clock=utc_now,
            transcriber=open_transcriber(settings, glossary),
            encoder=encoders,
            tagger=lambda: taggers(encoder),
            count_tokens=lambda texts: counters(encoder).count_tokens(texts),
            language_of=language_of,
            mend=_mending(settings, glossary),
            voice_encoder=open_voice_encoder(settings),
        )
    finally:
        catalog.close()


def _mending(settings: Settings, glossary: Sequence[GlossaryTerm]) -> Mend:
    """Return what mends misheard terms; the lexicon is read when the first one is looked for."""
    if settings.ingestion.language != "fr":
        return as_heard
    menders = _Once(lambda _: Mender(glossary, french_uses(load_lexicon())))
    return lambda transcript: menders("fr").mend(transcript)


class _Once(Generic[T]):
    """Makes a thing of a name at first use and keeps it for the life of the worker."""

    def __init__(self, make: Callable[[str], T]) -> None:
        self._make = make
        self._made: dict[str, T] = {}
        self._lock = threading.Lock()

    def __call__(self, name: str) -> T:
        with self._lock:
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]
