"""Files over HTTP: ranges, conditions, and headers that keep them harmless."""

from __future__ import annotations

import pytest

from schemas.document import Document
from tests.e2e.api.school import KARIM, School

TEXT = "Une vidéo à lire par morceaux."


@pytest.fixture(scope="session")
def document(school: School) -> Document:
    return school.publish("replay:ranges", TEXT, filename='é "q".mp4')


@pytest.fixture(scope="session")
def content() -> bytes:
    return f"recording of {TEXT}".encode() * 50


def fetch(school: School, document: Document, method: str = "GET", **headers: str):  # noqa: ANN201
    return school.client.request(
        method,
        f"/v1/documents/{document.id}/media",
        headers={**school.headers(KARIM), **{k.replace("_", "-"): v for k, v in headers.items()}},
    )


def test_the_whole_file_comes_with_its_length_and_tag(
    school: School, document: Document, content: bytes
) -> None:
    answer = fetch(school, document)

    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == f'"{document.media.playable}"'
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=10-19", 10, 20), ("bytes=-5", -5, None), ("bytes=7-", 7, None)],
)
def test_a_part_comes_with_its_place(
    school: School, document: Document, content: bytes, asked: str, start: int, end: int | None
) -> None:
    answer = fetch(school, document, range=asked)

    size = len(content)
    first = start % size
    last = first + len(content[start:end]) - 1
    assert (answer.status_code, answer.content) == (206, content[start:end])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{size}"
    assert answer.headers["content-length"] == str(len(content[start:end]))


def test_a_part_past_the_end_says_the_length(
    school: School, document: Document, content: bytes
) -> None:
    answer = fetch(school, document, range=f"bytes={len(content)}-")

    assert (answer.status_code, answer.json()["code"]) == (416, "range-not-satisfiable")
    assert answer.headers["content-range"] == f"bytes */{len(content)}"


def test_if_range_decides_between_the_part_and_the_whole(
    school: School, document: Document
) -> None:
    etag = f'"{document.media.playable}"'

    same = fetch(school, document, range="bytes=0-0", if_range=etag)
    other = fetch(school, document, range="bytes=0-0", if_range='"other"')

    assert (same.status_code, other.status_code) == (206, 200)


def test_what_the_browser_has_is_not_sent_again(school: School, document: Document) -> None:
    answer = fetch(school, document, if_none_match=f'W/"{document.media.playable}", "x"')

    assert (answer.status_code, answer.content) == (304, b"")


def test_head_tells_the_length_without_the_bytes(
    school: School, document: Document, content: bytes
) -> None:
    answer = fetch(school, document, method="HEAD")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["content-type"] == "video/mp4"


def test_an_original_is_saved_and_never_shown(school: School, document: Document) -> None:
    answer = school.client.get(
        f"/v1/documents/{document.id}/original", headers=school.headers(KARIM)
    )

    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''%C3%A9%20%22q%22.mp4"
    )
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("page", ["0", "2", "-1", "x"])
def test_a_page_that_is_not_there_is_nothing(school: School, document: Document, page: str) -> None:
    answer = school.client.get(
        f"/v1/documents/{document.id}/pages/{page}", headers=school.headers(KARIM)
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
