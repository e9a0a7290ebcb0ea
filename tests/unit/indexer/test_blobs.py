import os
import time
from pathlib import Path

import pytest

from indexer.blobs import open_blobs
from schemas.errors import SettingsError

CONTENT = b"du texte"


def names(directory: Path) -> list[str]:
    return sorted(str(p.relative_to(directory)) for p in directory.rglob("*") if p.is_file())


def test_blobs_cannot_live_just_anywhere() -> None:
    with pytest.raises(SettingsError, match="ftp"):
        open_blobs("ftp://host/path")


def test_a_blob_on_disk_is_one_file_read_in_place(tmp_path: Path) -> None:
    blobs = open_blobs(tmp_path.as_uri())

    key = blobs.put(CONTENT)

    with blobs.local_path(key) as path:
        assert path == tmp_path / key[:2] / key
    assert names(tmp_path) == [f"{key[:2]}/{key}"]


def test_writing_twice_leaves_the_first_file_alone(tmp_path: Path) -> None:
    blobs = open_blobs(tmp_path.as_uri())
    key = blobs.put(CONTENT)
    before = (tmp_path / key[:2] / key).stat()

    blobs.put(CONTENT)

    after = (tmp_path / key[:2] / key).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_a_crash_left_behind_is_dropped_after_a_day(tmp_path: Path) -> None:
    (tmp_path / "incoming").mkdir()
    for name, age_s in (("old", 25 * 3600), ("young", 60)):
        path = tmp_path / "incoming" / name
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age_s,) * 2)

    open_blobs(tmp_path.as_uri())

    assert names(tmp_path) == ["incoming/young"]


def test_a_copy_for_reading_is_gone_afterwards() -> None:
    blobs = open_blobs("memory://")
    with blobs.local_path(blobs.put(CONTENT)) as path:
        assert path.read_bytes() == CONTENT

    assert not path.parent.exists()
