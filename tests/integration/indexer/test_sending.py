"""Commands that take documents in, and erasures, keep out of each other's way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.intake import intake_of, send_all
from cli.watch import Row
from indexer.erasing.erase import ensure_stopped
from indexer.erasing.ledger import LEDGER_FILE, Entry, note
from indexer.erasing.sending import sending
from indexer.intake import Intake
from schemas.errors import ConflictError
from schemas.ids import PersonId
from schemas.settings import Settings


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    with intake_of(Settings(data_dir=tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    directory = tmp_path / "folder"
    directory.mkdir()
    (directory / "fiche.md").write_text("# Fiche\n\nUn texte.\n")
    return directory


def test_nobody_is_erased_while_somebody_sends(intake: Intake) -> None:
    settings = intake.settings

    with (
        sending(settings, intake.catalog),
        sending(settings, intake.catalog),
        pytest.raises(ConflictError, match="cordee ingest runs on this data"),
    ):
        ensure_stopped(intake)

    ensure_stopped(intake)


def test_the_command_holds_what_an_erasure_looks_at(
    intake: Intake, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def send_and_look(theirs: Intake, documents: object, said: object) -> Iterator[Row]:
        with pytest.raises(ConflictError, match="cordee ingest"):
            ensure_stopped(intake)
        looked.append("beside")
        yield from send_all(theirs, documents, said)  # type: ignore[arg-type]

    monkeypatch.setattr("cli.ingest.send_all", send_and_look)
    data_dir = str(intake.settings.data_dir)
    sent = CliRunner().invoke(app, ["ingest", str(folder), "--data-dir", data_dir])

    assert (sent.exit_code, looked) == (0, ["beside"]), sent.output
    ensure_stopped(intake)


@pytest.mark.parametrize("command", [["ingest"], ["watch", "--once", "--quiet", "0"]])
def test_nothing_is_taken_in_beside_an_erasure(
    intake: Intake, folder: Path, command: list[str]
) -> None:
    data_dir = intake.settings.data_dir
    note(data_dir / LEDGER_FILE, Entry("e-1", "hash", PersonId("p"), is_done=False))

    refused = CliRunner().invoke(app, [*command, str(folder), "--data-dir", str(data_dir)])

    assert refused.exit_code != 0
    assert list(intake.blobs.keys()) == []
