"""The follower and its generations: on time, idempotent, without a failed search."""

from __future__ import annotations

import shutil
import threading
import time
from typing import TYPE_CHECKING, Self

import pytest

from fixtures.builders import a_tag
from indexer.bootstrap import open_engine
from indexer.ownership import index_owner
from indexer.position import INDEX_FORMAT, Position, read_position, write_position
from indexer.retrieval.search import search
from schemas.errors import ConflictError, TransientError
from schemas.ids import PersonId, TagId
from schemas.query import Filter, Query, RetrieverChoice
from schemas.settings import DenseSettings, Settings

if TYPE_CHECKING:
    from tests.integration.indexer.conftest import School

local_mode = pytest.mark.filterwarnings("ignore:Local mode", "ignore:Payload indexes")

SEEN_WITHIN_S = 2.0  # what the product promises from published to searchable


def n_indexed(school: School) -> tuple[int, int]:
    with school.handle.engine.indexes.lease() as pair:
        return pair.lexical.n_passages(), pair.dense.n_points()  # type: ignore[attr-defined]


def test_a_published_document_is_found_in_time(school: School) -> None:
    school.publish("a", ["Le devis."], title="Devis", is_awaited=False)

    school.wait(within_s=SEEN_WITHIN_S)
    assert school.titles("devis") == ["Devis"]


def test_a_deleted_document_leaves_both_indexes(school: School) -> None:
    document = school.publish("a", ["Le devis.", "La facture."], title="Devis")
    assert n_indexed(school) == (2, 2)

    school.catalog.documents.delete(document.id)
    school.wait()

    assert n_indexed(school) == (0, 0)


def test_a_deleted_document_is_gone_before_the_indexes_know(school: School) -> None:
    document = school.publish("a", ["Le devis."], title="Devis")

    school.catalog.documents.delete(document.id)

    assert school.titles("devis") == []


def test_a_new_revision_replaces_the_old_one(school: School) -> None:
    school.publish("a", ["Le devis.", "La facture."], title="Devis")
    school.publish("a", ["Le bilan."], title="Bilan")

    assert n_indexed(school) == (1, 1)
    assert school.titles("devis", retrievers=RetrieverChoice.LEXICAL) == []
    assert school.titles("bilan") == ["Bilan"]


def test_no_search_misses_a_document_while_its_revisions_change(school: School) -> None:
    school.publish("a", ["Le devis."], title="Devis")

    with Searchers(school, n_expected=1) as searchers:
        for n in range(5):
            school.publish("a", [f"Le devis, version {n}."], title="Devis", is_awaited=False)
            school.wait()

    assert searchers.wrong == []


def test_a_person_s_tag_reaches_the_filter(school: School) -> None:
    pricing = TagId("topic.pricing")
    document = school.publish("a", ["Le devis."], title="Devis")

    school.catalog.documents.set_person_tags(document.id, [pricing], PersonId("m-1"))
    school.wait()

    assert school.titles("devis", where={"tags": frozenset({pricing})}) == ["Devis"]


def test_the_position_survives_a_restart(school: School) -> None:
    school.publish("a", ["Le devis."], title="Devis", tags=[a_tag("topic.pricing")])
    before = school.handle.position

    school.restart()

    assert school.handle.ready()
    assert (school.handle.position, school.handle.lag()) == (before, 0)
    assert school.titles("devis") == ["Devis"]


def test_applying_changes_twice_changes_nothing(school: School) -> None:
    for n in range(3):
        school.publish(f"s{n}", ["Le devis.", "La facture."], title=f"Cas {n}")
    before, indexed = school.search("devis").hits, n_indexed(school)
    directory = school.settings.index_dir / str(school.handle.generation)

    school.handle.close()
    write_position(directory, Position(INDEX_FORMAT, "hashing", 0))
    school.handle = school.open()
    school.wait()

    after = school.search("devis").hits
    assert [hit.document.id for hit in after] == [hit.document.id for hit in before]
    assert n_indexed(school) == indexed


@pytest.mark.parametrize("harm", ["lexical", "dense", "position.json", "all"])
def test_damaged_or_missing_indexes_are_built_again(school: School, harm: str) -> None:
    school.publish("a", ["Le devis."], title="Devis")
    directory = school.settings.index_dir / str(school.handle.generation)
    school.handle.close()
    match harm:
        case "all":
            shutil.rmtree(school.settings.index_dir)
        case "position.json":
            (directory / harm).write_text("{")
        case _:
            for path in (p for p in (directory / harm).rglob("*") if p.is_file()):
                path.write_bytes(b"garbage")

    school.handle = school.open()
    school.wait()

    assert school.titles("devis") == ["Devis"]


def test_an_index_of_another_format_is_built_again(school: School) -> None:
    school.publish("a", ["Le devis."], title="Devis")
    directory = school.settings.index_dir / str(school.handle.generation)
    school.handle.close()
    write_position(directory, Position(INDEX_FORMAT - 1, "hashing", 99))

    school.handle = school.open()
    school.wait()

    assert school.titles("devis") == ["Devis"]
    assert read_position(directory) is not None


class Searchers:
    """Three threads that search without pause and keep what goes wrong."""

    def __init__(self, school: School, *, n_expected: int) -> None:
        self.wrong: list[object] = []
        self.n_searches = 0
        self._school = school
        self._n_expected = n_expected
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._look) for _ in range(3)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _look(self) -> None:
        query = Query(text="devis", filter=Filter(frozenset({"everyone"})))
        while not self._stop.is_set():
            try:
                n_found = len(search(query, self._school.handle.engine).hits)
            except Exception as error:  # noqa: BLE001 - whatever fails is what we look for
                self.wrong.append(error)
            else:
                self.n_searches += 1
                self.wrong += [n_found] * (n_found != self._n_expected)


def test_reindexing_never_fails_a_search(school: School) -> None:
    for n in range(30):
        school.publish(f"s{n}", [f"Le devis {n}."], title=f"Cas {n}", is_awaited=False)
    school.wait()
    number = 0

    with Searchers(school, n_expected=10) as searchers:
        for encoder in ("newer", "hashing", "newer"):
            number = school.catalog.generations.request(encoder)
            assert school.handle.wait_for_generation(number, 20)

    assert searchers.wrong == []
    assert searchers.n_searches > 10
    with school.handle.engine.indexes.lease() as pair:
        assert pair.encoder.name == "newer"
    assert [p.name for p in school.settings.index_dir.iterdir() if p.is_dir()] == [str(number)]


def test_a_generation_whose_encoder_is_missing_leaves_the_old_one_in_service(
    school: School,
) -> None:
    school.publish("a", ["Le devis."], title="Devis")
    wanted = school.catalog.generations.request("newer")
    school.handle.close()
    newer = school.encoders.pop("newer")

    school.handle = school.open()
    assert not school.handle.wait_for_generation(wanted, 0.5)
    assert school.titles("devis") == ["Devis"]

    school.handle.close()
    school.encoders["newer"] = newer
    school.handle = school.open()
    assert school.handle.wait_for_generation(wanted, 5)


def test_the_catalog_hears_what_is_served(school: School) -> None:
    school.publish("a", ["Le devis."], title="Devis")
    served = (school.handle.generation, school.handle.position)
    deadline = time.monotonic() + 2

    reported: list[tuple[int, int]] = []
    while served not in reported and time.monotonic() < deadline:
        time.sleep(0.02)
        reported = [(r.generation, r.position) for r in school.catalog.generations.followers()]

    assert reported == [served]


def test_a_second_owner_is_refused_by_name(school: School) -> None:
    owner = index_owner(school.settings)
    assert owner is not None

    with pytest.raises(ConflictError, match=rf"process {owner.pid} on {owner.host}"):
        open_engine(
            school.settings, school.catalog, open_encoder=school.encoders.__getitem__
        ).close()


def test_nobody_owns_a_closed_index(school: School) -> None:
    school.handle.close()

    assert index_owner(school.settings) is None
    school.handle = school.open()


@local_mode
def test_a_qdrant_server_serves_the_same_school(server_school: School) -> None:
    server_school.publish("a", ["Le devis."], title="Devis")
    number = server_school.catalog.generations.request("newer")

    assert server_school.handle.wait_for_generation(number, 10)
    server_school.publish("b", ["La facture."], title="Facture")

    assert server_school.titles("facture")[0] == "Facture"
    assert n_indexed(server_school) == (2, 2)


def test_an_unreachable_qdrant_server_is_named(school: School) -> None:
    away = Settings(
        data_dir=school.settings.data_dir / "other",
        models=school.settings.models,
        dense=DenseSettings(url="http://127.0.0.1:9"),
    )

    with pytest.raises(TransientError, match="Qdrant server"):
        open_engine(away, school.catalog, open_encoder=school.encoders.__getitem__)

    assert index_owner(away) is None
