"""A recording through extraction with a glossary: what the ear misheard, the transcript mends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fixtures.builders import a_submission
from fixtures.fakes import FakeTranscriber
from indexer.analysis.lexicon import load_lexicon
from indexer.ports import BlobStore
from pipelines.enrichment.heard import french_uses
from pipelines.enrichment.mending import Mender
from pipelines.extraction.extract import extract
from pipelines.extraction.glossary import load_glossary
from pipelines.ports import ExtractionDeps, Mend, as_heard
from schemas.content import Transcript
from schemas.settings import IngestionSettings

Make = Callable[..., Path]
TONE = "sine=frequency=440:duration=2"
EAR = FakeTranscriber(["Déclarez à l'Ursafe.", "Votre numéro ciré, et un cas bis."])


def extracted(path: Path, blobs: BlobStore, mend: Mend) -> Transcript:
    submission = a_submission(filename=path.name, original=blobs.put(path))
    deps = ExtractionDeps(IngestionSettings(), blobs, EAR, lambda _: None, mend)
    content = extract(submission, path, deps).content
    assert isinstance(content, Transcript)
    return content


def test_a_recording_is_mended_as_soon_as_it_is_heard(make_media: Make, blobs: BlobStore) -> None:
    mender = Mender(load_glossary(), french_uses(load_lexicon()))

    turns = extracted(make_media("call.m4a", TONE), blobs, mender.mend).utterances

    assert [u.text for u in turns] == ["Déclarez à l'URSSAF.", "Votre numéro SIRET, et un Kbis."]
    assert [u.heard for u in turns] == list(EAR.sentences)


def test_speech_of_another_language_stays_as_it_was_heard(
    make_media: Make, blobs: BlobStore
) -> None:
    turns = extracted(make_media("call.m4a", TONE), blobs, as_heard).utterances

    assert [u.text for u in turns] == list(EAR.sentences)
