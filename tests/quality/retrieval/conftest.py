"""The demo school with real models, and a few English sheets among it, opened once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from cli.evaluate import open_tools
from indexer.engine import Engine
from indexer.evaluation.dataset import CorpusDocument, Dataset, read_dataset
from indexer.evaluation.judged import id_of
from indexer.evaluation.run import Tools, open_collection
from indexer.ports import PassageEncoder
from indexer.retrieval.search import rank_documents
from schemas.identity import EVERYONE
from schemas.query import Filter, Query, RetrieverChoice
from schemas.settings import ModelSettings, Settings

if TYPE_CHECKING:
    from schemas.passage import Vectors

HERE = Path(__file__).resolve().parent
DEMO = HERE.parents[2] / "fixtures" / "judgments" / "demo"
LANGUAGES = tomllib.loads((HERE / "languages.toml").read_text(encoding="utf-8"))

Ask = Callable[..., list[str]]
"""Returns the names of documents for a query, best first."""


class RememberingEncoder:
    """Encodes each text once: every test here indexes the same school."""

    def __init__(self, encoder: PassageEncoder) -> None:
        self.name, self.dimensions = encoder.name, encoder.dimensions
        self.count_tokens = encoder.count_tokens
        self._encode = encoder.encode_passages
        self._known: dict[str, Vectors] = {}

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known |= zip(new, self._encode(new), strict=True)
        return np.stack([self._known[text] for text in texts])


@pytest.fixture(scope="session")
def real_settings(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        data_dir=tmp_path_factory.mktemp("quality"),
        models=ModelSettings(directory=str(models_dir), threads=2),
    )


@pytest.fixture(scope="session")
def tools(real_settings: Settings) -> Tools:
    """What cuts and encodes the school, as ingestion does."""
    opened = open_tools(real_settings)
    remembering = RememberingEncoder(opened.passage_encoder)
    return msgspec.structs.replace(opened, passage_encoder=remembering)


@pytest.fixture(scope="session")
def collection() -> Dataset:
    """The demo school with the English sheets."""
    demo = read_dataset(DEMO, "dev")
    english = tuple(
        CorpusDocument(id=each["id"], title=each["title"], text=each["text"].strip())
        for each in LANGUAGES["documents"]
    )
    return msgspec.structs.replace(demo, documents=(*demo.documents, *english))


@pytest.fixture(scope="session")
def engine(collection: Dataset, real_settings: Settings, tools: Tools) -> Iterator[Engine]:
    with open_collection(collection, real_settings, tools) as (engine, _):
        yield engine


@pytest.fixture(scope="session")
def ask(collection: Dataset, engine: Engine) -> Ask:
    names = {id_of(each.id): each.id for each in collection.documents}
    where = Filter(audiences=frozenset({EVERYONE}))

    def ranked(text: str, retrievers: RetrieverChoice = RetrieverChoice.HYBRID) -> list[str]:
        query = Query(text=text, filter=where, retrievers=retrievers)
        return [names[document_id] for document_id, _ in rank_documents(query, engine)]

    return ranked
