from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from indexer.models.manifest import (
    DirectorySource,
    HubSource,
    ModelKind,
    PinnedFile,
    WheelMember,
    WheelSource,
    load_manifest,
    model_dir,
    spec_of,
)
from schemas.errors import NotFoundError, SettingsError
from schemas.settings import ModelSettings, Settings

OWN = """
[models.small]
kind = "speech"
about = "ours"
licence = "MIT"
sources = [{ kind = "directory", path = "by-hand" }]
"""


def with_manifest(tmp_path: Path, content: str) -> Settings:
    path = tmp_path / "own.toml"
    path.write_text(content, encoding="utf-8")
    return Settings(data_dir=tmp_path, models=ModelSettings(manifest=str(path)))


def test_the_models_in_use_by_default_are_in_the_shipped_manifest() -> None:
    settings = Settings()
    assert spec_of(settings, settings.models.encoder).kind is ModelKind.ENCODER
    assert spec_of(settings, settings.models.speech).kind is ModelKind.SPEECH


def test_every_shipped_file_is_pinned_by_a_sha256() -> None:
    for spec in load_manifest(Settings()).values():
        pins: list[PinnedFile | WheelMember] = list(spec.files)
        for source in spec.sources:
            match source:
                case WheelSource() | HubSource():
                    pins += source.files
                case DirectorySource():
                    continue
        assert pins
        assert all(len(pin.sha256) == 64 and pin.size > 0 for pin in pins)


def test_a_schools_manifest_comes_on_top_of_the_shipped_one(tmp_path: Path) -> None:
    models = load_manifest(with_manifest(tmp_path, OWN))
    assert set(models) == {"small", *load_manifest(Settings())}


def test_an_unknown_field_of_a_manifest_is_named(tmp_path: Path) -> None:
    settings = with_manifest(tmp_path, OWN + 'licens = "MIT"\n')
    with pytest.raises(SettingsError, match=r"own\.toml.*licens"):
        load_manifest(settings)


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    settings = Settings(models=ModelSettings(manifest=str(tmp_path / "absent.toml")))
    with pytest.raises(SettingsError, match=r"absent\.toml"):
        load_manifest(settings)


def test_an_unknown_model_lists_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"'nope'.*whisper-base"):
        spec_of(Settings(), "nope")


def test_a_model_that_was_not_pulled_says_how_to_pull_it(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="cordee models pull whisper-base"):
        model_dir(Settings(data_dir=tmp_path), "whisper-base")


def test_a_directory_without_marker_counts_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "models" / "whisper-base").mkdir(parents=True)
    with pytest.raises(NotFoundError):
        model_dir(Settings(data_dir=tmp_path), "whisper-base")


def test_the_fingerprint_changes_with_what_is_assembled_and_not_with_prose() -> None:
    spec = spec_of(Settings(), "whisper-base")
    assert msgspec.structs.replace(spec, about="other").fingerprint() == spec.fingerprint()
    assert msgspec.structs.replace(spec, files=()).fingerprint() != spec.fingerprint()
