"""Secret keys of an installation, each in a file that is made when it is first needed."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path


def key_in(path: Path) -> str:
    """Return the key in a file that only its owner reads; make both where there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def _write_once(path: Path, text: str) -> None:
    """Create the file whole or not at all; of two processes that race, the first one wins."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mode 600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
