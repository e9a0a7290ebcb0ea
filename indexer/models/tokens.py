"""Counting encoder tokens without torch: what passage budgets are made of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from indexer.models.manifest import model_dir
from schemas.settings import Settings


class TokenCounter:
    """Counts tokens as the encoder of one model will see them. Safe in several threads."""

    def __init__(self, directory: Path) -> None:
        """Read ``tokenizer.json`` of an assembled model."""
        self._tokenizer = open_tokenizer(directory)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, special tokens not counted."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]


def open_token_counter(settings: Settings, name: str) -> TokenCounter:
    """Open the tokenizer of a model.

    Raises:
        NotFoundError: If the model was not pulled.
    """
    return TokenCounter(model_dir(settings, name))


def open_tokenizer(directory: Path, *, max_tokens: int | None = None) -> Tokenizer:
    """Read a model's tokenizer; it cuts inputs at ``max_tokens``, special tokens counted."""
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if max_tokens is not None:
        tokenizer.enable_truncation(max_length=max_tokens)
    return tokenizer
