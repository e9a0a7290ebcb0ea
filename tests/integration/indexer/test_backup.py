"""Copies of an installation that were cut short are made whole by the next one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cli.intake import intake_of
from indexer.backup import backup, restore
from indexer.intake import SubmissionOptions, receive
from schemas.settings import Settings

CONTENT = b"# Fiche\n\nUn acompte se demande au devis.\n"


def test_a_file_that_broke_off_is_copied_again(tmp_path: Path) -> None:
    settings, copies = Settings(data_dir=tmp_path / "data"), tmp_path / "copies"
    with intake_of(settings) as intake:
        receive(intake, CONTENT, filename="a.md", options=SubmissionOptions(), uploaded_by=None)
        now = intake.clock()
        _, manifest = backup(settings, copies, now=now, version="1")
        (key,) = manifest.blobs
        (copies / "blobs" / key[:2] / key).write_bytes(CONTENT[:7])

        snapshot, _ = backup(settings, copies, now=now + timedelta(days=1), version="1")

    restored = Settings(data_dir=tmp_path / "restored")
    restore(restored, snapshot)
    with intake_of(restored) as intake:
        assert intake.blobs.read(key) == CONTENT
