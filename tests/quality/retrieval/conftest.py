"""The demo school with real models, and a few English sheets among it, opened once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from cli.evaluate import open_tools
from indexer.engine import Engine
from indexer.evaluation.dataset import CorpusDocument, Dataset, read_dataset
from indexer.evaluation.judged import id_of
from indexer.evaluation.run import open_collection
from indexer.retrieval.search import rank_documents
from schemas.identity import EVERYONE
from schemas.query import Filter, Query, RetrieverChoice
from schemas.settings import ModelSettings, Settings

HERE = Path(__file__).resolve().parent
DEMO = HERE.parents[2] / "fixtures" / "judgments" / "demo"
LANGUAGES = tomllib.loads((HERE / "languages.toml").read_text(encoding="utf-8"))

Ask = Callable[..., list[str]]
"""Returns the names of documents for a query, best first."""


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
def engine(
    collection: Dataset, models_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("quality"),
        models=ModelSettings(directory=str(models_dir), threads=2),
    )
    with open_collection(collection, settings, open_tools(settings)) as (engine, _):
        yield engine


@pytest.fixture(scope="session")
def ask(collection: Dataset, engine: Engine) -> Ask:
    names = {id_of(each.id): each.id for each in collection.documents}
    where = Filter(audiences=frozenset({EVERYONE}))

    def ranked(text: str, retrievers: RetrieverChoice = RetrieverChoice.HYBRID) -> list[str]:
        query = Query(text=text, filter=where, retrievers=retrievers)
        return [names[document_id] for document_id, _ in rank_documents(query, engine)]

    return ranked
