"""A stretch hidden from students: on no path do they get a word of it; mentors get all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import pytest

from fixtures.builders import a_document, a_mentor, a_passage, a_student, a_tag
from schemas.content import Block, Body, Chapter, Speaker, Transcript, Utterance
from schemas.correction import Correction
from schemas.document import (
    Document,
    DocumentKind,
    MediaFiles,
    MediaKind,
    ThumbnailGrid,
    Visibility,
)
from schemas.hiding import mask_of
from schemas.ids import PersonId, Revision
from schemas.reply import Reply
from schemas.span import MessageSpan, PageSpan, TimeSpan
from tests.e2e.api.school import ADMIN, CLAIRE, KARIM, LEA, School, WordEncoder, open_school

SHOWN: Final = "Le mot honolulu se dit devant tout le monde."
HIDDEN: Final = "Le mot reykjavik reste entre mentors, comme le chiffre d'affaires."
LATER: Final = "Le mot honolulu revient à la fin."
MINUTES: Final = {"start_ms": 60_000, "end_ms": 120_000}


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school of its own: what is published here would fill the lists of other tests."""
    with open_school(tmp_path_factory.mktemp("hidden")) as opened:
        yield opened


@pytest.fixture(scope="module")
def replay(school: School) -> Document:
    blobs, catalog = school.services.blobs, school.services.catalog
    spans = TimeSpan(0, 50_000), TimeSpan(70_000, 110_000), TimeSpan(130_000, 170_000)
    texts = SHOWN, HIDDEN, LATER
    turns = tuple(
        Utterance(n, text, PersonId("m-claire"), span)
        for n, (text, span) in enumerate(zip(texts, spans, strict=True))
    )
    content = Transcript(
        turns,
        (Speaker(PersonId("m-claire"), "Claire"),),
        (TimeSpan(80_000, 90_000),),
        (Chapter("Reykjavik en chiffres", TimeSpan(60_000, 120_000)),),
    )
    document = a_document(
        "replay:hidden",
        title="Un replay à moitié",
        visibility=Visibility.STUDENTS,
        revision=Revision(hashlib.sha256(b"replay").hexdigest()),
        original=blobs.put(b"original with reykjavik"),
        content=blobs.put(msgspec.json.encode(content)),
        media=MediaFiles(
            playable=blobs.put(b"whole recording with reykjavik"),
            playable_type="audio/mp4",
            poster=blobs.put(b"poster with reykjavik"),
            thumbnails=blobs.put(b"thumbnails with reykjavik"),
            thumbnail_grid=ThumbnailGrid(5_000, 36, 10, 160, 90),
        ),
        media_kind=MediaKind.VIDEO,
        duration_ms=180_000,
    )
    encoder = school.services.settings.models.encoder
    passages = [
        a_passage(document, n, text=text, locator=span)
        for n, (text, span) in enumerate(zip(texts, spans, strict=True))
    ]
    replies = (
        Reply(0, "Et reykjavik ?", spans[1], (spans[2],), None, PersonId("m-claire")),
        Reply(1, "Et honolulu ?", spans[0], (spans[1], spans[2]), None, PersonId("m-claire")),
    )
    vectors = {encoder: WordEncoder(encoder).encode_passages(texts)}
    catalog.publishing.publish(document, passages, vectors, [a_tag("sector.food")], replies=replies)
    catalog.corrections.save(
        Correction(
            document.id, document.revision, turns[1], HIDDEN, PersonId("m-claire"), "Claire",
            school.services.clock(),
        )
    )  # fmt: skip
    answer = post(school, document, MINUTES)
    assert answer.status_code == 201, answer.text
    position = catalog.changes.last_position()
    assert school.services.handle.wait_for(position, 2.0)
    return document


def post(school: School, document: Document, place: dict[str, int], **said: Any) -> Any:
    return school.client.post(
        f"/v1/documents/{document.id}/restrictions",
        json={"place": place, "reason": "Des chiffres d'élèves", **said},
        headers=school.headers(CLAIRE),
    )


PATHS: Final = (
    "/v1/search?q=reykjavik",
    "/v1/search?q=reykjavik&mode=instant",
    "/v1/search?q=reykiavik",
    "/v1/suggest?q=reykj",
    "/v1/recommendations?q=reykjavik&limit=50",
    "/v1/documents?per_page=50",
    "/v1/documents/{id}",
    "/v1/documents/{id}/content?words=true",
    "/v1/documents/{id}/transcript",
    "/v1/documents/{id}/transcript?format=vtt",
    "/v1/documents/{id}/replies",
    "/v1/documents/{id}/similar",
    "/v1/documents/{id}/media",
    "/v1/documents/{id}/poster",
    "/v1/documents/{id}/thumbnails",
    "/v1/documents/{id}/original",
)


@pytest.mark.parametrize("path", PATHS)
def test_no_path_tells_a_student_a_word_of_what_is_hidden(
    school: School, replay: Document, path: str
) -> None:
    address = path.format(id=replay.id)

    said = school.client.get(address, headers=school.headers(KARIM)).content.lower()

    assert b"reykjavik" not in said.replace(b"q=reykjavik", b"").replace(b'"q":"reykjavik"', b"")


@pytest.mark.parametrize(
    "path", ["/v1/documents/{id}/content", "/v1/documents/{id}/transcript?format=vtt",
             "/v1/documents/{id}/replies", "/v1/documents/{id}/media", "/v1/documents/{id}/poster",
             "/v1/documents/{id}/thumbnails", "/v1/documents/{id}/original"],
)  # fmt: skip
@pytest.mark.parametrize("who", [CLAIRE, ADMIN])
def test_a_mentor_gets_all(school: School, replay: Document, path: str, who: Any) -> None:
    answer = school.client.get(path.format(id=replay.id), headers=school.headers(who))

    assert answer.status_code == 200
    assert b"reykjavik" in answer.content.lower()


def test_a_student_finds_what_is_beside_and_reads_that_something_is_reserved(
    school: School, replay: Document
) -> None:
    hits = school.get(KARIM, "/v1/search", q="honolulu")["hits"]
    content = school.get(KARIM, f"/v1/documents/{replay.id}/content")

    assert replay.id in {hit["document_id"] for hit in hits}
    turns = [(turn["text"], turn["start_ms"], turn["end_ms"]) for turn in content["utterances"]]
    assert turns[1] == ("[passage réservé aux mentors]", 70_000, 110_000)
    assert (turns[0][0], turns[2][0]) == (SHOWN, LATER)
    assert content["holes"] == []


def test_searches_count_nothing_hidden(school: School, replay: Document) -> None:
    for path in ("/v1/search", "/v1/search?document=" + replay.id):
        found = school.get(KARIM, path, q="reykjavik affaires", retrievers="lexical")
        assert replay.id not in {hit["document_id"] for hit in found["hits"]}
        assert found["total"] == len(found["hits"])
        assert "reykjavik" not in str(found["facets"]).lower()
    mine = school.get(CLAIRE, "/v1/search", q="reykjavik")["hits"]
    assert replay.id in {hit["document_id"] for hit in mine}


def test_the_page_shows_a_student_no_hidden_word(school: School, replay: Document) -> None:
    school.client.cookies.set("cordee_session", school.token(KARIM))
    page = school.client.get(f"/documents/{replay.id}?q=reykjavik")
    school.client.cookies.clear()

    assert page.status_code == 200
    assert "reste entre mentors" not in page.text
    assert "passage réservé aux mentors" in page.text


def test_a_student_gets_the_recording_only_once_it_is_made_without_the_minutes(
    school: School, replay: Document
) -> None:
    path, catalog = f"/v1/documents/{replay.id}/media", school.services.catalog
    before = school.client.get(path, headers=school.headers(KARIM)).status_code
    document = catalog.documents.get(replay.id)
    assert document is not None
    media = msgspec.structs.replace(
        document.media,
        masked=school.services.blobs.put(b"silence"),
        masked_type="audio/mp4",
        masked_as=mask_of(document),
    )
    assert catalog.restrictions.set_mask(document, media)
    whole = school.client.get(path, headers=school.headers(CLAIRE))
    stale = {**school.headers(KARIM), "If-None-Match": whole.headers["etag"]}

    served = school.client.get(path, headers=stale)
    part = school.client.get(path, headers={**school.headers(KARIM), "Range": "bytes=0-3"})

    assert (before, served.status_code, served.content, part.content) == (
        404,
        200,
        b"silence",
        b"sile",
    )
    assert served.headers["etag"] != whole.headers["etag"]
    assert "private" in served.headers["cache-control"]


def test_participants_of_a_document_keep_what_is_hidden_from_others(school: School) -> None:
    document = school.publish(
        "sheet:ours",
        "Le mot valdivia est à nous.",
        visibility=Visibility.STUDENTS,
        participants=(a_student("s-lea", "Léa"), a_mentor("m-claire", "Claire")),
    )

    said = post(school, document, {"start_ms": 0, "end_ms": 9_000}, visibility="participants")
    lea, karim = (
        school.client.get(f"/v1/documents/{document.id}/content", headers=school.headers(who)).text
        for who in (LEA, KARIM)
    )

    assert said.status_code == 201
    assert ("valdivia" in lea, "valdivia" in karim) == (True, False)


def publish(school: School, source: str, content: Body | Transcript, **changes: Any) -> Document:
    """Publish a document of several pages or messages, one passage for each."""
    blobs, catalog = school.services.blobs, school.services.catalog
    parts = content.blocks if isinstance(content, Body) else content.utterances
    places = [
        PageSpan(part.page or 1, (part.page or 1) + 1)
        if isinstance(part, Block)
        else MessageSpan(part.ordinal, part.ordinal + 1)
        for part in parts
    ]
    document = a_document(
        source,
        visibility=Visibility.STUDENTS,
        original=blobs.put(f"original of {source} with reykjavik".encode()),
        content=blobs.put(msgspec.json.encode(content)),
        **changes,
    )
    texts = [part.text for part in parts]
    passages = [
        a_passage(document, n, text=text, locator=place)
        for n, (text, place) in enumerate(zip(texts, places, strict=True))
    ]
    encoder = school.services.settings.models.encoder
    vectors = {encoder: WordEncoder(encoder).encode_passages(texts)}
    catalog.publishing.publish(document, passages, vectors, [])
    return document


@pytest.fixture(scope="module")
def pages(school: School) -> Document:
    """Three pages of a sheet; the second is hidden."""
    texts = enumerate((SHOWN, HIDDEN, LATER), 1)
    body = Body(tuple(Block(n, text, page=n) for n, text in texts))
    pictures = (b"picture of honolulu", b"picture of reykjavik", b"picture of honolulu, later")
    document = publish(
        school,
        "sheet:pages",
        body,
        media_kind=MediaKind.PDF,
        n_pages=3,
        media=MediaFiles(pages=tuple(school.services.blobs.put(each) for each in pictures)),
    )
    hide(school, document, {"first_page": 2, "last_page": 2})
    return document


@pytest.fixture(scope="module")
def messages(school: School) -> Document:
    """Three messages of a thread; the second is hidden."""
    texts = enumerate((SHOWN, HIDDEN, LATER))
    speaker = Speaker(PersonId("m-claire"), "Claire")
    thread = Transcript(tuple(Utterance(n, text, speaker.id) for n, text in texts), (speaker,))
    document = publish(
        school, "thread:messages", thread, media_kind=MediaKind.MESSAGES, kind=DocumentKind.THREAD
    )
    hide(school, document, {"first_message": 1, "last_message": 1})
    return document


def hide(school: School, document: Document, place: dict[str, int]) -> None:
    answer = post(school, document, place)
    assert answer.status_code == 201, answer.text
    assert school.services.handle.wait_for(school.services.catalog.changes.last_position(), 2.0)


@pytest.mark.parametrize("path", [*PATHS, *(f"/v1/documents/{{id}}/pages/{n}" for n in (1, 2, 3))])
@pytest.mark.parametrize("which", ["pages", "messages"])
def test_no_path_tells_a_student_of_a_hidden_page_or_message(
    school: School, which: str, path: str, request: pytest.FixtureRequest
) -> None:
    document: Document = request.getfixturevalue(which)

    answer = school.client.get(path.format(id=document.id), headers=school.headers(KARIM))

    said = answer.content.lower()
    assert b"reykjavik" not in said.replace(b"q=reykjavik", b"").replace(b'"q":"reykjavik"', b"")


@pytest.mark.parametrize("which", ["pages", "messages"])
def test_what_is_beside_a_hidden_page_or_message_stays_and_mentors_keep_all(
    school: School, which: str, request: pytest.FixtureRequest
) -> None:
    document: Document = request.getfixturevalue(which)
    path = f"/v1/documents/{document.id}/content"

    student, mentor = (
        school.client.get(path, headers=school.headers(who)).text for who in (KARIM, CLAIRE)
    )
    here = {"document": document.id, "retrievers": "lexical"}  # others of these tests say the same
    hits = school.get(KARIM, "/v1/search", q="honolulu", **here)["hits"]
    unseen = school.get(KARIM, "/v1/search", q="reykjavik", **here)["hits"]

    assert (SHOWN in student, LATER in student, HIDDEN in mentor) == (True, True, True)
    assert "passage réservé aux mentors" in student
    assert [hit["document_id"] for hit in hits] == [document.id]
    assert unseen == []


def test_the_picture_of_a_hidden_page_is_for_mentors(school: School, pages: Document) -> None:
    status = {
        (who.person_id, n): school.client.get(
            f"/v1/documents/{pages.id}/pages/{n}", headers=school.headers(who)
        ).status_code
        for who in (KARIM, CLAIRE)
        for n in (1, 2)
    }

    assert status == {
        (KARIM.person_id, 1): 200,
        (KARIM.person_id, 2): 404,
        (CLAIRE.person_id, 1): 200,
        (CLAIRE.person_id, 2): 200,
    }


def test_lifting_shows_it_again(school: School) -> None:
    document = school.publish("sheet:lift", "Le mot antofagasta revient.")
    made = post(school, document, {"start_ms": 0, "end_ms": 9_000}).json()
    path = f"/v1/documents/{document.id}"
    hidden = school.client.get(f"{path}/content", headers=school.headers(KARIM)).text

    school.client.delete(f"{path}/restrictions/{made['id']}", headers=school.headers(CLAIRE))
    assert school.services.handle.wait_for(school.services.catalog.changes.last_position(), 2.0)

    shown = school.client.get(f"{path}/content", headers=school.headers(KARIM)).text
    listed = school.get(CLAIRE, f"{path}/restrictions")["restrictions"]
    hits = school.get(KARIM, "/v1/search", q="antofagasta")["hits"]
    assert ("antofagasta" in hidden, "antofagasta" in shown, listed) == (False, True, [])
    assert document.id in {hit["document_id"] for hit in hits}


def test_students_neither_see_nor_make_restrictions(school: School, replay: Document) -> None:
    path = f"/v1/documents/{replay.id}/restrictions"
    headers = school.headers(KARIM)

    assert school.client.get(path, headers=headers).status_code == 403
    assert school.client.post(path, json={"place": MINUTES}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "place",
    [{}, {"start_ms": 5}, {"start_ms": 9, "end_ms": 5}, {"first_page": 1, "last_page": 2},
     {"start_ms": 0, "end_ms": 5, "first_page": 1, "last_page": 1}],
)  # fmt: skip
def test_a_place_that_is_none_is_refused(
    school: School, replay: Document, place: dict[str, int]
) -> None:
    assert post(school, replay, place).status_code == 400


def test_mentors_see_and_lift_it_in_the_console_and_on_the_timeline(
    school: School, replay: Document
) -> None:
    school.client.cookies.set("cordee_session", school.token(CLAIRE))
    editor = school.client.get(f"/documents/{replay.id}/edit").text
    page = school.client.get(f"/documents/{replay.id}").text
    school.client.cookies.set("cordee_session", school.token(KARIM))
    of_students = school.client.get(f"/documents/{replay.id}").text
    school.client.cookies.clear()

    assert "De 1:00 à 2:00" in editor
    assert "data-lift" in editor
    assert 'class="reserved" x="333" y="2" width="334"' in page
    assert 'class="reserved"' not in of_students


def test_the_track_of_thumbnails_goes_with_them(school: School, replay: Document) -> None:
    links = school.get(KARIM, f"/v1/documents/{replay.id}")["links"]
    track = f"/v1/documents/{replay.id}/thumbnails.vtt"

    assert links["thumbnails"] is None
    assert school.client.get(track, headers=school.headers(KARIM)).status_code == 404
    assert "#xywh=" in school.client.get(track, headers=school.headers(CLAIRE)).text
