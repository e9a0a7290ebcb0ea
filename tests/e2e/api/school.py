"""A small school behind the real API: real catalog, real indexes, a very small encoder."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from litestar import Litestar
from litestar.testing import TestClient
from numpy.typing import NDArray

from api.app import create_app
from api.identity import mint_token
from api.services import Services, bundle
from fixtures.builders import a_document, a_mentor, a_passage, a_student, a_submission, a_tag
from indexer.bootstrap import open_engine
from indexer.catalog.catalog import open_catalog
from indexer.catalog.database import Clock, utc_now
from schemas.content import Speaker, Transcript, Utterance
from schemas.document import (
    Document,
    DocumentKind,
    MediaFiles,
    MediaKind,
    ThumbnailGrid,
    Visibility,
)
from schemas.identity import Caller, Role
from schemas.ids import DocumentId, JobId, PersonId, Revision
from schemas.job import JobState, Stage
from schemas.settings import FeedbackSettings, Settings
from schemas.span import TimeSpan

DIMENSIONS: Final = 32
SEEN_WITHIN_S: Final = 10.0

UNLIMITED: Final = FeedbackSettings(
    searches_per_minute=100_000, events_per_minute=100_000, votes_per_minute=100_000
)

LEA: Final = Caller(PersonId("s-lea"), Role.STUDENT, "Léa")
KARIM: Final = Caller(PersonId("s-karim"), Role.STUDENT, "Karim")
CLAIRE: Final = Caller(PersonId("m-claire"), Role.MENTOR, "Claire")
YOUSSEF: Final = Caller(PersonId("m-youssef"), Role.MENTOR, "Youssef")
ADMIN: Final = Caller(PersonId("admin"), Role.ADMIN, "Admin")
SERVICE: Final = Caller(PersonId("portal"), Role.SERVICE, "Portail")


class WordEncoder:
    """Sums a fixed direction per word: texts that share words are near. Always the same."""

    def __init__(self, name: str) -> None:
        self.name = name

    def encode_query(self, text: str) -> NDArray[np.float32]:
        vector = np.full(DIMENSIONS, 1e-3, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
            vector += np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self.encode_query(text) for text in texts])


class ListQueue:
    """A queue that remembers what was queued; no worker takes from it."""

    def __init__(self) -> None:
        self.queued: list[JobId] = []
        self.held: list[JobId] = []
        self.resumed: list[tuple[JobId, bool]] = []
        self.corrected: list[DocumentId] = []

    def enqueue_ingest(self, job_id: JobId, *, long_media: bool, size_bytes: int = 0) -> None:
        if job_id not in self.queued:
            self.queued.append(job_id)

    def hold(self, job_id: JobId) -> None:
        self.held.append(job_id)

    def resume(self, job_id: JobId, *, first: bool = False) -> None:
        self.resumed.append((job_id, first))

    def enqueue_reencode(self, encoder: str) -> str:
        return f"reencode-{encoder}"

    def enqueue_corrections(self, document_id: DocumentId, corrected_at: datetime) -> None:
        self.corrected.append(document_id)


class School(msgspec.Struct, frozen=True):
    """The running application and what is behind it."""

    services: Services
    client: TestClient[Litestar]
    queue: ListQueue

    def headers(self, caller: Caller, *, ttl_s: float = 600) -> dict[str, str]:
        """Return the header that signs this caller in."""
        return {"Authorization": f"Bearer {self.token(caller, ttl_s=ttl_s)}"}

    def token(self, caller: Caller, *, ttl_s: float = 600) -> str:
        """Return a token of this caller; one with a negative lifetime has expired."""
        return mint_token(self.services.settings, caller, ttl_s)

    def get(self, caller: Caller, path: str, **params: Any) -> Any:
        """Return the decoded answer of a successful GET."""
        answer = self.client.get(path, params=params, headers=self.headers(caller))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def publish(self, source: str, text: str, **changes: Any) -> Document:
        """Publish a document of one passage, with files of every kind, and wait for it."""
        blobs, content = self.services.blobs, _spoken(text)
        name = changes.pop("filename", f"{source}.json")
        replies = changes.pop("replies", ())
        document = a_document(
            source,
            revision=Revision(hashlib.sha256(text.encode()).hexdigest()),
            filename=name,
            original=blobs.put(f"original of {text}".encode()),
            content=blobs.put(msgspec.json.encode(content)),
            media=MediaFiles(
                playable=blobs.put(f"recording of {text}".encode() * 50),
                playable_type="video/mp4",
                poster=blobs.put(f"poster of {text}".encode()),
                thumbnails=blobs.put(f"thumbnails of {text}".encode()),
                thumbnail_grid=ThumbnailGrid(5_000, 12, 10, 160, 90),
                pages=(blobs.put(f"page of {text}".encode()),),
            ),
            media_kind=MediaKind.VIDEO,
            n_pages=1,
            **changes,
        )
        encoder = self.services.settings.models.encoder
        passage = a_passage(
            document, text=text, locator=TimeSpan(1500, 9000), speaker_ids=(PersonId("m-claire"),)
        )
        vectors = {encoder: WordEncoder(encoder).encode_passages([text])}
        position = self.services.catalog.publishing.publish(
            document, [passage], vectors, [a_tag("sector.food")], replies=replies
        )
        assert self.services.handle.wait_for(position, SEEN_WITHIN_S)
        published = self.services.catalog.documents.get(document.id)
        assert published is not None
        return published

    def add_job(self, document: Document, **changes: Any) -> JobId:
        """Add the finished job that published a document, sent in by a mentor."""
        submission = a_submission(
            document.source,
            revision=document.revision,
            filename=document.filename,
            original=document.original,
            uploaded_by=CLAIRE.person_id,
            visibility=document.visibility,
        )
        now = self.services.clock()
        job, _ = self.services.catalog.jobs.create(submission, now=now)
        state = {"state": JobState.SUCCEEDED, "stage": Stage.PUBLISH, "progress": 1.0} | changes
        self.services.catalog.jobs.update(job.id, now=now, **state)
        return job.id


@contextmanager
def open_school(data_dir: Path, *, clock: Clock = utc_now, **changes: Any) -> Iterator[School]:
    """Run the application over an empty catalog; nobody is too quick, unless the test says so."""
    changes.setdefault("feedback", UNLIMITED)
    settings = Settings(data_dir=data_dir, **changes)
    catalog = open_catalog(settings.catalog_url)
    queue = ListQueue()
    try:
        with open_engine(settings, catalog, open_encoder=WordEncoder) as handle:
            services = bundle(settings, catalog=catalog, handle=handle, queue=queue, clock=clock)
            app = create_app(settings, services=services)
            with (
                closing(services.feedback),
                TestClient(app, raise_server_exceptions=False) as client,
            ):
                wait_until_ready(services)
                yield School(services, client, queue)
    finally:
        catalog.close()


def wait_until_ready(services: Services) -> None:
    """Wait for the first build of the indexes."""
    deadline = time.monotonic() + SEEN_WITHIN_S
    while not services.handle.ready():
        assert time.monotonic() < deadline, "the indexes are not built"
        time.sleep(0.02)


def exchange_of(school: School, source: str, text: str, **changes: Any) -> Document:
    """Publish a private exchange between Léa and Claire."""
    return school.publish(
        source,
        text,
        kind=DocumentKind.EXCHANGE,
        visibility=Visibility.PARTICIPANTS,
        participants=(a_student("s-lea", "Léa"), a_mentor("m-claire", "Claire")),
        **changes,
    )


def _spoken(text: str) -> Transcript:
    span = TimeSpan(1500, 9000)
    utterance = Utterance(0, text, PersonId("m-claire"), span)
    return Transcript((utterance,), (Speaker(PersonId("m-claire"), "Claire"),))
