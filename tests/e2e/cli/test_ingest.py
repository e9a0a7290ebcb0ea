"""`cordee ingest` and `cordee work`, as an operator types them, with no worker alive."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.e2e.cli import typed

SHEET = "# Fixer ses prix\n\nUn prix couvre le temps et la marge.\n"
WITHOUT_TORCH = (
    "import sys; sys.modules['ffmpeg'] = None; import cli.app;"
    "sys.argv = ['cordee', 'work', '--data-dir', {!r}]; cli.app.main()"
)


def cordee(data_dir: Path, *words: str) -> typed.Done:
    return typed.cordee(*words, "--data-dir", str(data_dir))


def sent(done: typed.Done) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["documents"][0]


def test_what_is_said_anew_of_known_bytes_is_not_taken_over_in_silence(tmp_path: Path) -> None:
    sheet = tmp_path / "prix.md"
    sheet.write_text(SHEET, encoding="utf-8")

    first = sent(cordee(tmp_path, "ingest", str(sheet), "--json"))
    again = sent(cordee(tmp_path, "ingest", str(sheet), "--visibility", "mentors", "--json"))
    shown = cordee(tmp_path, "ingest", str(sheet), "--visibility", "mentors")

    assert (first["is_new"], first["unheeded"]) == (True, [])
    assert (again["is_new"], again["unheeded"]) == (False, ["visibility"])
    assert "was not taken over" in " ".join(shown.stdout.replace("│", " ").split())


def test_an_unknown_tag_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    sheet = tmp_path / "prix.md"
    sheet.write_text(SHEET, encoding="utf-8")

    done = cordee(tmp_path, "ingest", str(sheet), "--tag", "topic.licorne")

    assert done.returncode == 1
    assert done.stderr.strip() == "error: --tag: there is no tag 'topic.licorne'."
    assert not (tmp_path / "catalog.sqlite").exists()


def test_an_unknown_tag_in_a_manifest_is_refused_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "prix.md").write_text(SHEET, encoding="utf-8")
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text('{"path": "prix.md", "tags": ["topic.licorne"]}\n', encoding="utf-8")

    done = cordee(tmp_path, "ingest", "--manifest", str(manifest))

    assert done.returncode == 1
    said = "".join(done.stderr.split())  # lines are folded to the terminal, a long path in itself
    assert said.endswith("manifest.jsonl,prix.md:thereisnotag'topic.licorne'.")
    assert not (tmp_path / "catalog.sqlite").exists()


def test_without_the_ingestion_libraries_a_worker_says_what_is_missing(tmp_path: Path) -> None:
    script = WITHOUT_TORCH.format(str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120
    )

    assert done.returncode == 1
    assert "ffmpeg" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_manifest_with_wrong_lines_sends_nothing_unless_told_to(tmp_path: Path) -> None:
    (tmp_path / "prix.md").write_text(SHEET, encoding="utf-8")
    manifest = tmp_path / "list.csv"
    manifest.write_text("path,kind\nprix.md,sheet\nabsent.md,\nprix.md,poem\n", encoding="utf-8")

    refused = cordee(tmp_path, "ingest", "--manifest", str(manifest))
    said = " ".join(refused.stderr.split())
    assert refused.returncode == 1
    assert "line 3" in said
    assert "line 4" in said
    assert not (tmp_path / "catalog.sqlite").exists()

    sent_on = cordee(tmp_path, "ingest", "--manifest", str(manifest), "--keep-going", "--json")
    rows = json.loads(sent_on.stdout)["documents"]
    assert sent_on.returncode == 1
    assert sorted(row["state"] for row in rows) == ["failed", "failed", "queued"]


def test_a_followed_folder_is_taken_once_and_what_is_refused_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "depot"
    folder.mkdir()
    (folder / "prix.md").write_text(SHEET, encoding="utf-8")
    (folder / "prix.md.meta.json").write_text('{"visibility": "mentors"}', encoding="utf-8")
    (folder / "vide.md").touch()
    (folder / "film.mp4.part").write_bytes(b"half")
    words = ("watch", str(folder), "--once", "--quiet", "0.2")

    first, second = cordee(tmp_path, *words), cordee(tmp_path, *words)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    said = " ".join((first.stdout + first.stderr).split())
    assert "prix.md: taken" in said
    assert "vide.md: empty-file" in said
    assert "film" not in said
    assert "prix.md" not in second.stdout + second.stderr
