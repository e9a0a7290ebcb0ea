"""Which process owns an index directory: one at a time, and everybody can see which."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from filelock import FileLock, Timeout

from schemas.errors import ConflictError
from schemas.settings import Settings

OWNER_LOCK: Final = "owner.lock"
OWNER_FILE: Final = "owner.json"
_TAKE_S: Final = 1.0  # somebody who only asks for the owner holds the lock for an instant


class Owner(msgspec.Struct, frozen=True):
    """The process that holds an index directory."""

    host: str
    pid: int


def take(directory: Path) -> Callable[[], None]:
    """Make a directory this process's own; return what gives it back.

    Raises:
        ConflictError: If another process owns it; the message names that one.
    """
    directory.mkdir(parents=True, exist_ok=True)
    lock = FileLock(directory / OWNER_LOCK, timeout=_TAKE_S, thread_local=False)
    with _as_conflict(directory):
        lock.acquire()
    owner = Owner(host=socket.gethostname(), pid=os.getpid())
    (directory / OWNER_FILE).write_bytes(msgspec.json.encode(owner))
    return lock.release


def index_owner(settings: Settings) -> Owner | None:
    """Return who holds the index directory; ``None`` when nobody does."""
    lock = FileLock(settings.index_dir / OWNER_LOCK, timeout=0)
    if not settings.index_dir.is_dir():
        return None
    try:
        with lock:
            return None
    except Timeout:
        return _read_owner(settings.index_dir) or Owner(host="unknown", pid=0)


@contextmanager
def _as_conflict(directory: Path) -> Iterator[None]:
    try:
        yield
    except Timeout as exc:
        owner = _read_owner(directory)
        who = f"process {owner.pid} on {owner.host}" if owner else "another process"
        raise ConflictError(f"The index directory {directory} is in use by {who}.") from exc


def _read_owner(directory: Path) -> Owner | None:
    try:
        return msgspec.json.decode((directory / OWNER_FILE).read_bytes(), type=Owner)
    except (OSError, msgspec.MsgspecError):
        return None
