"""What a query with typing mistakes means, and what is offered for it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis.lexicon import load_lexicon
from indexer.retrieval.neighbours import Neighbours
from indexer.retrieval.spelling import MAX_GUESSES, SpelledWord, Speller

unhurried = settings(deadline=None)  # shared cores: time says nothing

FREQUENT_WORDS = (
    "facturation facture tresorerie prelevement prelevements cotisations chiffre affaires "
    "entreprise entreprises micro auto entrepreneur association financement campagne client "
    "banque juridique statut devis acompte marge urssaf crowdfunding zebulonne"
)
VOCABULARY = dict.fromkeys(FREQUENT_WORDS.split(), 20) | {
    "kisskissbankbank": 1,
    "qontorama": 1,
    "facturationss": 1,
}
SPELLER = Speller(VOCABULARY, load_lexicon())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tresorrerie", "trésorerie"),
        ("facturaton", "facturation"),
        ("fakturassion", "facturation"),
        ("prelevment", "prélèvement"),
        ("urssafe 2026", "urssafe 2026"),  # a form of it, as far as anybody can tell
        ("ursaff", "urssaf"),
        ("croudfunding", "crowdfunding"),
        ("crowdfounding campagne", "crowdfunding campagne"),
        ("entreprenneur", "entrepreneur"),
        ("assosiation", "association"),
        ("Entreprize", "Entreprise"),
        ("FACTURASION", "FACTURATION"),
        ("statut juridiqe ?", "statut juridique ?"),
        ("devis  et   acomptte", "devis  et   acompte"),
        ("l'assosiation", "l'association"),
    ],
)
def test_a_mistake_is_corrected_with_accents_and_the_rest_as_typed(typed: str, meant: str) -> None:
    spelling = SPELLER.correct(typed)
    assert spelling.text == meant
    assert spelling.shown == (meant if meant != typed else None)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("chiffredaffaires", "chiffre d'affaires"),
        ("microentreprizes", "microentreprises"),
        ("lentreprise", "l'entreprise"),
        ("otoentrepreneur", "autoentrepreneur"),
        ("quelquun", "quelqu'un"),
        ("aujourdhui", "aujourd'hui"),
        ("factu ration", "facturation"),
        ("financementcampagne", "financement campagne"),
    ],
)
def test_spaces_and_apostrophes_that_are_missing_or_too_many_are_set_right(
    typed: str, meant: str
) -> None:
    assert SPELLER.correct(typed).shown == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ?!",
        "trésorerie",
        "tresorerie",
        "micro entreprise",
        "auto-entrepreneur",
        "RGPD CFE SASU XQZW",
        "tva 293b 2026",
        "koi max CA",
        "soudeur",  # a real word that no passage has
        "unpaid invoice",
        "zebulonne",  # of the index and of no list
        "налоги",
        "税金申告書",
    ],
)
def test_what_is_right_short_or_foreign_stays_as_typed(typed: str) -> None:
    spelling = SPELLER.correct(typed)
    assert spelling.text == typed
    assert spelling.shown is None


def test_a_word_is_not_joined_to_a_stop_word() -> None:
    assert SPELLER.correct("commen ça").text == "comment ça"  # rather than "commença"


def test_a_rare_word_of_the_index_and_of_no_list_is_matched_and_not_offered() -> None:
    spelling = SPELLER.correct("qontoramma")
    assert spelling.text == "qontorama"
    assert spelling.shown is None


def test_a_frequent_word_of_no_list_is_matched_and_not_offered() -> None:
    found = SPELLER.correct("zebulone")
    assert (found.text, found.shown) == ("zebulonne", None)


def test_a_mistake_in_one_passage_is_not_what_was_meant() -> None:
    assert SPELLER.correct("facturations").text == "facturations"
    assert SPELLER.correct("facturationn").text == "facturation"


def test_slang_is_matched_and_not_offered() -> None:
    spelling = SPELLER.correct("jfacture un client")
    assert spelling.text == "facture un client"
    assert spelling.shown is None


def test_two_words_that_are_equally_near_are_not_offered() -> None:
    speller = Speller({"banane": 5, "banale": 5}, load_lexicon())
    assert speller.correct("banaze").shown is None


def test_a_form_of_the_nearest_word_raises_no_doubt() -> None:
    speller = Speller({"facture": 51, "facturer": 18, "facturee": 1}, load_lexicon())
    assert speller.correct("facturre tva").shown == "facture tva"


def test_nothing_is_offered_for_an_english_query() -> None:
    spelling = SPELLER.correct("how to write an invoice for my clientt")
    assert spelling.shown is None


def test_typed_accents_choose_among_the_forms() -> None:
    speller = Speller({"marche": 3}, load_lexicon())
    assert speller.correct("étude de marrché").text == "étude de marché"
    assert speller.correct("etude de marrche").text == "etude de marche"


def test_words_stand_where_they_were_typed() -> None:
    spelling = SPELLER.correct("la tresorrerie, vite")
    assert spelling.words == (
        SpelledWord(0, 2),
        SpelledWord(3, 14, "trésorerie", is_sure=True),
        SpelledWord(16, 20),
    )


def test_a_long_text_has_its_first_mistakes_corrected() -> None:
    spelling = SPELLER.correct("facturaton " * (MAX_GUESSES + 5))
    corrected = [word.corrected for word in spelling.words]
    assert corrected == ["facturation"] * MAX_GUESSES + [None] * 5


def test_an_empty_index_still_knows_the_language() -> None:
    assert Speller({}, load_lexicon()).correct("tresorrerie").text == "trésorerie"


def test_neighbours_are_found_by_letters_and_by_sound() -> None:
    neighbours = Neighbours(["acompte", "tous", "facturation", "compte"])
    found = {near.word: near for near in neighbours.near("aacompte", distance=1)}
    assert found["acompte"].distance == 1
    assert [near.word for near in neighbours.near("otus", distance=1)] == ["tous"]
    assert neighbours.near("fakturassion", distance=2)[0].sounds_alike
    assert neighbours.near("zzzzzz", distance=2) == []
    assert Neighbours([]).near("mot", distance=1) == []


@unhurried
@given(st.text(max_size=60))
def test_no_text_raises_and_the_words_rebuild_it(text: str) -> None:
    spelling = SPELLER.correct(text)
    end = 0
    for word in spelling.words:
        assert end <= word.start < word.end <= len(text)
        end = word.end
    if not any(word.corrected for word in spelling.words):
        assert spelling.text == text
        assert spelling.shown is None


@unhurried
@given(st.text(alphabet=st.characters(), max_size=40), st.text(alphabet="abcdeilnorstu'- \ud800é"))
def test_no_lone_surrogate_or_garbage_raises(first: str, second: str) -> None:
    SPELLER.correct(f"{first} {second}")


@unhurried
@given(st.lists(st.text(max_size=12), max_size=20))
def test_no_vocabulary_raises(words: list[str]) -> None:
    speller = Speller(dict.fromkeys(words, 1), load_lexicon())
    speller.correct(" ".join(words) + " facturaton")
