"""One suite for every dense index: the fake, Qdrant Edge, and qdrant-client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fixtures.entries import A_DAY_S, an_entry, by_document
from fixtures.fakes import FakeDenseIndex
from indexer.dense.edge import EdgeIndex
from indexer.dense.server import ServerIndex, open_client
from indexer.ports import DenseIndex
from schemas.document import DocumentKind
from schemas.ids import DocumentId, PassageId, PersonId, TagId
from schemas.passage import IndexEntry
from schemas.query import Filter
from schemas.settings import DenseSettings

# The client's in-process engine says that it is not a server; that is why it is used here.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Local mode"),
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect"),
]

EVERYBODY = Filter(audiences=frozenset({"everyone"}))
DIMENSIONS = 8


@pytest.fixture(params=["fake", "edge", "server"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DenseIndex]:
    match request.param:
        case "edge":
            edge = EdgeIndex(tmp_path / "dense", dimensions=DIMENSIONS, settings=DenseSettings())
            yield edge
            edge.close()
        case "server":
            settings = DenseSettings(url=":memory:")
            client = open_client(settings)
            yield ServerIndex(client, number=1, dimensions=DIMENSIONS, settings=settings)
            client.close()
        case _:
            yield FakeDenseIndex()


def unit(*values: float) -> NDArray[np.float32]:
    row = np.zeros(DIMENSIONS, dtype=np.float32)
    row[: len(values)] = values
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)


def put(index: DenseIndex, *pairs: tuple[IndexEntry, NDArray[np.float32]]) -> None:
    vectors = {entry.passage.id: vector for entry, vector in pairs}
    for document_id, own in by_document([entry for entry, _ in pairs]).items():
        index.replace(document_id, own, np.stack([vectors[e.passage.id] for e in own]))
    index.flush()


def found(index: DenseIndex, vector: NDArray[np.float32], where: Filter = EVERYBODY) -> list[int]:
    return [scored.passage_id for scored in index.search(vector, where, limit=10)]


def test_the_nearest_comes_first_with_its_cosine(index: DenseIndex) -> None:
    put(index, (an_entry(1_000), unit(0, 1)), (an_entry(2_000), unit(3, 4)))

    ranking = index.search(unit(1), EVERYBODY, limit=10)

    assert [scored.passage_id for scored in ranking] == [2_000, 1_000]
    assert [scored.score for scored in ranking] == pytest.approx([0.6, 0.0], abs=1e-6)


def test_equal_scores_come_in_passage_id_order(index: DenseIndex) -> None:
    put(index, *((an_entry(1_000 * i), unit(1, 1)) for i in (3, 1, 2)))

    assert found(index, unit(1)) == [1_000, 2_000, 3_000]


def test_what_is_held_is_listed_by_id_a_page_at_a_time(index: DenseIndex) -> None:
    put(index, *((an_entry(1_000 * i), unit(1)) for i in (3, 1, 2)))

    pages = [index.held(after, 2) for after in (-1, 2_000, 3_000)]

    assert [[each.passage_id for each in page] for page in pages] == [[1_000, 2_000], [3_000], []]
    assert {e.document_id for page in pages for e in page} == {
        an_entry(1_000 * i).passage.document_id for i in (1, 2, 3)
    }


def test_no_more_than_the_limit_is_returned(index: DenseIndex) -> None:
    put(index, *((an_entry(1_000 * i), unit(1, i)) for i in range(1, 6)))

    assert [s.passage_id for s in index.search(unit(1), EVERYBODY, limit=2)] == [1_000, 2_000]


def test_replacing_drops_what_is_not_given_again(index: DenseIndex) -> None:
    put(index, (an_entry(1_000), unit(1)), (an_entry(1_001), unit(1)), (an_entry(2_000), unit(1)))

    put(index, (an_entry(1_001), unit(0, 1)))

    assert found(index, unit(1)) == [2_000, 1_001]


def test_replacing_by_nothing_deletes(index: DenseIndex) -> None:
    put(index, (an_entry(1_000), unit(1)), (an_entry(2_000), unit(1)))

    index.replace(DocumentId("d-1"), [], np.empty((0, 0), dtype=np.float32))

    assert found(index, unit(1)) == [2_000]
    assert index.score(unit(1), [PassageId(1_000)]) == [-1.0]


def test_scores_come_in_the_order_asked(index: DenseIndex) -> None:
    put(index, (an_entry(1_000), unit(3, 4)), (an_entry(2_000), unit(1)))

    scores = index.score(unit(1), [PassageId(2_000), PassageId(77), PassageId(1_000)])

    assert scores == pytest.approx([1.0, -1.0, 0.6], abs=1e-6)


def test_identifiers_of_63_bits_come_back_whole(index: DenseIndex) -> None:
    largest = 2**63 - 1
    put(index, (an_entry(largest, document_id=DocumentId("d-x"), ordinal=0), unit(1)))

    assert found(index, unit(1)) == [largest]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Filter(frozenset()), []),
        (Filter(frozenset({"person:s-1"})), [2_000]),
        (Filter(frozenset({"everyone"}), kinds=frozenset({DocumentKind.COURSE})), [2_000]),
        (Filter(frozenset({"everyone"}), tags=frozenset({TagId("a")})), [1_000, 2_000]),
        (
            Filter(
                frozenset({"everyone"}),
                tag_groups=(frozenset({TagId("a"), TagId("b")}), frozenset({TagId("c")})),
            ),
            [2_000],
        ),
        (Filter(frozenset({"everyone"}), speakers=frozenset({PersonId("m-1")})), [2_000]),
        (Filter(frozenset({"everyone"}), mentors=frozenset({PersonId("m-1")})), [2_000]),
        (Filter(frozenset({"everyone"}), documents=frozenset({"d-2"})), [2_000]),
        (
            Filter(frozenset({"everyone"}), since=datetime.fromtimestamp(A_DAY_S + 5, UTC)),
            [2_000],
        ),
        (Filter(frozenset({"everyone"}), until=datetime.fromtimestamp(A_DAY_S, UTC)), [4_000]),
    ],
)
def test_each_condition_of_a_filter_hides_what_does_not_meet_it(
    index: DenseIndex, where: Filter, expected: list[int]
) -> None:
    shown: dict[str, Any] = {
        "kind": "course",
        "tags": ("a", "c"),
        "audiences": ("everyone", "person:s-1"),
        "speaker_ids": ("m-1", "s-2"),
        "mentor_ids": ("m-1",),
        "created_at_s": A_DAY_S + 5,
    }
    put(
        index,
        (an_entry(1_000, tags=("a",)), unit(1)),
        (an_entry(2_000, **shown), unit(1)),
        (an_entry(3_000, audiences=("mentors",), tags=("c",)), unit(1)),
        (an_entry(4_000, created_at_s=A_DAY_S - 1), unit(1)),
    )

    assert found(index, unit(1), where) == expected
