"""What people type is taken apart, put together again, and never refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.retrieval.parser import ParsedQuery, parse, render
from schemas.document import DocumentKind

ANY_TEXT = st.text(st.characters(categories=None), max_size=200)
# Pieces that mean something, in any order and glued together in any way.
PIECES = [
    *('"', "«", "»", "“", "”", "-", "\N{MINUS SIGN}", " ", "\N{NO-BREAK SPACE}", ":", ",", "'"),
    *("kind:", "type:", "mentor:", "tag:", "http:", "cours", "échange", "sarl", "Claire", "D"),
    *("micro", "plan", "a", "20", "?", ".", "(", ")"),
]
ANY_SYNTAX = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@pytest.mark.parametrize(
    "typed",
    [
        'faire un "business plan" simple',
        "faire un « business plan » simple",
        "faire un «\N{NARROW NO-BREAK SPACE}business  plan\N{NARROW NO-BREAK SPACE}» simple",
        "faire un “business plan” simple",
    ],
)
def test_quoted_words_are_a_phrase_and_stay_in_the_text(typed: str) -> None:
    assert parse(typed) == ParsedQuery("faire un business plan simple", ("business plan",))


@pytest.mark.parametrize(
    ("typed", "excluded"),
    [
        ("statut -micro", ("micro",)),
        ("statut \N{MINUS SIGN}micro", ("micro",)),
        ("-micro-entreprise, statut", ("micro-entreprise",)),
        ('statut -"plan de"', ("plan de",)),
        ("statut -« plan de »", ("plan de",)),
        ("-a statut -b", ("a", "b")),
    ],
)
def test_a_minus_that_begins_a_word_excludes_it(typed: str, excluded: tuple[str, ...]) -> None:
    assert parse(typed) == ParsedQuery("statut", excluded=excluded)


@pytest.mark.parametrize(
    "typed",
    [
        "micro-entreprise et e-commerce",
        "statut - micro",
        "-",
        "--micro",
        "une remise de -20 % ou -3,5",
        "http://exemple.fr à 12:30",
        "question : que faire ?",
        "mentor: Claire",
        "kind: type:sarl mentor:",
        'le plan "de',
        'un écran 15" ou 17" ?',
        "plan d»affaires «",
        "((( '' ",
        '""',
    ],
)
def test_what_is_not_syntax_is_text(typed: str) -> None:
    assert parse(typed) == ParsedQuery(typed.strip())


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("kind:cours", DocumentKind.COURSE),
        ("Type:COURS", DocumentKind.COURSE),
        ("kind:course,", DocumentKind.COURSE),
        ("kind:vidéo", DocumentKind.COURSE),
        ("type:échange", DocumentKind.EXCHANGE),
        ("type:echanges", DocumentKind.EXCHANGE),
        ("kind:fiche", DocumentKind.SHEET),
        ("kind:replay", DocumentKind.REPLAY),
        ("kind:atelier", DocumentKind.WORKSHOP),
        ("kind:discussion", DocumentKind.THREAD),
        ('kind:"fil"', DocumentKind.THREAD),
    ],
)
def test_a_kind_goes_by_its_french_and_english_names(typed: str, kind: DocumentKind) -> None:
    assert parse(f"tarifs {typed}") == ParsedQuery("tarifs", kinds=frozenset({kind}))


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_kind_can_be_typed_by_its_own_name(kind: DocumentKind) -> None:
    assert parse(f"kind:{kind}").kinds == {kind}


def test_several_values_are_parted_by_commas_or_said_again() -> None:
    parsed = parse("kind:cours,fiche kind:replay mentor:claire,karim")

    assert parsed.kinds == {DocumentKind.COURSE, DocumentKind.SHEET, DocumentKind.REPLAY}
    assert parsed.mentors == ("claire", "karim")


def test_one_kind_that_does_not_exist_leaves_the_field_text() -> None:
    assert parse("kind:cours,sarl") == ParsedQuery("kind:cours,sarl")


def test_names_and_tags_may_be_quoted() -> None:
    parsed = parse('tarifs mentor:"Claire D" tag:« fixer ses prix » tag:tarifs')

    assert parsed == ParsedQuery("tarifs", mentors=("Claire D",), tags=("fixer ses prix", "tarifs"))


def test_a_quoted_kind_that_does_not_exist_is_a_phrase() -> None:
    assert parse('kind:"plan de"') == ParsedQuery("kind: plan de", ("plan de",))


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ('l\'"effet réseau" ?', "l' effet réseau ?"),
        ('("effet réseau")', "effet réseau"),
        ('"effet réseau"-micro', "effet réseau micro"),
        ('"effet réseau"kind:cours', "effet réseau kind: cours"),
        ('"effet réseau" 15"', "effet réseau 15"),
        ('« effet "réseau »', "effet réseau"),
    ],
)
def test_what_touches_a_quote_is_text_and_never_syntax(typed: str, text: str) -> None:
    assert parse(typed) == ParsedQuery(text, ("effet réseau",))


def test_a_query_of_nothing_but_conditions_leaves_no_text() -> None:
    assert parse("kind:cours -micro").text == ""


@given(ANY_TEXT | ANY_SYNTAX)
def test_what_was_taken_apart_can_be_put_together_again(text: str) -> None:
    parsed = parse(text)

    assert parse(render(parsed)) == parsed


@given(ANY_SYNTAX)
def test_phrases_lie_in_the_text_one_after_the_other(text: str) -> None:
    parsed = parse(text)

    at = 0
    for phrase in parsed.phrases:
        at = parsed.text.index(phrase, at) + len(phrase)


@given(ANY_SYNTAX)
def test_no_syntax_no_change(text: str) -> None:
    parsed = parse(text)

    if not parsed.has_syntax:
        assert parsed == ParsedQuery(" ".join(text.split()))


@pytest.mark.parametrize("piece", [*PIECES, "« ", '"- "', "tag:x:", "-a ", 'mentor:"', 'x"', "a: "])
def test_ten_thousand_characters_of_anything_come_back(piece: str) -> None:
    parsed = parse(piece * (10_000 // len(piece)))

    assert parse(render(parsed)) == parsed
