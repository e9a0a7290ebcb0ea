"""The terms that speech recognition listens for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SHIPPED_GLOSSARY: Final = Path(__file__).with_name("glossary.txt")


def load_glossary(path: Path = SHIPPED_GLOSSARY) -> tuple[str, ...]:
    """Return the terms of a glossary file, one a line; blank lines and ``#`` lines are skipped."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))
