"""Which other forms a query has: matching, abbreviations, the file and its mistakes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.analyzer import terms
from indexer.synonym_file import check_group, load_synonyms
from indexer.synonyms import Synonyms
from schemas.errors import InvalidInputError, SettingsError
from schemas.synonym import SynonymGroup

SHIPPED = load_synonyms(None)
SYNONYMS = Synonyms(SHIPPED)
GROUPS = [
    SynonymGroup("ca", ("chiffre d'affaires",), abbreviations=("CA",), beside=("annuel",)),
    SynonymGroup("micro", ("micro-entreprise", "auto-entrepreneur"), abbreviations=("AE",)),
    SynonymGroup("free", ("freelance", "indépendant")),
    SynonymGroup("net", ("réseau", "networking"), weight=0.3),
    SynonymGroup("social", ("réseaux sociaux", "social media")),
]


def expanded(text: str) -> list[tuple[str, str]]:
    return [
        (text[span.start : span.end], other) for span, other, _ in Synonyms(GROUPS).expand(text)
    ]


def others(text: str) -> set[str]:
    return {each.text for each in SYNONYMS.expand(text)}


@pytest.mark.parametrize(
    "typed",
    [
        "micro-entreprise",
        "micro entreprise",
        "microentreprise",
        "Micro-Entreprises",
        "micro\N{NON-BREAKING HYPHEN}entreprise",
    ],
)
def test_a_compound_is_found_however_it_is_typed(typed: str) -> None:
    assert (typed, "auto-entrepreneur") in expanded(f"🎉 l’{typed} ?")


def test_a_word_typed_apart_is_found() -> None:
    assert expanded("free lance") == [("free lance", "freelance"), ("free lance", "indépendant")]


@pytest.mark.parametrize(
    "typed", ["chiffre d’affaires", "chiffre affaires", "CHIFFRE D'AFFAIRE", "chiffres d'affaires"]
)
def test_words_do_not_mean_their_abbreviation(typed: str) -> None:
    assert expanded(typed) == []


@pytest.mark.parametrize(
    "typed",
    ["CA", "ca", "déclarer mon CA", "C.A. du mois", "mon ca", "calcul ca annuel", "CA ANNUEL"],
)
def test_ca_means_turnover(typed: str) -> None:
    assert [other for _, other in expanded(typed)] == ["chiffre d'affaires"]


@pytest.mark.parametrize(
    "typed",
    ["comment ca marche", "ca marche comment", "mon ça", "Ça annuel", "COMMENT CA MARCHE", "de ca"],
)
def test_ca_means_that(typed: str) -> None:
    assert expanded(typed) == []


def test_any_other_abbreviation_may_be_typed_in_small_letters() -> None:
    assert [other for _, other in expanded("statut ae")] == [
        "micro-entreprise",
        "auto-entrepreneur",
    ]


def test_an_english_verb_is_no_tax() -> None:
    assert "impôt sur les sociétés" not in others("what is a business plan")
    assert "impôt sur les sociétés" in others("impôt is ou ir")


def test_the_longest_form_wins() -> None:
    assert expanded("réseaux sociaux") == [("réseaux sociaux", "social media")]
    assert expanded("un réseau pour freelance") == [
        ("réseau", "networking"),
        ("freelance", "indépendant"),
    ]


def test_what_parts_words_keeps_a_form_apart() -> None:
    assert expanded("des réseaux sans sociaux") == [("réseaux", "networking")]


def test_what_is_said_anyway_is_no_alternative() -> None:
    assert expanded("freelance ou indépendant") == []


def test_weights_stay_below_what_was_typed() -> None:
    weights = {each.text: each.weight for each in Synonyms(GROUPS).expand("CA freelance réseau")}

    assert weights == {"chiffre d'affaires": 0.8, "indépendant": 0.5, "networking": 0.3}


def test_no_group_no_expansion() -> None:
    assert Synonyms([]).expand("CA en micro-entreprise") == ()


@given(st.text(st.characters(categories=None), max_size=200) | st.sampled_from(SHIPPED).map(str))
def test_spans_lie_in_the_text_in_order_and_never_overlap(text: str) -> None:
    spans = list(dict.fromkeys((e.span.start, e.span.end) for e in SYNONYMS.expand(text)))

    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


@pytest.mark.parametrize("group", SHIPPED, ids=lambda group: group.id)
def test_every_shipped_word_finds_the_others_of_its_group(group: SynonymGroup) -> None:
    for word in group.words:
        missing = set(group.words) - others(word)
        said = set(terms(word))
        assert [other for other in missing if not said.issuperset(terms(other))] == []


@pytest.mark.parametrize("group", SHIPPED, ids=lambda group: group.id)
def test_every_shipped_abbreviation_means_its_words(group: SynonymGroup) -> None:
    for abbreviation in group.abbreviations:
        assert set(group.words) <= others(abbreviation)


def test_the_shipped_file_covers_the_trade() -> None:
    assert len(SHIPPED) >= 80


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("landing page", "page de destination"),
        ("KPIs", "indicateurs clés"),
        ("tarifs", "pricing"),
        ("burn out", "épuisement professionnel"),
        ("crowdfunding", "financement participatif"),
        ("besoin en fonds de roulement", "BFR"),
        ("erp", "établissement recevant du public"),
        ("erp", "progiciel de gestion intégré"),
    ],
)
def test_students_find_the_other_language_and_the_long_form(typed: str, other: str) -> None:
    assert other in others(typed)


@pytest.mark.parametrize(
    "typed", ["marche à suivre", "mon premier client", "leadership", "dev web", "créer sa boîte"]
)
def test_everyday_words_mean_nothing_else(typed: str) -> None:
    assert others(typed) == set()


@pytest.mark.parametrize(
    ("group", "complaint"),
    [
        (SynonymGroup("x", ()), "words: there must be one"),
        (SynonymGroup("x", (), abbreviations=("A", "B")), "words: there must be one"),
        (SynonymGroup("x", ("prix",)), "two forms at least"),
        (SynonymGroup("x", tuple(f"mot{n}" for n in range(21))), "20 forms at most"),
        (SynonymGroup("x", ("prix", "ça")), "'ça' holds no word"),
        (SynonymGroup("x", ("prix", "les Prix")), "'les Prix' and 'prix' are searched alike"),
        (SynonymGroup("x", ("prix", "un " * 13 + "mot")), "more than 12 words"),
        (SynonymGroup("x", ("prix",), abbreviations=("PRIX",)), "'PRIX' is there twice"),
        (SynonymGroup("x", ("prix",), abbreviations=("P.U.", "PU")), "'PU' is there twice"),
        (SynonymGroup("x", ("prix",), abbreviations=("P U",)), "'P U' is not one word"),
        (SynonymGroup("x", ("prix", "coût"), beside=("ht",)), "beside: only abbreviations"),
        (SynonymGroup("x", ("prix", "Réseaux")), "'Réseaux' is in group net as well"),
    ],
    ids=str,
)
def test_a_group_that_contradicts_itself_or_another_is_refused(
    group: SynonymGroup, complaint: str
) -> None:
    with pytest.raises(InvalidInputError, match=f"group x: .*{complaint}"):
        check_group(group, GROUPS)


def test_a_group_may_take_its_own_place() -> None:
    check_group(SynonymGroup("net", ("réseau", "réseautage")), GROUPS)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[groups]]\nid = "x"\nwords = ["a b", "c"]\ncolour = 1', "group x: .*colour"),
        ('[[groups]]\nwords = ["a b", "c"]', "number 1: .*id"),
        ('[[groups]]\nid = "X Y"\nwords = ["a b", "c"]', "X Y: .*pattern|X Y: .*regex"),
        ('[[groups]]\nid = "x"\nwords = ["bb", "cc"]\nweight = 1.0', "group x: .*weight"),
        ('[[groups]]\nid = "x"\nwords = ["bb"]', "group x: words: a group has two"),
        ('[[groups]]\nid = "x"\nwords = ["bb", "cc"]\n' * 2, "group x: the id is there twice"),
        ("groups = 3", "array"),
        ("[[groups", "school.toml"),
    ],
)
def test_a_wrong_file_names_the_group(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "school.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=complaint):
        load_synonyms(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"absent\.toml"):
        load_synonyms(tmp_path / "absent.toml")


def test_letters_with_dots_are_looked_for_as_a_word_too() -> None:
    vat = Synonyms([SynonymGroup("vat", ("TVA", "taxe sur la valeur ajoutée"))])

    assert {each.text for each in vat.expand("T.V.A.")} == {"TVA", "taxe sur la valeur ajoutée"}
    assert {each.text for each in vat.expand("TVA")} == {"taxe sur la valeur ajoutée"}


@pytest.mark.parametrize(
    ("typed", "other"), [("canaux", "média"), ("canals", "média"), ("bureaux", "local")]
)
def test_a_plural_finds_what_its_singular_finds(typed: str, other: str) -> None:
    groups = [SynonymGroup("a", ("canal", "média")), SynonymGroup("b", ("bureau", "local"))]

    assert [each.text for each in Synonyms(groups).expand(typed)] == [other]


def test_a_short_word_keeps_its_last_letter() -> None:
    synonyms = Synonyms([SynonymGroup("a", ("prix", "tarif"))])

    assert [each.text for each in synonyms.expand("prix")] == ["tarif"]
    assert synonyms.expand("pris") == ()
