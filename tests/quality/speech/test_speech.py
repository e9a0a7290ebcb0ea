"""Floors of speech recognition, on a narrated video whose sentences' times are known."""

from __future__ import annotations

import json
import re
from difflib import SequenceMatcher
from pathlib import Path
from statistics import median
from typing import Any, Final

import jiwer
import pytest

from fixtures.builders import a_submission
from indexer.blobs import open_blobs
from pipelines.extraction.extract import extract
from pipelines.extraction.glossary import load_glossary
from pipelines.extraction.speech import open_transcriber
from pipelines.ports import ExtractionDeps
from schemas.content import Transcript, Word
from schemas.settings import IngestionSettings, Settings

MEDIA: Final = Path(__file__).resolve().parents[3] / "fixtures" / "media"
VIDEO: Final = MEDIA / "tva-franchise.mp4"
MAX_ERROR: Final = 0.10  # .083 measured with the base model; a synthetic voice full of jargon
MAX_OFF_MS: Final = 500
MAX_MEDIAN_OFF_MS: Final = 60  # 20 measured
MIN_SENTENCES: Final = 20


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


def first_words(sentences: list[dict[str, Any]]) -> list[tuple[str, int | None]]:
    """Return every word, the first of each sentence with the moment it is said."""
    return [
        (word, sentence["start_ms"] if n == 0 else None)
        for sentence in sentences
        for n, word in enumerate(plain(sentence["text"]).split())
    ]


def offsets(words: list[Word], truth: list[tuple[str, int | None]]) -> list[int]:
    """Return by how many ms each sentence start that was recognised is off."""
    heard = [(part, word) for word in words for part in plain(word.text).split()[:1]]
    match = SequenceMatcher(None, [h for h, _ in heard], [t for t, _ in truth], autojunk=False)
    pairs = [
        (heard[block.a + n][1].start_ms, truth[block.b + n][1])
        for block in match.get_matching_blocks()
        for n in range(block.size)
    ]
    return [found - said for found, said in pairs if said is not None]


@pytest.mark.slow
def test_a_narrated_video_is_understood_and_timed(model_settings: Settings) -> None:
    transcriber = open_transcriber(model_settings, load_glossary())
    deps = ExtractionDeps(IngestionSettings(), open_blobs("memory://"), transcriber, lambda _: None)
    found = extract(a_submission(filename=VIDEO.name), VIDEO, deps)
    assert isinstance(found.content, Transcript)
    said = " ".join(u.text for u in found.content.utterances if not u.flags)
    written = VIDEO.with_suffix(".txt").read_text(encoding="utf-8")
    truth = json.loads(VIDEO.with_suffix(".times.json").read_text(encoding="utf-8"))
    words = [w for u in found.content.utterances for w in u.words]
    off = [abs(n) for n in offsets(words, first_words(truth))]
    assert jiwer.wer(plain(written), plain(said)) <= MAX_ERROR
    assert len(off) >= MIN_SENTENCES
    assert max(off) <= MAX_OFF_MS
    assert median(off) <= MAX_MEDIAN_OFF_MS
