"""Topics of a Discourse forum."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.extraction.discourse import (
    is_topic,
    participants_of,
    read_topic,
    topic_to_transcript,
    topic_warnings,
)
from schemas.document import ParticipantRole
from schemas.errors import DamagedFileError, InvalidExchangeError, NoTextError


def a_post(username: str, cooked: str, minute: int, **more: Any) -> dict[str, Any]:
    at = f"2026-03-02T10:{minute:02d}:00.000Z"
    return {"username": username, "cooked": cooked, "created_at": at, "post_type": 1, **more}


def a_topic(*posts: dict[str, Any], **more: Any) -> str:
    topic = {"title": "Fixer ses prix", "post_stream": {"posts": posts}, "views": 12, **more}
    return json.dumps(topic)


QUESTION = a_post("Lea", "<p>Je facture <b>combien</b>&nbsp;?</p>", 0, name="Léa Exemple")
QUOTE = '<aside class="quote"><blockquote>Je facture combien ?</blockquote></aside>'
ANSWER = a_post("karim", f"{QUOTE}<p>Ton coût jour.</p><ul><li>plus la marge</li></ul>", 5)


def test_posts_are_messages_in_order_of_time_without_quotes() -> None:
    topic = read_topic(a_topic(ANSWER, QUESTION), "t.json")
    found = topic_to_transcript(topic)
    assert [(u.speaker_id, u.text, u.sent_at) for u in found.utterances] == [
        ("discourse:lea", "Je facture combien\u00a0?", datetime(2026, 3, 2, 10, 0, tzinfo=UTC)),
        (
            "discourse:karim",
            "Ton coût jour.\nplus la marge",
            datetime(2026, 3, 2, 10, 5, tzinfo=UTC),
        ),
    ]
    assert [(p.name, p.role) for p in participants_of(topic)] == [
        ("karim", ParticipantRole.SPEAKER),
        ("Léa Exemple", ParticipantRole.SPEAKER),
    ]


@pytest.mark.parametrize(
    "gone", [{"hidden": True}, {"deleted_at": "2026-03-03T10:00:00Z"}, {"post_type": 4}]
)
def test_what_readers_of_the_forum_do_not_see_is_left_out(gone: dict[str, Any]) -> None:
    topic = read_topic(a_topic(QUESTION, a_post("x", "<p>Secret</p>", 1, **gone)), "t.json")
    assert [u.text for u in topic_to_transcript(topic).utterances] == ["Je facture combien\u00a0?"]


def test_a_post_of_a_picture_alone_is_no_empty_turn() -> None:
    picture = a_post("karim", "<p><img src='devis.png'></p>", 3)
    topic = read_topic(a_topic(QUESTION, picture, ANSWER), "t.json")
    found = [(u.ordinal, u.speaker_id) for u in topic_to_transcript(topic).utterances]
    assert found == [(0, "discourse:lea"), (1, "discourse:karim")]


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(InvalidExchangeError, match="created_at"):
        read_topic(a_topic(QUESTION | {"created_at": "2026-03-02T10:00:00"}), "t.json")


def test_a_topic_is_told_from_an_exchange() -> None:
    assert is_topic(a_topic(QUESTION))
    assert not is_topic('{"kind": "thread", "messages": []}')


def test_a_message_to_a_few_is_private() -> None:
    assert read_topic(a_topic(QUESTION, archetype="private_message"), "t.json").is_private
    assert not read_topic(a_topic(QUESTION), "t.json").is_private


def test_posts_that_the_file_lacks_are_counted() -> None:
    stream = {"posts": [QUESTION], "stream": [1, 2, 3]}
    topic = read_topic(json.dumps({"title": "x", "post_stream": stream}), "t.json")
    assert topic_warnings(topic)[0].startswith("The file lacks posts of the topic: 2.")


def test_what_is_wrong_is_named() -> None:
    with pytest.raises(InvalidExchangeError, match=r"`\$\.post_stream\.posts\[0\]"):
        read_topic(a_topic({"username": "x"}), "t.json")
    with pytest.raises(DamagedFileError, match="not valid JSON"):
        read_topic(a_topic(QUESTION)[:-3], "t.json")
    with pytest.raises(NoTextError, match="without any post that has text"):
        read_topic(a_topic(a_post("x", "<img src='a.png'>", 0)), "t.json")
