"""One speller for all searches, made again aside."""

from __future__ import annotations

import threading

from fixtures.entries import an_entry
from fixtures.fakes import FakePassageIndex
from indexer.live_speller import MAKE_EVERY_S, LiveSpeller
from schemas.ids import DocumentId


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def an_index(text: str) -> FakePassageIndex:
    index = FakePassageIndex()
    put(index, text)
    return index


def put(index: FakePassageIndex, text: str) -> None:
    index.replace(DocumentId("d-1"), [an_entry(1_000, text)])
    index.commit()


def wait_for_makers() -> None:
    for thread in threading.enumerate():
        if thread.name == "cordee-speller":
            thread.join(20)


def test_the_speller_knows_the_words_of_the_index() -> None:
    speller = LiveSpeller().of(an_index("le kombucha"))

    assert speller.correct("konbucha").text == "kombucha"


def test_an_index_that_has_not_changed_keeps_its_speller() -> None:
    live, index = LiveSpeller(), an_index("le kombucha")

    assert live.of(index) is live.of(index)


def test_a_changed_index_gets_a_new_speller_aside_and_not_too_often() -> None:
    clock = Clock()
    live, index = LiveSpeller(clock_s=clock), an_index("le kombucha")
    first = live.of(index)

    put(index, "le maroilles")
    assert live.of(index) is first
    clock.now_s += MAKE_EVERY_S
    assert live.of(index) is first
    wait_for_makers()

    assert live.of(index).correct("maroiles").text == "maroilles"


def test_every_later_change_gets_its_speller() -> None:
    clock = Clock()
    live, index = LiveSpeller(clock_s=clock), an_index("le kombucha")
    live.of(index)

    for text, typed, meant in (
        ("le maroilles", "maroiles", "maroilles"),
        ("le zorglub", "zorglubb", "zorglub"),
    ):
        put(index, text)
        clock.now_s += MAKE_EVERY_S
        live.of(index)
        wait_for_makers()
        assert live.of(index).correct(typed).text == meant
