"""Uploads in pieces, as a client of the tus protocol sends them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from httpx import Response

from indexer.catalog.database import utc_now
from indexer.resumable import Receipt, ResumableUploads, Upload
from schemas.identity import Caller
from schemas.ids import DocumentId, JobId
from tests.e2e.api.school import CLAIRE, LEA, YOUSSEF, School

TUS = {"Tus-Resumable": "1.0.0"}


def begin(school: School, length: int, *, caller: Caller = CLAIRE, **fields: str) -> Response:
    pairs = (f"{name} {base64.b64encode(v.encode()).decode()}" for name, v in fields.items())
    headers = TUS | {"Upload-Length": str(length), "Upload-Metadata": ",".join(pairs)}
    return school.client.post("/v1/uploads", headers=headers | school.headers(caller))


def add(
    school: School, url: str, offset: int, piece: bytes, caller: Caller = CLAIRE, **more: str
) -> Response:
    headers = TUS | {
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
    }
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return school.client.patch(url, content=piece, headers=headers | school.headers(caller))


def state(school: School, url: str, caller: Caller = CLAIRE) -> Response:
    return school.client.head(url, headers=TUS | school.headers(caller))


def test_the_service_says_what_it_speaks(school: School) -> None:
    answer = school.client.options("/v1/uploads")

    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert "creation" in answer.headers["tus-extension"]
    assert int(answer.headers["tus-max-size"]) > 0


def test_an_upload_goes_on_where_it_stopped_and_becomes_a_document(school: School) -> None:
    content = b"# Le toboggan\n\n" + b"Un texte en trois envois. " * 50
    url = begin(school, len(content), filename="../../toboggan.md", title="Toboggan").headers[
        "location"
    ]

    first = add(school, url, 0, content[:400])
    seen = state(school, url)
    last = add(school, url, 400, content[400:])

    assert (first.status_code, first.headers["upload-offset"]) == (204, "400")
    assert (seen.headers["upload-offset"], seen.headers["upload-length"]) == (
        "400",
        str(len(content)),
    )
    assert last.headers["cordee-new"] == "true"
    submission = school.services.catalog.jobs.submission(last.headers["cordee-job"])
    assert submission.original == hashlib.sha256(content).hexdigest()
    assert (submission.filename, submission.title) == ("toboggan.md", "Toboggan")
    assert submission.uploaded_by == CLAIRE.person_id
    again = state(school, url)  # whoever lost the last answer asks once more
    assert again.headers["cordee-job"] == last.headers["cordee-job"]
    assert again.headers["upload-offset"] == str(len(content))


def test_the_first_piece_may_come_at_once(school: School) -> None:
    headers = TUS | {
        "Upload-Length": "20",
        "Content-Type": "application/offset+octet-stream",
    }

    answer = school.client.post(
        "/v1/uploads", content=b"# Envoi", headers=headers | school.headers(CLAIRE)
    )

    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "7")


def test_a_piece_that_begins_elsewhere_is_refused(school: School) -> None:
    url = begin(school, 10).headers["location"]
    add(school, url, 0, b"12345")

    for offset in (0, 4, 6):
        answer = add(school, url, offset, b"x")
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert state(school, url).headers["upload-offset"] == "5"


def test_more_than_was_announced_is_refused(school: School) -> None:
    url = begin(school, 5).headers["location"]

    assert add(school, url, 0, b"123456").status_code == 413


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_damaged_piece_is_dropped(school: School, algorithm: str) -> None:
    url = begin(school, 10).headers["location"]
    good = hashlib.new(algorithm, b"12345", usedforsecurity=False).digest()
    summed = f"{algorithm} {base64.b64encode(good).decode()}"

    damaged = add(school, url, 0, b"12845", Upload_Checksum=summed)
    after = state(school, url).headers["upload-offset"]
    right = add(school, url, 0, b"12345", Upload_Checksum=summed)

    assert (damaged.status_code, damaged.json()["code"], after) == (460, "checksum-mismatch", "0")
    assert (right.status_code, right.headers["upload-offset"]) == (204, "5")


@pytest.mark.parametrize(
    ("length", "fields", "status", "code"),
    [
        (10, {"kind": "poem"}, 400, "invalid-input"),
        (10, {"colour": "red"}, 400, "invalid-input"),
        (10, {"tag": "topic.licorne"}, 400, "invalid-input"),
        (10, {"title": "x" * 301}, 400, "invalid-input"),
        (0, {}, 422, "empty-file"),
        (3 * 1024**3, {}, 413, "too-large"),
    ],
)
def test_what_is_wrong_is_said_before_the_bytes_come(
    school: School, length: int, fields: dict[str, str], status: int, code: str
) -> None:
    answer = begin(school, length, **fields)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_another_version_is_refused(school: School) -> None:
    answer = school.client.post("/v1/uploads", headers=school.headers(CLAIRE))

    assert answer.status_code == 412
    assert answer.headers["tus-version"] == "1.0.0"


def test_an_upload_belongs_to_who_began_it(school: School) -> None:
    url = begin(school, 10).headers["location"]
    nowhere = "/v1/uploads/" + "0" * 32

    assert state(school, url, YOUSSEF).status_code == 404
    assert add(school, url, 0, b"x", YOUSSEF).status_code == 404
    assert state(school, nowhere).status_code == 404
    assert state(school, "/v1/uploads/..%2F..%2Fcatalog").status_code == 404
    assert begin(school, 10, caller=LEA).status_code == 403


def test_an_upload_is_given_up(school: School) -> None:
    url = begin(school, 10).headers["location"]

    ended = school.client.delete(url, headers=TUS | school.headers(CLAIRE))

    assert ended.status_code == 204
    assert state(school, url).status_code == 404


def test_an_upload_that_waits_too_long_is_swept(school: School) -> None:
    url = begin(school, 10).headers["location"]
    name = url.rpartition("/")[2]
    later = ResumableUploads(school.services.settings, lambda: utc_now() + timedelta(hours=49))
    path = school.services.settings.data_dir / "resumable" / f"{name}.part"
    assert path.exists()

    assert later.sweep() >= 1

    assert not path.exists()
    assert state(school, url).status_code == 404


def test_two_requests_do_not_write_to_one_upload(school: School) -> None:
    url = begin(school, 10).headers["location"]
    uploads = school.services.resumable
    upload = uploads.get(CLAIRE.person_id, url.rpartition("/")[2])

    with uploads.held(upload):
        answer = add(school, url, 0, b"12345")

    assert (answer.status_code, answer.json()["code"]) == (423, "locked")
    assert add(school, url, 0, b"12345").status_code == 204


@pytest.mark.parametrize("ask", [state, lambda school, url: add(school, url, 10, b"")])
def test_who_comes_just_after_the_last_piece_is_told_of_the_job(
    school: School, monkeypatch: pytest.MonkeyPatch, ask: Callable[[School, str], Response]
) -> None:
    url = begin(school, 10).headers["location"]
    uploads = school.services.resumable
    upload = uploads.get(CLAIRE.person_id, url.rpartition("/")[2])
    with uploads.writing(upload, offset=0) as pieces:
        pieces.add(b"0123456789")
    hold = ResumableUploads.held

    def held_after_another(self: ResumableUploads, upload: Upload) -> AbstractContextManager[None]:
        self.finish(upload, Receipt(JobId("job-1"), DocumentId("doc-1"), is_new=True))
        return hold(self, upload)

    monkeypatch.setattr(ResumableUploads, "held", held_after_another)

    assert ask(school, url).headers["cordee-job"] == "job-1"


def test_a_piece_that_breaks_off_is_kept_as_far_as_it_came(school: School) -> None:
    url = begin(school, 10).headers["location"]
    uploads = school.services.resumable
    upload = uploads.get(CLAIRE.person_id, url.rpartition("/")[2])

    def break_off() -> None:
        with uploads.writing(upload, offset=0) as pieces:
            pieces.add(b"1234")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        break_off()

    assert state(school, url).headers["upload-offset"] == "4"


def test_a_full_disk_loses_nothing(school: School) -> None:
    url = begin(school, 10, filename="a.md").headers["location"]
    add(school, url, 0, b"12345")
    settings = school.services.settings
    full = msgspec.structs.replace(
        settings, ingestion=msgspec.structs.replace(settings.ingestion, min_free_bytes=10**18)
    )
    app = school.client.app
    app.state.services = msgspec.structs.replace(school.services, settings=full)
    try:
        answers = [add(school, url, 5, b"678"), begin(school, 10)]
    finally:
        app.state.services = school.services

    assert [a.status_code for a in answers] == [507, 507]
    assert answers[0].json()["code"] == "insufficient-storage"
    assert state(school, url).headers["upload-offset"] == "5"


def test_a_form_that_breaks_off_leaves_nothing_behind(school: School) -> None:
    def cut() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
        for _ in range(20):
            yield bytes(100_000)

    answer = school.client.post(
        "/v1/documents",
        content=cut(),
        headers={"Content-Type": "multipart/form-data; boundary=b"} | school.headers(CLAIRE),
    )

    assert answer.status_code == 400
    assert list(school.services.upload_dir.iterdir()) == []


def test_the_same_bytes_in_pieces_and_in_a_form_are_one_document(school: School) -> None:
    content = b"# La balancoire\n\nDeux chemins, un document.\n"
    url = begin(school, len(content), filename="balancoire.md").headers["location"]
    in_pieces: Any = add(school, url, 0, content).headers

    in_a_form = school.client.post(
        "/v1/documents", files={"file": ("autre.md", content)}, headers=school.headers(YOUSSEF)
    ).json()

    assert in_a_form["document_id"] == in_pieces["cordee-document"]
    assert in_a_form["is_new"] is False
