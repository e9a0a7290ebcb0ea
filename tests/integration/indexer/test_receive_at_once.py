"""The same bytes from several processes at the same moment are one document."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from indexer.catalog.catalog import open_catalog
from schemas.settings import Settings

SENDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from cli.intake import intake_of
from indexer.intake import SubmissionOptions, receive
from schemas.settings import Settings

with intake_of(Settings(data_dir=Path(sys.argv[1]))) as intake:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(10):
        receive(
            intake,
            f"# Prix {number}".encode(),
            filename="prix.md",
            options=SubmissionOptions(location=f"file:///{sys.argv[2]}/{number}.md"),
            uploaded_by=None,
        )
"""


def test_one_file_from_two_processes_at_once_is_one_document(tmp_path: Path) -> None:
    with closing(open_catalog(Settings(data_dir=tmp_path).catalog_url)):
        pass  # made once, before two processes want it
    senders = [
        subprocess.Popen(
            [sys.executable, "-c", SENDER, str(tmp_path), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "other")
    ]
    for sender in senders:
        assert sender.stdout is not None
        assert sender.stdout.readline() == "ready\n"
    for sender in senders:
        sender.communicate("go\n", timeout=60)

    assert [sender.returncode for sender in senders] == [0, 0]
    with closing(open_catalog(Settings(data_dir=tmp_path).catalog_url)) as catalog:
        jobs = catalog.jobs.list_recent()
    assert len({job.document_id for job in jobs}) == len(jobs) == 10
