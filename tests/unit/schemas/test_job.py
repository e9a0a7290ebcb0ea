from schemas.job import ACTIVE, ENDED_BADLY, OPEN, OVER, JobState


def test_every_state_is_either_open_or_over() -> None:
    assert set(JobState) == OPEN | OVER
    assert not OPEN & OVER
    assert ACTIVE < OPEN
    assert ENDED_BADLY < OVER
