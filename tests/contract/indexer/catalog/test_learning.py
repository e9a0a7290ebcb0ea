"""What is learned from the log in the catalog, on both databases: live, kept and replayed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import pytest

from fixtures.builders import (
    A_MOMENT,
    AN_ENCODER,
    a_document,
    a_judgment,
    a_phrasing,
    a_search,
    an_event,
    some_passages,
    some_vectors,
)
from fixtures.fakes import HashingEncoder
from fixtures.school import until
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.feedback.live import SNAPSHOT_FILE, LiveFeedback
from indexer.feedback.phrasings import VECTOR_TYPE
from indexer.feedback.pseudonyms import Pseudonyms, phrasing_id
from indexer.feedback.reader import FeedbackReader
from schemas.document import Document
from schemas.feedback import LoggedSearch
from schemas.ids import PersonId
from schemas.judgment import Verdict

PSEUDONYMS: Final = Pseudonyms("k" * 32)
ENCODER: Final = HashingEncoder(AN_ENCODER)


@pytest.fixture
def documents(catalog: Catalog) -> list[Document]:
    found = [a_document(f"learning:{n}") for n in range(3)]
    for each in found:
        catalog.publishing.publish(each, some_passages(each), {AN_ENCODER: some_vectors(3)}, [])
    return found


def live_of(catalog: Catalog, directory: Path | None = None, encoder: str = "") -> LiveFeedback:
    made_by = HashingEncoder(encoder or AN_ENCODER)
    reader = FeedbackReader(
        catalog.feedback,
        catalog.judgments,
        pseudonym_of=PSEUDONYMS.of,
        encode=lambda text: (made_by.name, made_by.encode_query(text)),
    )
    return LiveFeedback(
        reader, encoder=lambda: made_by.name, clock=lambda: A_MOMENT, directory=directory
    )


def search(
    catalog: Catalog, documents: list[Document], n: int, text: str = "fixer ses prix"
) -> LoggedSearch:
    person = PSEUDONYMS.of(PersonId(f"s-{n}"))
    at = A_MOMENT + timedelta(minutes=n)
    found = a_search(f"q-{n}-{text}", *documents, text=text, person=person, at=at)
    packed = ENCODER.encode_query(text).astype(VECTOR_TYPE).tobytes()
    phrasing = a_phrasing(text, encoder=AN_ENCODER, vector=packed)
    catalog.feedback.append([found], new=[phrasing])
    return found


def vote(
    catalog: Catalog, found: LoggedSearch, document: Document, value: Verdict = Verdict.USEFUL
) -> None:
    catalog.judgments.record(
        a_judgment(
            document,
            person_id=PersonId(f"s-{found.query_id.split('-')[1]}"),
            query_text=found.text,
            query_id=found.query_id,
            value=value,
        )
    )


def test_a_state_kept_and_brought_up_to_date_is_the_one_that_a_replay_gives(
    catalog: Catalog, documents: list[Document], tmp_path: Path
) -> None:
    live = live_of(catalog, tmp_path)
    for n in range(4):
        found = search(catalog, documents, n)
        catalog.feedback.append(events=[an_event(found, 2)])
        vote(catalog, found, documents[1])
    live.catch_up()
    live.start()
    live.stop()
    assert (tmp_path / SNAPSHOT_FILE).exists()

    for n, text in enumerate(("seuil de tva", "fixer prix", "trouver des clients"), 10):
        vote(catalog, search(catalog, documents, n, text), documents[2])
    catalog.feedback.regroup(A_MOMENT)
    last = search(catalog, documents, 20, "seuil tva")
    vote(catalog, last, documents[2], Verdict.NOT_USEFUL)
    kept, fresh = live_of(catalog, tmp_path), live_of(catalog)
    seen = kept.catch_up()

    assert kept.digest() == fresh.digest() == live.digest()
    assert seen.experience == fresh.catch_up().experience


def test_a_file_that_is_none_is_read_over(
    catalog: Catalog, documents: list[Document], tmp_path: Path
) -> None:
    (tmp_path / SNAPSHOT_FILE).write_bytes(b"\x93broken")
    search(catalog, documents, 1)

    assert live_of(catalog, tmp_path).digest() == live_of(catalog).digest()


@pytest.mark.parametrize("n_since", [0, 1, 5])
def test_a_file_of_another_log_is_read_over(
    catalog: Catalog, documents: list[Document], tmp_path: Path, n_since: int
) -> None:
    live = live_of(catalog, tmp_path)
    for n in range(3):
        vote(catalog, search(catalog, documents, n), documents[2])
    live.catch_up()
    live.start()
    live.stop()
    other = open_catalog(f"sqlite:///{tmp_path / 'restored.sqlite'}")
    for each in documents:
        other.publishing.publish(each, some_passages(each), {AN_ENCODER: some_vectors(3)}, [])
    for n in range(n_since):
        vote(other, search(other, documents, n, "seuil de tva"), documents[1])

    assert live_of(other, tmp_path).digest() == live_of(other).digest()
    other.close()


def test_regrouping_is_done_at_its_place_in_the_log(
    catalog: Catalog, documents: list[Document]
) -> None:
    live = live_of(catalog)
    for n, text in enumerate(("fixer ses prix", "prix", "tva", "seuil de tva", "clients")):
        search(catalog, documents, n, text)
        if n == 3:
            assert catalog.feedback.regroup(A_MOMENT) == 1
            live.catch_up()
    view = live.catch_up()

    assert catalog.feedback.regroupings_after(0) == [(1, 4)]
    assert live.digest() == live_of(catalog).digest()
    assert set(view.names.values()) <= {"fixer ses prix", "prix", "tva", "seuil de tva", "clients"}


def test_another_encoder_has_the_meanings_encoded_again(
    catalog: Catalog, documents: list[Document]
) -> None:
    text = "fixé ses pris"
    found = a_search("q-1", *documents, text=text)
    packed = np.ones(1, dtype=VECTOR_TYPE).tobytes()
    meant = a_phrasing(text, meaning="fixer ses prix", encoder=AN_ENCODER, vector=packed)
    catalog.feedback.append([found], new=[meant])
    vote(catalog, msgspec.structs.replace(found, query_id=found.query_id), documents[0])

    view = live_of(catalog, encoder="newer").catch_up()

    assert catalog.feedback.meanings([phrasing_id(text)]) == {phrasing_id(text): "fixer ses prix"}
    assert view.encoder == "newer"
    meaning = HashingEncoder("newer").encode_query("fixer ses prix")
    ids = [each.id for each in documents]
    assert view.useful("autre", ids, encoder="newer", encode=lambda: meaning) == view.useful(
        text, ids, encoder="newer", encode=lambda: meaning
    )


def test_the_thread_outlives_what_nobody_foresaw(
    catalog: Catalog, documents: list[Document]
) -> None:
    search(catalog, documents, 1)
    failures = [ZeroDivisionError("nobody foresaw it")]

    def encoder() -> str:
        if failures:
            raise failures.pop()
        return AN_ENCODER

    reader = FeedbackReader(
        catalog.feedback,
        catalog.judgments,
        pseudonym_of=PSEUDONYMS.of,
        encode=lambda text: (AN_ENCODER, ENCODER.encode_query(text)),
    )
    live = LiveFeedback(reader, encoder=encoder, clock=lambda: A_MOMENT, retry_s=0.01)
    live.start()
    try:
        until(lambda: live.current() is not None, seconds=10, what="the log to be read")
    finally:
        live.stop()

    assert not failures
