"""Generations, followers and workers, on both databases."""

from datetime import timedelta

import pytest

from fixtures.builders import A_MOMENT, AN_ENCODER, a_document, some_passages, some_vectors
from indexer.catalog.catalog import Catalog
from indexer.catalog.records import FollowerReport, Generation
from schemas.errors import ConflictError


def publish(catalog: Catalog) -> None:
    document = a_document()
    vectors = {AN_ENCODER: some_vectors(3)}
    catalog.publishing.publish(document, some_passages(document), vectors, [])


def test_the_first_generation_is_made_once(catalog: Catalog) -> None:
    made = [catalog.generations.ensure(AN_ENCODER), catalog.generations.ensure("other")]

    assert made == [Generation(1, AN_ENCODER)] * 2


def test_before_the_first_start_there_is_no_generation(catalog: Catalog) -> None:
    with pytest.raises(ConflictError, match="cordee up"):
        catalog.generations.current()


def test_a_requested_generation_is_the_current_one(catalog: Catalog) -> None:
    catalog.generations.ensure(AN_ENCODER)
    publish(catalog)

    number = catalog.generations.request(AN_ENCODER)

    assert catalog.generations.current() == Generation(number, AN_ENCODER)
    assert number == 2


def test_an_encoder_that_lacks_vectors_cannot_be_served(catalog: Catalog) -> None:
    catalog.generations.ensure(AN_ENCODER)
    publish(catalog)

    with pytest.raises(ConflictError, match="3 published passages"):
        catalog.generations.request("other")

    assert catalog.generations.current() == Generation(1, AN_ENCODER)


def test_an_encoder_can_be_served_once_every_passage_has_its_vector(catalog: Catalog) -> None:
    catalog.generations.ensure(AN_ENCODER)
    publish(catalog)
    ids = [passage.id for passage in some_passages()]
    catalog.passages.add_vectors("other", ids, some_vectors(3))

    catalog.generations.request("other")

    assert catalog.generations.current().encoder == "other"


def test_a_follower_is_known_by_its_last_report(catalog: Catalog) -> None:
    later = A_MOMENT + timedelta(seconds=1)
    catalog.generations.report("host-1", 1, 5, A_MOMENT)

    catalog.generations.report("host-1", 2, 7, later)

    assert catalog.generations.followers() == [FollowerReport("host-1", 2, 7, later)]


def test_reports_of_old_are_forgotten(catalog: Catalog) -> None:
    catalog.generations.report("gone", 1, 5, A_MOMENT)
    catalog.generations.report("here", 1, 5, A_MOMENT + timedelta(hours=1))

    n_forgotten = catalog.generations.forget_followers(A_MOMENT + timedelta(minutes=1))

    assert n_forgotten == 1
    assert [report.name for report in catalog.generations.followers()] == ["here"]


def test_a_worker_is_alive_for_a_while_after_each_beat(catalog: Catalog) -> None:
    catalog.workers.beat("b", A_MOMENT)
    catalog.workers.beat("a", A_MOMENT - timedelta(minutes=1))
    catalog.workers.beat("a", A_MOMENT)
    catalog.workers.beat("gone", A_MOMENT - timedelta(seconds=16))

    assert catalog.workers.alive(A_MOMENT) == ["a", "b"]
