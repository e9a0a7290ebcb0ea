"""An encoder that a school adds is one entry of its manifest: prompts, pooling, dimensions."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from fixtures.small_models import DIMENSIONS, MANIFEST, write_small_encoder
from indexer.dense.passage_encoder import open_with
from indexer.dense.query_encoder import Int8QueryEncoder, open_query_encoder
from indexer.models.pull import pull_models
from schemas.settings import ModelSettings, Precision, Settings

pytestmark = pytest.mark.slow
TEXTS = ("Fixer un prix.", "Le bail commercial.", "Trouver des clients sans budget.")


@pytest.fixture(scope="module")
def settings(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    data_dir = tmp_path_factory.mktemp("other")
    tokenizer = models_dir / "multilingual-e5-small" / "tokenizer.json"
    write_small_encoder(data_dir / "by-hand" / "small-encoder", tokenizer)
    (data_dir / "models.toml").write_text(MANIFEST, encoding="utf-8")
    models = ModelSettings(
        manifest=str(data_dir / "models.toml"), encoder="small-encoder", threads=1
    )
    chosen = Settings(data_dir=data_dir, models=models)
    pull_models(chosen, ["small-encoder"])
    return chosen


def test_its_queries_have_an_int8_form_of_its_own_size(settings: Settings) -> None:
    encoder = open_query_encoder(settings, "small-encoder")

    assert isinstance(encoder, Int8QueryEncoder)
    assert encoder.encode_query("prix").shape == (DIMENSIONS,)


@pytest.mark.parametrize("precision", [Precision.FP32, Precision.INT8])
def test_prompts_and_pooling_are_those_of_its_entry(
    settings: Settings, precision: Precision
) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    directory = settings.models_dir / "small-encoder"
    read, model = AutoTokenizer.from_pretrained(directory), AutoModel.from_pretrained(directory)
    with torch.inference_mode():
        rows = [
            model(**read(f"texte : {text}", return_tensors="pt")).last_hidden_state[0, 0].numpy()
            for text in TEXTS
        ]
    expected = np.array([row / np.linalg.norm(row) for row in rows])

    found = open_with(settings, "small-encoder", precision).encode_passages(TEXTS)

    assert found.shape == (len(TEXTS), DIMENSIONS)
    assert (found * expected).sum(axis=1) == pytest.approx(1.0, abs=2e-2)


def test_queries_are_asked_with_its_query_prompt(settings: Settings) -> None:
    slow = open_with(settings, "small-encoder", Precision.FP32)
    quick = open_query_encoder(settings, "small-encoder")
    as_passage = slow.encode_passages(["prix"])[0]

    asked = quick.encode_query("prix")

    assert float(asked @ slow.encode_query("prix")) > float(asked @ as_passage)


def test_a_vector_of_another_prompt_is_another_vector(settings: Settings) -> None:
    path = Path(settings.models.manifest)
    other = path.with_name("other.toml")
    other.write_text(
        path.read_text(encoding="utf-8").replace("texte : ", "tout autre chose : "),
        encoding="utf-8",
    )
    models = msgspec.structs.replace(settings.models, manifest=str(other))
    changed = msgspec.structs.replace(settings, models=models)
    one = open_with(settings, "small-encoder", Precision.FP32).encode_passages(TEXTS)
    two = open_with(changed, "small-encoder", Precision.FP32).encode_passages(TEXTS)

    assert not np.allclose(one, two, atol=1e-3)
