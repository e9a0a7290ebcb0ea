"""Six projects as students write them: most of what is recommended helps, as judged by hand."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from fixtures.builders import a_document, a_profile
from indexer.bootstrap import open_engine
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.engine import Engine
from indexer.evaluation.dataset import read_dataset
from indexer.evaluation.judged import encode_judged, id_of
from indexer.evaluation.run import Tools
from indexer.retrieval.recommending import Known, recommend
from indexer.retrieval.wishes import Wish, wish_of_profile, wish_of_text
from indexer.taxonomy import load_taxonomy
from pipelines.enrichment.tags import Tagger
from schemas.document import DocumentKind, Visibility
from schemas.identity import EVERYONE, audiences_of
from schemas.query import Filter
from schemas.settings import Settings

HERE = Path(__file__).resolve().parent
DEMO = HERE.parents[2] / "fixtures" / "judgments" / "demo"
JUDGED = tomllib.loads((HERE / "recommendations.toml").read_text(encoding="utf-8"))
HELPS = {each["name"]: frozenset(each["helps"]) for each in JUDGED["profiles"]}

School = tuple[Engine, Catalog]


@pytest.fixture(scope="module")
def demo(
    real_settings: Settings, tools: Tools, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[School]:
    """The demo school with its kinds, its tags, and who may see what."""
    home = tmp_path_factory.mktemp("recommended")
    settings = msgspec.structs.replace(real_settings, data_dir=home)
    catalog = open_catalog(settings.catalog_url)
    with open_engine(settings, catalog) as handle:
        position = _publish(catalog, handle.engine, settings, tools)
        assert handle.wait_for(position, 60)
        yield handle.engine, catalog
    catalog.close()


def _publish(catalog: Catalog, engine: Engine, settings: Settings, tools: Tools) -> int:
    dataset = read_dataset(DEMO, "dev")
    name = settings.models.encoder
    part = encode_judged(
        dataset,
        tools.cut,
        lambda: tools.passage_encoder,
        encoder=name,
        cache=settings.data_dir / "vectors",
    )
    with engine.indexes.lease() as pair:
        tagger = Tagger(load_taxonomy(None), pair.encoder)
    lines = (DEMO / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    said = {line["_id"]: line["metadata"] for line in map(json.loads, lines)}
    row = position = 0
    for document, passages in zip(dataset.documents, part.passages, strict=True):
        vectors = np.asarray(part.vectors[row : row + len(passages)])
        row += len(passages)
        metadata = said[document.id]
        published = a_document(
            f"beir:{document.id}",
            title=document.title,
            kind=DocumentKind(metadata["kind"]),
            visibility=Visibility(metadata["visibility"]),
        )
        audiences = tuple(sorted(audiences_of(published.visibility, ())))
        own = [msgspec.structs.replace(each, audiences=audiences) for each in passages]
        tags, _ = tagger.assign(document.title, [each.text for each in own], vectors)
        assert published.id == id_of(document.id)
        position = catalog.publishing.publish(published, own, {name: vectors}, tags)
    return position


def _titles(demo: School, wish: Wish) -> list[str]:
    engine, catalog = demo
    where = Filter(audiences=frozenset({EVERYONE}))
    vectors_of = catalog.passages.vectors_among
    found = recommend(wish, where, engine, known=Known(), vectors_of=vectors_of)
    return [each.document.title for each in found]


@pytest.mark.slow
@pytest.mark.parametrize("written", JUDGED["profiles"], ids=lambda each: str(each["name"]))
def test_most_of_what_is_recommended_helps_the_project(
    demo: School, written: dict[str, Any]
) -> None:
    profile = a_profile(
        description=written["description"],
        sectors=tuple(written["sectors"]),
        stage=written.get("stage"),
        goals=tuple(written["goals"]),
    )

    titles = _titles(demo, wish_of_profile(profile, demo[0].taxonomy))

    assert len(titles) == len(set(titles)) == 10
    helping = [title for title in titles if title in HELPS[written["name"]]]
    assert len(helping) / 10 >= written["floor"], [t for t in titles if t not in helping]


@pytest.mark.slow
def test_one_sentence_brings_everything_for_a_shop_that_wants_a_crowdfunding(
    demo: School,
) -> None:
    asked = JUDGED["sentence"]

    titles = _titles(demo, wish_of_text(asked["q"], None, demo[0].taxonomy))

    helping = [title for title in titles if title in HELPS[asked["like"]]]
    assert len(helping) / 10 >= asked["floor"], [t for t in titles if t not in helping]


def test_every_judged_document_is_one_of_the_demo_school() -> None:
    titles = {each.title for each in read_dataset(DEMO, "dev").documents}

    assert {title for judged in HELPS.values() for title in judged} <= titles
