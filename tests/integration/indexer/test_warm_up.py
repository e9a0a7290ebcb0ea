"""What an engine prepares at start, so that the first search does not wait for it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from fixtures.fakes import HashingEncoder
from indexer.bootstrap import EngineHandle, open_engine
from schemas.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from tests.integration.indexer.conftest import School

PATIENCE_S = 20.0


class Encoder(HashingEncoder):
    """Notes what it encodes once the engine is open; may be held, or made to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.is_broken = False

    def encode_query(self, text: str) -> NDArray[np.float32]:
        assert self.go_on.wait(PATIENCE_S)
        self.asked.append(text)
        if self.is_broken:
            raise TransientError("The encoder is broken.")
        return super().encode_query(text)


@pytest.fixture
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture
def handle(school: School, encoder: Encoder) -> Iterator[EngineHandle]:
    """A second engine over the school, with an encoder that notes."""
    school.publish("a", ["Le devis se signe."], title="Devis")
    school.handle.close()
    school.handle = open_engine(school.settings, school.catalog, open_encoder=lambda _: encoder)
    school.wait()
    encoder.asked.clear()
    yield school.handle
    encoder.go_on.set()


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_the_encoder_and_the_word_lists_have_run_before_the_first_search(
    handle: EngineHandle, encoder: Encoder, school: School
) -> None:
    handle.warm_up()
    until(lambda: encoder.asked)

    assert encoder.asked[0].startswith("bonjour")
    assert handle.query_vectors().misses == 1


def test_warming_up_returns_at_once_and_searches_go_on_meanwhile(
    handle: EngineHandle, encoder: Encoder, school: School
) -> None:
    encoder.go_on.clear()
    handle.warm_up()
    lexical = school.search("", where={})  # waits for no encoder
    asked_meanwhile = list(encoder.asked)
    encoder.go_on.set()
    until(lambda: encoder.asked)

    assert (lexical.total, asked_meanwhile) == (1, [])
    assert school.titles("devis") == ["Devis"]


def test_a_failure_while_warming_up_is_logged_and_nothing_else(
    handle: EngineHandle, encoder: Encoder, school: School
) -> None:
    encoder.is_broken = True
    with capture_logs() as logs:
        handle.warm_up()
        until(lambda: any(each["event"] == "engine.cold" for each in logs))
    encoder.is_broken = False

    assert [(each["event"], each["error"]) for each in logs if each["event"] == "engine.cold"] == [
        ("engine.cold", "The encoder is broken.")
    ]
    assert school.titles("devis") == ["Devis"]
