"""Turning fetched files into the form that is loaded. torch is imported only when needed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from indexer.models.e5_q4 import read_e5_q4
from indexer.models.manifest import BuildStep, ModelSpec, Pooling
from schemas.errors import PermanentError

QUERY_FORM: Final = "query"
"""Directory, inside a model, of its CTranslate2 form for queries."""
_E5_FILE: Final = "e5-small-q4.bin"


def build(step: BuildStep, spec: ModelSpec, directory: Path) -> None:
    """Run one conversion in a model's directory; does nothing if its result is there already.

    Raises:
        DamagedFileError: If the fetched file is not of the form expected.
        PermanentError: If the conversion needs libraries that this machine lacks.
    """
    match step:
        case BuildStep.E5_Q4:
            if not (directory / "model.safetensors").is_file():
                _dequantise(spec, directory)
        case BuildStep.CTRANSLATE2_INT8:
            if not (directory / QUERY_FORM / "model.bin").is_file():
                _convert(directory)


def _dequantise(spec: ModelSpec, directory: Path) -> None:
    """Write the 4-bit weights as float16 safetensors that sentence-transformers loads.

    A weight is a 4-bit integer times a float16 scale: float16 rounds it by at most 1 in 2048,
    far below the 4-bit step, and halves the file.
    """
    try:
        from safetensors.numpy import save_file
    except ImportError as exc:
        raise _missing_extra() from exc

    source = directory / _E5_FILE
    header, tensors = read_e5_q4(source)
    save_file(tensors, directory / "model.safetensors", metadata={"format": "pt"})
    for name, content in _sentence_transformers_files(spec, header.to_config()).items():
        path = directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    source.unlink()


def _sentence_transformers_files(spec: ModelSpec, config: dict[str, object]) -> dict[str, object]:
    return {
        "config.json": config,
        "tokenizer_config.json": {
            # The generic class reads tokenizer.json as it is; XLMRobertaTokenizer would rebuild
            # the pre-tokenizer from the vocabulary.
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": spec.max_tokens,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        },
        "modules.json": [
            {
                "idx": index,
                "name": str(index),
                "path": path,
                "type": f"sentence_transformers.models.{kind}",
            }
            for index, (path, kind) in enumerate([
                ("", "Transformer"),
                ("1_Pooling", "Pooling"),
                ("2_Normalize", "Normalize"),
            ])
        ],
        "sentence_bert_config.json": {"max_seq_length": spec.max_tokens, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": spec.query_prompt, "document": spec.passage_prompt},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": spec.dimensions,
            "pooling_mode_mean_tokens": spec.pooling is Pooling.MEAN,
            "pooling_mode_cls_token": spec.pooling is Pooling.CLS,
        },
        "2_Normalize/config.json": {},
    }


def _convert(directory: Path) -> None:
    """Write the encoder once more in CTranslate2's form, int8, for single queries on one core."""
    try:
        import torch
        from ctranslate2.converters import TransformersConverter
        from transformers.utils import logging
    except ImportError as exc:
        raise _missing_extra() from exc

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    with torch.inference_mode(), _as_converted(directory) as readable:
        converter = TransformersConverter(str(readable))
        converter.convert(str(directory / QUERY_FORM), quantization="int8")


@contextmanager
def _as_converted(directory: Path) -> Iterator[Path]:
    """Give a view of the model whose configuration says what the converter asks for.

    It reads ``position_embedding_type``, which transformers 5 neither writes nor knows: absolute
    positions are the only ones left.
    """
    with tempfile.TemporaryDirectory(prefix="cordee-convert-") as name:
        view = Path(name)
        for path in directory.iterdir():
            (view / path.name).symlink_to(path.absolute())
        config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
        config.setdefault("position_embedding_type", "absolute")
        (view / "config.json").unlink()
        (view / "config.json").write_text(json.dumps(config), encoding="utf-8")
        yield view


def _missing_extra() -> PermanentError:
    return PermanentError(
        "Building this model needs torch, which this installation lacks. Pull models where "
        "cordee[ingest] is installed (the worker), or copy its models directory."
    )
