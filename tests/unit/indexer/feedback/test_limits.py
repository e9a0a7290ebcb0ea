"""Nobody does more in a minute than the limit, and remembering who did costs a bounded amount."""

from hypothesis import given
from hypothesis import strategies as st

from indexer.feedback.limits import WINDOW_S, PerMinute


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@given(st.lists(st.floats(0, 50), max_size=60))
def test_no_minute_holds_more_than_the_limit(pauses: list[float]) -> None:
    clock, taken = Clock(), list[float]()
    limit = PerMinute(3, clock_s=clock)

    for pause in pauses:
        clock.now_s += pause
        if limit.take("s-17"):
            taken.append(clock.now_s)

    for start in taken:
        assert sum(start <= at < start + WINDOW_S for at in taken) <= 3


def test_one_person_does_not_use_up_what_another_may_do() -> None:
    limit = PerMinute(1, clock_s=Clock())

    assert [limit.take(person) for person in ("a", "a", "b")] == [True, False, True]


def test_a_minute_later_there_is_room_again() -> None:
    clock = Clock()
    limit = PerMinute(1, clock_s=clock)
    limit.take("a")

    clock.now_s += WINDOW_S

    assert limit.take("a")


def test_only_the_persons_seen_last_are_remembered() -> None:
    limit = PerMinute(1, clock_s=Clock(), max_persons=2)
    for person in ("a", "b", "c"):
        limit.take(person)

    assert not limit.take("c")
    assert limit.take("a")
