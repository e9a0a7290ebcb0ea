"""On what grounds a hit is where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.analysis.analyzer import words_among
from indexer.analysis.lexicon import Lexicon
from indexer.retrieval.fusion import ComponentScores, FusedScores
from indexer.retrieval.grounds import Clues, Found, clues_of, grounds_of, useful_for
from indexer.retrieval.parser import parse
from indexer.retrieval.ranking import RankedDocument
from indexer.retrieval.snippets import query_terms
from indexer.retrieval.spelling import Speller
from indexer.retrieval.understanding import understand
from indexer.synonym_file import load_synonyms
from indexer.synonyms import Synonyms
from schemas.hit import Ground, GroundCode
from schemas.ids import DocumentId, PassageId

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = DocumentId("d-here")
SYNONYMS = Synonyms(load_synonyms(None))
SPELLER = Speller({"facture": 9}, Lexicon({"facture": 9}))
FAR = FusedScores(ComponentScores(PassageId(1), 1.0, 0.5, 0.7), 0.0, 0.0, 0.0)
NEAR = FusedScores(FAR.raw, 0.0, 1.5, 1.0)


def grounds(
    typed: str,
    title: str,
    text: str = "",
    *,
    scores: FusedScores = FAR,
    voted: Sequence[RankedDocument] = (),
    near: Sequence[str] = (),
    speller: Speller | None = None,
) -> dict[GroundCode, tuple[str, ...]]:
    """Return codes with their words, of a document with one passage."""
    parsed = parse(typed)
    wanted = understand(parsed, speller=speller, synonyms=SYNONYMS)
    clues = clues_of(parsed, wanted.lexical, useful_for(voted, at_least=5))
    terms = query_terms(wanted.marks).terms
    title_found, text_found = (Found(each, words_among(each, terms)) for each in (title, text))
    found = grounds_of(clues, title_found, text_found, scores, document_id=HERE, near=near)
    return {ground.code: ground.words for ground in found}


def test_words_are_told_as_the_document_writes_them() -> None:
    assert grounds("tarifs journalier", "Fixer son tarif", "Un Tarif, des tarifs journaliers") == {
        GroundCode.TITLE: ("tarif",),
        GroundCode.ALL_WORDS: ("tarif", "journaliers"),
    }


def test_some_words_are_not_all_words() -> None:
    found = grounds("négocier un bail commercial", "Le bail", "Relisez tout.")
    assert found[GroundCode.SOME_WORDS] == ("bail",)
    assert GroundCode.ALL_WORDS not in found


def test_stop_words_are_not_missed() -> None:
    assert GroundCode.ALL_WORDS in grounds("comment faire pour la marge", "Marge", "Il faut faire.")


def test_a_phrase_is_one_where_its_words_stand_side_by_side() -> None:
    assert grounds('"plan de financement"', "Un plan de financement")[GroundCode.PHRASE] == (
        "plan de financement",
    )
    apart = grounds(
        '"plan de financement"', "Plan", "Un financement de plan; le plan à financement"
    )
    assert apart.get(GroundCode.PHRASE) == ("plan à financement",)  # any word may stand between
    assert GroundCode.PHRASE not in grounds('"plan de financement"', "Plan financement")


def test_another_way_to_say_it_is_named() -> None:
    found = grounds("calculer mon CA", "Suivre son chiffre d'affaires")
    assert found[GroundCode.SYNONYM] == ("chiffre d'affaires",)


def test_a_word_that_was_typed_wrong_is_named_as_it_was_meant() -> None:
    found = grounds("factrue", "Une facture", speller=SPELLER)
    assert found[GroundCode.CORRECTED] == ("facture",)
    assert found[GroundCode.ALL_WORDS] == ("facture",)


def test_words_that_are_nearly_typed_alike_count_where_none_is_the_same() -> None:
    assert grounds("facturre", "Payer", near=("factures",)) == {GroundCode.SPELLING: ("factures",)}
    assert GroundCode.SPELLING not in grounds("prix", "Prix", "Le prix", near=("prix",))


def test_a_meaning_that_stands_out_is_a_ground() -> None:
    assert grounds("tarif", "Autre chose", scores=NEAR) == {GroundCode.MEANING: ()}


def test_where_nothing_tells_it_is_among_the_nearest() -> None:
    assert grounds("tarif", "Autre chose") == {GroundCode.NEAREST: ()}


def test_conditions_are_told_as_they_are_typed() -> None:
    found = grounds('bail -micro kind:cours mentor:"Claire D" tag:tarifs', "Bail")
    assert found[GroundCode.CONDITIONS] == (
        "-micro", "kind:course", 'mentor:"Claire D"', "tag:tarifs",
    )  # fmt: skip


def test_without_the_words_retriever_no_word_is_a_ground() -> None:
    dense = FusedScores(ComponentScores(FAR.raw.passage_id, None, None, 0.8), 0.0, 2.0, 2.0)
    assert grounds("bail", "Bail", "Le bail", scores=dense) == {GroundCode.MEANING: ()}


@pytest.mark.parametrize(("n", "told"), [(4, {}), (5, {HERE: (5, 6)}), (14, {HERE: (14, 15)})])
def test_people_who_found_it_useful_are_counted_where_they_are_several(
    n: int, told: dict[DocumentId, tuple[int, int]]
) -> None:
    voted = [
        RankedDocument(HERE, (FAR,), 1.0, n_useful=n, n_voters=n + 1),
        RankedDocument(DocumentId("d-2"), (FAR,), 1.0, n_useful=9, n_voters=12),
    ]
    assert useful_for(voted, at_least=5) == told | {DocumentId("d-2"): (9, 12)}
    assert (GroundCode.USEFUL in grounds("prix", "Prix", voted=voted)) == bool(told)


def test_there_is_always_a_ground() -> None:
    assert grounds_of(
        Clues(understand(parse("x"), speller=None, synonyms=None).lexical),
        Found("", ()), Found("", ()), FAR, document_id=HERE,
    ) == (Ground(GroundCode.NEAREST),)  # fmt: skip
