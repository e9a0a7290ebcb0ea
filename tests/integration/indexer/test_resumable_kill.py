"""A server that is killed while pieces arrive goes on from what is on its disk."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from indexer.catalog.database import utc_now
from indexer.intake import SubmissionOptions
from indexer.resumable import ResumableUploads
from schemas.ids import PersonId
from schemas.settings import Settings

MEGABYTE = 1_000_000
N_PIECES = 200
SERVER = """
import sys, time
from pathlib import Path
from indexer.catalog.database import utc_now
from indexer.resumable import ResumableUploads
from schemas.ids import PersonId
from schemas.settings import Settings

uploads = ResumableUploads(Settings(data_dir=Path(sys.argv[1])), utc_now)
upload = uploads.get(PersonId("m-1"), sys.argv[2])
with uploads.held(upload), uploads.writing(upload, offset=0) as pieces:
    for number in range(120):
        pieces.add(bytes([number]) * 1_000_000)
    print("sent", flush=True)
    time.sleep(60)
"""


def test_200_megabytes_cut_at_60_percent_go_on_and_are_whole(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    uploads = ResumableUploads(settings, utc_now)
    owner = PersonId("m-1")
    upload = uploads.create(
        owner,
        length=N_PIECES * MEGABYTE,
        filename="cours.mp4",
        options=SubmissionOptions(),
    )
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path), upload.id], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    assert server.stdout.readline() == "sent\n"
    server.kill()
    server.wait()
    server.stdout.close()

    found = uploads.get(owner, upload.id)
    kept = uploads.offset(found)
    with uploads.held(found), uploads.writing(found, offset=kept) as pieces:
        first, rest = divmod(kept, MEGABYTE)
        pieces.add(bytes([first]) * (MEGABYTE - rest))
        for number in range(first + 1, N_PIECES):
            pieces.add(bytes([number]) * MEGABYTE)

    assert 110 * MEGABYTE <= kept <= 120 * MEGABYTE
    expected = hashlib.sha256()
    for number in range(N_PIECES):
        expected.update(bytes([number]) * MEGABYTE)
    with uploads.path(found).open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == expected.hexdigest()
