"""Which places meet, and so are hidden together."""

from __future__ import annotations

from schemas.hiding import overlaps
from schemas.reply import Reply, shown_replies
from schemas.span import MessageSpan, PageSpan, TimeSpan


def test_places_meet_where_they_share_a_message_or_a_moment() -> None:
    assert overlaps(MessageSpan(0, 2), MessageSpan(1, 3))
    assert not overlaps(MessageSpan(0, 2), MessageSpan(2, 3))
    assert overlaps(TimeSpan(0, 10), TimeSpan(9, 20))
    assert not overlaps(TimeSpan(0, 10), MessageSpan(0, 10))
    assert not overlaps(TimeSpan(0, 10), PageSpan(1, 2))


def test_a_question_said_in_no_time_is_hidden_with_the_moment_it_begins_at() -> None:
    reply = Reply(0, "Combien ?", TimeSpan(500, 500), (TimeSpan(900, 990),), None, None)

    assert shown_replies((reply,), (TimeSpan(500, 600),)) == ()
