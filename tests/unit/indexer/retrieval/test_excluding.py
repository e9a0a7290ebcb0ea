"""What a query excludes takes whole documents off the page."""

from __future__ import annotations

from fixtures.entries import an_entry, by_document
from fixtures.fakes import FakePassageIndex
from indexer.ports import Form, LexicalQuery
from indexer.retrieval.excluding import without_excluded
from schemas.ids import PassageId, PersonId
from schemas.passage import IndexEntry
from schemas.query import Filter

EVERYBODY = Filter(audiences=frozenset({"everyone"}))
NO_MICRO = LexicalQuery(words=((Form(("devis",)),),), excluded=(("micro",),))


def left(index: FakePassageIndex, query: LexicalQuery, *ids: int) -> set[str]:
    cards = index.cards([PassageId(i) for i in ids])
    kept = without_excluded(cards, query, EVERYBODY, index)
    return {card.document_id for card in kept.values()}


def put(*entries: IndexEntry) -> FakePassageIndex:
    index = FakePassageIndex()
    for document_id, own in by_document(entries).items():
        index.replace(document_id, own)
    index.commit()
    return index


def test_a_document_goes_with_any_passage_of_its_own() -> None:
    index = put(
        an_entry(1_000, "un devis"),
        an_entry(1_001, "la micro"),
        an_entry(2_000, "un devis"),
        an_entry(2_001, "la société"),
    )

    assert left(index, NO_MICRO, 1_000, 2_000) == {"d-2"}


def test_nothing_excluded_changes_nothing() -> None:
    index = put(an_entry(1_000, "un devis"), an_entry(1_001, "la micro"))

    assert left(index, LexicalQuery(words=NO_MICRO.words), 1_000) == {"d-1"}
    assert left(index, NO_MICRO) == set()


def test_a_passage_that_one_may_not_see_takes_nothing_off() -> None:
    index = put(an_entry(1_000, "un devis"), an_entry(1_001, "la micro", audiences=("mentors",)))

    assert left(index, NO_MICRO, 1_000) == {"d-1"}


def test_a_filter_beside_does_not_hide_what_is_excluded() -> None:
    index = put(an_entry(1_000, "un devis"), an_entry(1_001, "la micro", speaker_ids=("m-2",)))
    cards = index.cards([PassageId(1_000)])
    where = Filter(audiences=frozenset({"everyone"}), speakers=frozenset({PersonId("m-1")}))

    assert without_excluded(cards, NO_MICRO, where, index) == {}


def test_a_recording_that_says_the_word_all_the_time_hides_no_other() -> None:
    long = [an_entry(1_000 + i, "la micro, la micro") for i in range(500)]
    index = put(*long, an_entry(2_000, "un devis"), an_entry(2_001, "la micro et ses plafonds"))

    assert left(index, NO_MICRO, 1_000, 2_000) == set()
