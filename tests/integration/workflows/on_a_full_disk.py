"""A school whose data directory is a small file system of its own, filled up and freed again.

Run in a user namespace (``unshare -rm``) or as root: on_a_full_disk.py DIRECTORY. The mount is
undone at the end; what was seen is printed as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final

from litestar.testing import TestClient

from api.adapters.job_queue import open_job_queue
from api.app import create_app
from api.identity import mint_token
from api.services import Services, bundle
from fixtures.fakes import FakeTranscriber, HashingEncoder
from indexer.bootstrap import open_engine
from indexer.catalog.catalog import open_catalog
from pipelines.bootstrap import Pipeline
from schemas.ids import JobId
from schemas.settings import IngestionSettings, Settings
from tests.e2e.api.school import CLAIRE, wait_until_ready
from tests.integration.workflows.conftest import FakeTagger, a_worker, ended, until

SIZE_BYTES: Final = 64 * 1024**2  # the vectors' index alone takes some thirty
MIN_FREE_BYTES: Final = 4 * 1024**2
LOOK_S: Final = 1.0
TEXTS: Final = ("Le mot kinshasa aide à fixer ses prix.", "Le mot valparaiso aide à vendre.")


@contextmanager
def small_disk(path: Path) -> Iterator[Path]:
    """Mount a file system of ``SIZE_BYTES`` that lies in memory."""
    path.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_BYTES}", "tmpfs", str(path)]
    subprocess.run(mount, check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def fill(disk: Path, leave_bytes: int) -> Path:
    """Write until so many bytes are free."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file:
        missing = shutil.disk_usage(disk).free - leave_bytes
        try:
            os.posix_fallocate(file.fileno(), file.tell(), missing)
        except OSError:
            # Others write as well: what is left is less than was counted.
            file.write(b"0" * shutil.disk_usage(disk).free)
    return filler


@contextmanager
def open_all(disk: Path) -> Iterator[tuple[Services, TestClient[Any], Pipeline]]:
    """Open the API over real stores on a disk, and what a worker works with."""
    settings = Settings(data_dir=disk, ingestion=IngestionSettings(min_free_bytes=MIN_FREE_BYTES))
    with ExitStack() as stack:
        catalog = stack.enter_context(closing(open_catalog(settings.catalog_url)))
        engine = stack.enter_context(open_engine(settings, catalog, open_encoder=HashingEncoder))
        queue = stack.enter_context(closing(open_job_queue(settings)))
        services = bundle(settings, catalog=catalog, handle=engine, queue=queue)
        stack.enter_context(closing(services.feedback))
        client = stack.enter_context(TestClient(create_app(settings, services=services)))
        wait_until_ready(services)
        pipeline = Pipeline(
            settings=settings,
            catalog=catalog,
            blobs=services.blobs,
            clock=services.clock,
            transcriber=FakeTranscriber(),
            encoder=HashingEncoder,
            tagger=FakeTagger,  # type: ignore[arg-type]
            count_tokens=lambda texts: [len(text.split()) for text in texts],
            language_of=lambda _: "fr",
        )
        yield services, client, pipeline


def seen_on(disk: Path) -> dict[str, Any]:
    """Send two documents to a school while its disk is roomy, nearly full, full and roomy again."""
    with open_all(disk) as (services, client, pipeline):
        headers = {"Authorization": f"Bearer {mint_token(services.settings, CLAIRE, 600)}"}

        def send(n: int) -> tuple[int, dict[str, Any]]:
            files = {"file": (f"{n}.md", TEXTS[n].encode())}
            answer = client.post("/v1/documents", files=files, headers=headers)
            return answer.status_code, answer.json()

        def job(job_id: str) -> dict[str, Any]:
            found: dict[str, Any] = client.get(f"/v1/jobs/{job_id}", headers=headers).json()
            return found

        def found(word: str) -> int:
            total: int = client.get(f"/v1/search?q={word}", headers=headers).json()["total"]
            return total

        status, first = send(0)
        filler = fill(disk, MIN_FREE_BYTES // 2)
        nearly_full = send(1)
        with a_worker(pipeline):
            threading.Event().wait(LOOK_S)
            waiting = job(first["job"]["id"])
            fill(disk, 0)
            full = send(1)
            threading.Event().wait(LOOK_S)
            filler.unlink()
            done = [_over(services, first["job"]["id"])]
            again, second = send(1)
            done.append(_over(services, second["job"]["id"]))
        until(lambda: found("kinshasa") + found("valparaiso") >= len(TEXTS), within_s=20)
    return {
        "sent": [status, nearly_full[0], full[0], again],
        "codes": [nearly_full[1]["code"], full[1]["code"]],
        "waiting": [waiting["state"], waiting["standing"], waiting["awaits"]],
        "done": done,
    }


def _over(services: Services, job_id: str) -> str:
    job = services.catalog.jobs.get(JobId(job_id))
    assert job is not None
    return ended(services.intake, job).state.value


if __name__ == "__main__":
    with small_disk(Path(sys.argv[1])) as here:
        result = seen_on(here)
    sys.stdout.write(json.dumps(result) + "\n")
