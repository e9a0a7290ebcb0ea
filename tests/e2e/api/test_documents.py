"""Documents over HTTP: adding, reading, changing, deleting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fixtures.builders import an_exchange_json
from indexer.recordings import unpack
from schemas.identity import Caller
from schemas.job import JobProblem, JobState, Stage
from schemas.settings import IngestionSettings
from tests.e2e.api.school import ADMIN, CLAIRE, KARIM, LEA, SERVICE, School, open_school


def upload(school: School, caller: Caller = CLAIRE, **parts: Any) -> Any:
    return school.client.post("/v1/documents", headers=school.headers(caller), **parts)


def test_an_upload_becomes_a_queued_job(school: School) -> None:
    answer = upload(
        school,
        files={"file": ("fiche.md", "# Une fiche", "text/markdown")},
        data={
            "title": "Une fiche",
            "kind": "sheet",
            "visibility": "students",
            "tag": "pricing, sector.food",
        },
    )

    receipt = answer.json()
    submission = school.services.catalog.jobs.submission(receipt["job"]["id"])
    assert (answer.status_code, receipt["is_new"], receipt["job"]["state"]) == (202, True, "queued")
    assert answer.headers["location"] == receipt["job"]["url"]
    assert receipt["job"]["id"] in school.queue.queued
    assert (submission.title, submission.tags) == ("Une fiche", ("pricing", "sector.food"))
    assert school.services.blobs.read(submission.original) == b"# Une fiche"
    assert submission.uploaded_by == CLAIRE.person_id


def test_the_same_bytes_twice_are_one_job(school: School) -> None:
    first, again = (
        upload(school, files={"file": (name, b"the same bytes")}).json()
        for name in ("one.txt", "two.txt")
    )

    assert first["job"]["id"] == again["job"]["id"]
    assert (first["is_new"], again["is_new"]) == (True, False)


def test_an_exchange_can_be_the_body_itself(school: School) -> None:
    answer = school.client.post(
        "/v1/documents",
        content=an_exchange_json(),
        headers={**school.headers(SERVICE), "Content-Type": "application/json"},
    )

    submission = school.services.catalog.jobs.submission(answer.json()["job"]["id"])
    assert answer.status_code == 202
    assert submission.source.startswith("exchange:")


def test_a_name_with_dots_is_only_a_name(school: School) -> None:
    answer = upload(school, files={"file": ("../../etc/passwd", b"root")})

    assert answer.json()["job"]["filename"] == "passwd"


def test_a_recording_can_come_with_its_exchange(school: School) -> None:
    files = [
        ("file", ("appel.json", an_exchange_json(id="ex-media"), "application/json")),
        ("media", ("appel.m4a", b"sound", "audio/mp4")),
    ]

    submission = school.services.catalog.jobs.submission(
        upload(school, files=files).json()["job"]["id"]
    )

    assert submission.media is not None
    assert school.services.blobs.read(submission.media) == b"sound"


def test_the_recordings_of_all_participants_can_come_with_their_exchange(
    school: School, tmp_path: Path
) -> None:
    voices = {"lea.m4a": b"one", "marc.m4a": b"other"}
    files = [
        ("file", ("appel.json", an_exchange_json(id="ex-voices"), "application/json")),
        *(("media", (f"../{name}", sound, "audio/mp4")) for name, sound in voices.items()),
    ]

    submission = school.services.catalog.jobs.submission(
        upload(school, files=files).json()["job"]["id"]
    )

    assert submission.media is not None
    with school.services.blobs.local_path(submission.media) as archive:
        found = unpack(archive, tmp_path)
    assert {each.name: each.path.read_bytes() for each in found} == voices


@pytest.mark.parametrize(
    ("parts", "status", "code", "says"),
    [
        ({"data": {"title": "x"}, "files": {}}, 415, "unsupported-media-type", "multipart"),
        ({"files": {"other": ("a", b"x")}}, 400, "invalid-input", "other"),
        (
            {"files": [("file", ("a", b"x")), ("file", ("b", b"y"))]},
            400,
            "invalid-input",
            "one file",
        ),
        (
            {"files": [("file", ("a", b"x")), *[("media", ("b", b"y"))] * 2]},
            400,
            "invalid-input",
            "'b'",
        ),
        ({"files": {"file": ("a", b"")}}, 422, "empty-file", "empty"),
        ({"files": {"file": ("a", b"x")}, "data": {"kind": "poem"}}, 400, "invalid-input", "kind"),
        ({"files": {"file": ("a", b"x")}, "data": {"nope": "1"}}, 400, "invalid-input", "nope"),
        (
            {"files": {"file": ("a", b"x")}, "data": {"tag": "licorne"}},
            400,
            "invalid-input",
            "licorne",
        ),
        ({"content": b"x"}, 415, "unsupported-media-type", "multipart"),
    ],
)
def test_an_upload_that_does_not_fit_says_why(
    school: School, parts: dict[str, Any], status: int, code: str, says: str
) -> None:
    answer = upload(school, **parts)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert says in answer.json()["detail"]


def test_fields_without_a_file_are_refused(school: School) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n--b--\r\n'

    answer = school.client.post(
        "/v1/documents",
        content=body,
        headers={**school.headers(CLAIRE), "Content-Type": "multipart/form-data; boundary=b"},
    )

    assert (answer.status_code, answer.json()["detail"][:5]) == (400, "file:")


def test_a_large_upload_is_refused_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with open_school(tmp_path, ingestion=IngestionSettings(max_upload_bytes=1000)) as school:
        little_too_large = upload(school, files={"file": ("a.txt", b"x" * 1001)})
        far_too_large = upload(school, files={"file": ("a.txt", b"x" * 2_000_000)})

        assert (little_too_large.status_code, far_too_large.status_code) == (422, 413)
        assert little_too_large.json()["code"] == "limit-exceeded"
        assert far_too_large.json()["code"] == "too-large"
        assert list(school.services.upload_dir.iterdir()) == []
        assert school.services.catalog.jobs.list_recent() == []


def test_a_large_body_elsewhere_is_refused(school: School) -> None:
    answer = school.client.post(
        "/v1/search", json={"q": "x" * 1_000_000}, headers=school.headers(LEA)
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_a_person_s_tags_are_shown_as_theirs(school: School) -> None:
    document = school.publish("sheet:tags", "Un texte à étiqueter.")
    path = f"/v1/documents/{document.id}/tags"

    tagged = school.client.put(
        path, json={"tags": ["sector.crafts"]}, headers=school.headers(CLAIRE)
    )
    unknown = school.client.put(path, json={"tags": ["nope"]}, headers=school.headers(CLAIRE))

    assert [(each["id"], each["assigner"]) for each in tagged.json()["tags"]] == [
        ("sector.crafts", "person")
    ]
    assert (unknown.status_code, "'nope'" in unknown.json()["detail"]) == (400, True)


def test_a_deleted_document_is_gone_everywhere(school: School) -> None:
    document = school.publish("sheet:gone", "Le mot bucarest va disparaître.")
    path = f"/v1/documents/{document.id}"

    deleted = school.client.delete(path, headers=school.headers(ADMIN))
    again = school.client.delete(path, headers=school.headers(ADMIN))
    school.services.handle.wait_for(school.services.catalog.changes.last_position(), 2.0)
    found = school.get(ADMIN, "/v1/search", q="bucarest")

    assert (deleted.status_code, again.status_code) == (204, 404)
    assert document.id not in {hit["document_id"] for hit in found["hits"]}


def test_a_transcript_comes_as_json_and_as_subtitles(school: School) -> None:
    document = school.publish("replay:vtt", "Bonjour à toutes.")
    path = f"/v1/documents/{document.id}/transcript"

    as_json = school.get(KARIM, path)
    as_vtt = school.client.get(path, params={"format": "vtt"}, headers=school.headers(KARIM))
    as_doc = school.client.get(path, params={"format": "doc"}, headers=school.headers(KARIM))

    assert as_json["type"] == "transcript"
    assert as_json["utterances"][0]["start_ms"] == 1500
    assert as_vtt.headers["content-type"].startswith("text/vtt")
    assert as_vtt.text.splitlines()[2:] == [
        "00:00:01.500 --> 00:00:09.000",
        "<v Claire>Bonjour à toutes.",
    ]
    assert as_doc.status_code == 400


@pytest.mark.parametrize(
    ("form", "media_type", "text"),
    [
        ("srt", "application/x-subrip", "1\n00:00:01,500 --> 00:00:09,000\nClaire : Bonjour.\n"),
        ("txt", "text/plain", "Claire : Bonjour.\n"),
        ("chapters", "text/vtt", "WEBVTT\n"),
    ],
)
def test_a_transcript_is_downloaded(school: School, form: str, media_type: str, text: str) -> None:
    document = school.publish(f"replay:{form}", "Bonjour.")
    path = f"/v1/documents/{document.id}/transcript"

    found = school.client.get(path, params={"format": form}, headers=school.headers(KARIM))

    assert found.headers["content-type"].startswith(media_type)
    assert found.text == text


def test_the_links_of_a_document_all_answer(school: School) -> None:
    document = school.publish("sheet:links", "Des liens qui répondent.")
    links = school.get(KARIM, f"/v1/documents/{document.id}")["links"]

    flat = [
        link for value in links.values() for link in ([value] if isinstance(value, str) else value)
    ]
    answers = [school.client.get(link, headers=school.headers(KARIM)) for link in flat]

    assert len(flat) == 7
    assert {answer.status_code for answer in answers} == {200}


def test_a_failed_job_can_be_tried_again_once_it_has_failed(school: School) -> None:
    receipt = upload(school, files={"file": ("retry.txt", b"to be tried again")}).json()
    job_id = receipt["job"]["id"]
    path = f"/v1/jobs/{job_id}/retry"

    too_early = school.client.post(path, headers=school.headers(CLAIRE))
    school.services.catalog.jobs.update(
        job_id,
        state=JobState.FAILED,
        problem=JobProblem("damaged-file", "The file breaks off.", Stage.EXTRACT),
        now=school.services.clock(),
    )
    failed = school.get(CLAIRE, f"/v1/jobs/{job_id}")
    retried = school.client.post(path, headers=school.headers(CLAIRE))

    assert (too_early.status_code, too_early.json()["code"]) == (409, "conflict")
    assert failed["problem"] == {
        "code": "damaged-file",
        "detail": "The file breaks off.",
        "stage": "extract",
    }
    assert (retried.status_code, retried.json()["attempt"]) == (202, 2)


def test_the_taxonomy_is_served_whole(school: School) -> None:
    tags = school.get(LEA, "/v1/tags")["tags"]

    assert len(tags) == len(school.services.taxonomy.tags) >= 60
    assert {"id", "facet", "label", "label_en"} <= set(tags[0])


def test_the_openapi_document_is_3_1_and_knows_what_an_upload_is(school: School) -> None:
    for path in ("/schema", "/schema/openapi.json"):
        schema = json.loads(school.client.get(path).content)
        assert schema["openapi"].startswith("3.1")
        assert "/v1/search" in schema["paths"]


def test_the_openapi_document_says_what_each_operation_does(school: School) -> None:
    paths = json.loads(school.client.get("/schema").content)["paths"]

    silent = [
        f"{method} {path}"
        for path, item in paths.items()
        for method, operation in item.items()
        if not operation.get("summary") or not operation.get("description")
    ]

    assert silent == []
