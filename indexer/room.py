"""Room on the disk: nothing is taken in, and no stage begins, where it is nearly full."""

from __future__ import annotations

import errno
import shutil

from sqlalchemy.exc import OperationalError

from schemas.errors import StorageFullError
from schemas.settings import Settings

_FULL_SQLITE = "database or disk is full"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def free_bytes(settings: Settings) -> int:
    """Return the bytes that are free where the data directory is."""
    return shutil.disk_usage(settings.data_dir).free


def has_room(settings: Settings, n_bytes: int = 0) -> bool:
    """Tell whether so many bytes more leave free what the settings want to be free."""
    return free_bytes(settings) - n_bytes >= settings.ingestion.min_free_bytes


def check_room(settings: Settings, n_bytes: int) -> None:
    """Refuse bytes that there is no room for.

    Raises:
        StorageFullError: If they would leave too little free.
    """
    if not has_room(settings, n_bytes):
        raise StorageFullError(
            f"The disk is nearly full: {n_bytes} bytes cannot be taken in. Nothing was lost; free "
            "some room, then send the file again."
        )


def is_full(error: BaseException) -> bool:
    """Tell whether an error, or what caused it, says that the disk is full."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _FULL:
            return True
        if isinstance(seen, OperationalError) and _FULL_SQLITE in str(seen):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
