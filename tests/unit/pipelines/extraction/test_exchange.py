"""Exchange JSON: what is read, and errors that name the field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fixtures.builders import an_exchange_dict
from pipelines.extraction.exchange import exchange_to_transcript, kind_of, read_exchange
from schemas.document import DocumentKind, ParticipantRole
from schemas.errors import DamagedFileError, InvalidExchangeError, NoTextError

THREAD: dict[str, Any] = {
    "kind": "thread",
    "id": "th-1",
    "title": "La TVA",
    "authors": [
        {"id": "s-1", "name": "Une Élève"},
        {"id": "s-2", "name": "Un Élève"},
        {"id": "m-1", "name": "Un Mentor", "role": "mentor"},
    ],
    "messages": [
        {"from": "m-1", "at": "2026-03-02T11:00:00+01:00", "text": "Oui."},
        {"from": "s-1", "at": "2026-03-02T10:00:00+01:00", "text": "Une question ?"},
    ],
}


def read(**changes: Any) -> Any:
    return read_exchange(json.dumps(an_exchange_dict(**changes)), "ex.json")


def message(**changes: Any) -> dict[str, Any]:
    return {"from": "s-17", "at": "2026-03-02T10:00:00+01:00", "text": "Bonjour"} | changes


def test_participants_are_the_student_and_the_mentor() -> None:
    assert [p.role for p in read().participants] == [
        ParticipantRole.STUDENT,
        ParticipantRole.MENTOR,
    ]


def test_a_thread_has_any_number_of_authors() -> None:
    thread = read_exchange(json.dumps(THREAD), "th.json")
    assert kind_of(thread) is DocumentKind.THREAD
    assert [p.id for p in thread.participants] == ["s-1", "s-2", "m-1"]


def test_messages_are_put_in_order_of_time() -> None:
    thread = read_exchange(json.dumps(THREAD), "th.json")
    assert [u.text for u in exchange_to_transcript(thread).utterances] == ["Une question ?", "Oui."]


def test_a_blank_message_keeps_its_number() -> None:
    exchange = read(messages=[message(), message(text="  "), message(text="Merci")])
    assert [u.text for u in exchange_to_transcript(exchange).utterances] == ["Bonjour", "", "Merci"]


@pytest.mark.parametrize("field", ["id", "title", "student", "mentor", "kind"])
def test_a_missing_field_is_named(field: str) -> None:
    fields = an_exchange_dict()
    del fields[field]
    with pytest.raises(InvalidExchangeError, match=f"missing required field `{field}`"):
        read_exchange(json.dumps(fields), "ex.json")


def test_a_missing_field_of_a_message_is_named_with_its_path() -> None:
    broken = message()
    del broken["text"]
    with pytest.raises(InvalidExchangeError, match=r"`text` - at `\$\.messages\[1\]`"):
        read(messages=[message(), broken])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"messages": [message(at="2026-03-02T10:00:00")]}, r"timezone.*messages\[0\]\.at"),
        ({"visibility": "tout le monde"}, r"at `\$\.visibility`"),
        ({"messages": [message(**{"from": "x-9"})]}, r"unknown person 'x-9'.*messages\[0\]\.from"),
        ({"messages": [message(id="1"), message(id="1")]}, r"'1' is used by .*\[0\]` and .*\[1\]`"),
        ({"mentor": {"id": "s-17", "name": "Double"}}, "two people have the id 's-17'"),
    ],
)
def test_a_wrong_field_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidExchangeError, match=said):
        read(**changes)


def test_an_exchange_without_text_or_recording_is_refused() -> None:
    with pytest.raises(NoTextError, match="names no recording"):
        read(messages=[message(text=" ")])


def test_broken_json_is_damaged() -> None:
    with pytest.raises(DamagedFileError, match="not valid JSON"):
        read_exchange(json.dumps(an_exchange_dict())[:-9], "ex.json")


def test_each_participant_may_have_a_recording() -> None:
    files = [{"file": "lea.m4a", "participant": "s-17"}, {"file": "b.m4a", "offset_ms": 1500}]

    found = read(media=files).media

    assert [(v.file, v.participant, v.offset_ms) for v in found] == [
        ("lea.m4a", "s-17", 0),
        ("b.m4a", None, 1500),
    ]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([{"file": "a", "participant": "s-99"}], r"'s-99' - at `\$\.media\[0\]\.participant`"),
        ([{"file": "a"}, {"file": "a"}], r"`\$\.media` names 'a' twice"),
        ([{"file": "a", "offset_ms": -1}], r"media\[\.\.\.\]\.offset_ms|media\[0\]\.offset_ms"),
        ([{"participant": "s-17"}], "missing required field `file`"),
        ([{"file": str(n)} for n in range(9)], "length <= 8"),
    ],
)
def test_recordings_that_do_not_fit_are_named(files: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(InvalidExchangeError, match=said):
        read(media=files)


def test_an_empty_list_of_recordings_is_no_recording() -> None:
    with pytest.raises(NoTextError):
        read(media=[], messages=[])
