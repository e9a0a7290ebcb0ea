from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from indexer.models.e5_q4 import read_e5_q4
from schemas.errors import DamagedFileError

HIDDEN, FEED_FORWARD, VOCABULARY, POSITIONS = 32, 64, 3, 4
LINEARS = {"q": (32, 32), "k": (32, 32), "v": (32, 32), "ao": (32, 32), "fi": (64, 32),
           "fo": (32, 64)}  # fmt: skip


def block(scale: float, nibbles: list[int]) -> bytes:
    """One Q4_0 block: byte j holds weight j low and weight j + 16 high."""
    packed = bytes(nibbles[j] | nibbles[j + 16] << 4 for j in range(16))
    return np.float16(scale).tobytes() + packed


def a_weight_file() -> bytes:
    """A network of one layer in the layout that ``e5.c`` reads."""
    zeros = block(1.0, [8] * 32)
    word = block(0.5, list(range(16)) * 2) + zeros * (VOCABULARY - 1)
    tensors: dict[str, bytes] = {"emb.word": word}
    for name, count in (
        ("emb.pos", POSITIONS * HIDDEN), ("emb.type", 2 * HIDDEN),
        ("emb.ln.w", HIDDEN), ("emb.ln.b", HIDDEN),
        *((f"l0.{norm}.{part}", HIDDEN) for norm in ("aln", "oln") for part in "wb"),
        *((f"l0.{name}.b", shape[0]) for name, shape in LINEARS.items()),
    ):  # fmt: skip
        tensors[name] = np.full(count, 0.25, "<f4").tobytes()
    for name, (rows, columns) in LINEARS.items():
        tensors[f"l0.{name}.w"] = zeros * (rows * columns // 32)
    shape = (1, HIDDEN, 1, 2, FEED_FORWARD, VOCABULARY, POSITIONS, 2)
    head = b"E5S1" + struct.pack("<8ifi", *shape, 1e-12, 32)
    head += struct.pack("<5iQ", 1, 0, 2, 1, 3, 2) + b"\0" * (4 * 2 + 4) + b"ab"  # tokenizer
    head += struct.pack("<iI", 0, 0) + struct.pack("<i", len(tensors))
    start = len(head) + sum(2 + len(name) + 21 for name in tensors)
    body = b""
    for name, content in tensors.items():
        entry = (0, len(content), start + len(body), len(content))
        head += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", *entry)
        body += content
    return head + body


def test_a_weight_is_its_nibble_less_eight_times_the_scale(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(a_weight_file())
    _, tensors = read_e5_q4(path)
    row = tensors["embeddings.word_embeddings.weight"][0]
    assert row[:3].tolist() == [-4.0, -3.5, -3.0]  # (0 - 8) x 0.5, (1 - 8) x 0.5, ...
    assert row[15:18].tolist() == [3.5, -4.0, -3.5]


def test_every_parameter_of_a_bert_gets_its_shape(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(a_weight_file())
    header, tensors = read_e5_q4(path)
    assert header.to_config()["intermediate_size"] == FEED_FORWARD
    assert tensors["encoder.layer.0.intermediate.dense.weight"].shape == (64, 32)
    assert tensors["encoder.layer.0.output.dense.weight"].shape == (32, 64)
    assert len(tensors) == 7 + 2 * len(LINEARS) + 4


@pytest.mark.parametrize("content", [b"", b"GGUF" + b"\0" * 100, a_weight_file()[:300]])
def test_another_or_a_broken_off_file_is_called_damaged(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"weights\.bin"):
        read_e5_q4(path)
