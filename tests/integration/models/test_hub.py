"""Pulling from a model hub: the hub's real client against a small hub on the loopback."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

REVISION = "0123456789abcdef0123456789abcdef01234567"
CONTENT = b"weights " * 4096
PULL = """
import sys
from pathlib import Path
from indexer.models.pull import pull_models
from schemas.errors import CordeeError
from schemas.settings import ModelSettings, Settings
settings = Settings(data_dir=Path(sys.argv[1]), models=ModelSettings(manifest=sys.argv[2]))
try:
    print(pull_models(settings, ["tiny"])[0])
except CordeeError as error:
    sys.exit(f"{error.code}: {error}")
"""


class SmallHub(BaseHTTPRequestHandler):
    """Has one file of one repository at one revision."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        if self._answer():
            self.wfile.write(CONTENT)

    def _answer(self) -> bool:
        known = self.path == f"/owner/tiny/resolve/{REVISION}/model.bin"
        self.send_response(200 if known else 404)
        self.send_header("ETag", '"tiny"')
        self.send_header("X-Repo-Commit", REVISION)
        self.send_header("Content-Length", str(len(CONTENT) if known else 0))
        self.end_headers()
        return known

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Stay silent."""


@pytest.fixture
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), SmallHub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def pull(
    tmp_path: Path, hub: str, *, file: str = "model.bin", sha256: str = ""
) -> subprocess.CompletedProcess[str]:
    digest = sha256 or hashlib.sha256(CONTENT).hexdigest()
    manifest = tmp_path / "own.toml"
    manifest.write_text(
        f"""
[models.tiny]
kind = "speech"
about = "for tests"
licence = "MIT"
[[models.tiny.sources]]
kind = "hub"
repository = "owner/tiny"
revision = "{REVISION}"
files = [{{ path = "{file}", sha256 = "{digest}", size = {len(CONTENT)} }}]
""",
        encoding="utf-8",
    )
    # The hub's client reads its address when it is imported, hence a process of its own.
    return subprocess.run(
        [sys.executable, "-c", PULL, str(tmp_path / "data"), str(manifest)],
        env={**os.environ, "HF_ENDPOINT": hub, "HF_HUB_OFFLINE": "0", "HF_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_file_at_the_pinned_revision_is_fetched(tmp_path: Path, hub: str) -> None:
    done = pull(tmp_path, hub)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "data" / "models" / "tiny" / "model.bin").read_bytes() == CONTENT


def test_other_bytes_than_pinned_are_refused_by_name(tmp_path: Path, hub: str) -> None:
    done = pull(tmp_path, hub, sha256="0" * 64)
    assert "damaged-file: Hub owner/tiny: file model.bin has SHA-256" in done.stderr
    assert not (tmp_path / "data" / "models" / "tiny").exists()


def test_a_file_that_the_hub_lacks_is_reported(tmp_path: Path, hub: str) -> None:
    done = pull(tmp_path, hub, file="absent.bin")
    assert "unavailable: Model 'tiny' cannot be fetched: hub owner/tiny" in done.stderr
