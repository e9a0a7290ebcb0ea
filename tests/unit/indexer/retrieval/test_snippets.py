"""Which window is shown, what is marked in it, and when the mark is said."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from fixtures.builders import a_passage
from indexer.retrieval.snippets import (
    WINDOW_CHARS,
    MarkedPassage,
    mark,
    mark_texts,
    query_terms,
)
from schemas.passage import Passage, WordAnchor
from schemas.span import MessageSpan, TimeSpan

FILLER = "On parle ici de tout autre chose, sans rapport aucun. " * 8


def marked(text: str, query: str) -> MarkedPassage:
    return mark(a_passage(text=text), query_terms(query))


def highlighted(found: MarkedPassage) -> list[str]:
    text = found.snippet.text
    return [text[span.start : span.end] for span in found.snippet.highlights]


def spoken(text: str) -> Passage:
    """A passage whose words each take 500 ms, from 10 s on."""
    anchors, offset = [], 0
    for n, word in enumerate(text.split(" ")):
        anchors.append(WordAnchor(offset, 10_000 + 500 * n, 10_500 + 500 * n))
        offset += len(word) + 1
    return a_passage(text=text, locator=TimeSpan(10_000, 60_000), anchors=tuple(anchors))


def test_an_unaccented_singular_marks_an_accented_plural() -> None:
    assert highlighted(marked("Les Économies d’énergie.", "economie")) == ["Économies"]


def test_the_mark_stands_after_the_elision() -> None:
    assert highlighted(marked("Il signe l’acte.", "l'acte")) == ["acte"]


def test_decomposed_accents_and_emoji_do_not_shift_the_marks() -> None:
    text = unicodedata.normalize("NFD", "🎉👩‍🚀 Déjà, les économies !")

    found = marked(text, "économie")

    assert [unicodedata.normalize("NFC", word) for word in highlighted(found)] == ["économies"]


def test_stop_words_are_not_marked() -> None:
    assert highlighted(marked("Comment fixer le prix ?", "comment fixer le prix")) == [
        "fixer",
        "prix",
    ]


def test_the_window_opens_where_most_different_terms_meet() -> None:
    text = f"Un devis. {FILLER}Le devis suit la facture. {FILLER}"

    found = marked(text, "devis facture")

    assert highlighted(found) == ["devis", "facture"]
    assert found.snippet.text.startswith("Le devis suit la facture.")


def test_the_window_is_bounded_and_ends_between_words() -> None:
    text = FILLER * 3

    found = marked(text, "rien")

    assert len(found.snippet.text) <= WINDOW_CHARS
    assert text.startswith(found.snippet.text)
    assert text[len(found.snippet.text)] == " "


def test_a_misspelled_word_is_marked_where_nothing_matches_exactly() -> None:
    assert highlighted(marked("La trésorerie de départ.", "tresorrie")) == ["trésorerie"]


def test_matched_terms_are_words_as_written_each_once() -> None:
    assert marked("Prix, prix et devis.", "prix devis").matched_terms == ("Prix", "prix", "devis")


def test_the_moment_is_when_the_first_mark_is_said() -> None:
    found = mark(spoken("alors voilà pour le prix de vente"), query_terms("prix"))

    assert found.moment == TimeSpan(12_000, 12_500)


def test_the_moment_is_that_of_the_first_mark_shown() -> None:
    passage = spoken(f"Un devis. {FILLER}Le devis suit la facture. {FILLER}")

    found = mark(passage, query_terms("devis facture"))

    shown = passage.text.index("devis suit")
    anchor = next(a for a in passage.anchors if a.offset == shown)
    assert found.moment == TimeSpan(anchor.start_ms, anchor.end_ms)


def test_without_a_mark_the_moment_is_the_whole_passage() -> None:
    assert mark(spoken("alors voilà"), query_terms("prix")).moment == TimeSpan(10_000, 60_000)


def test_a_written_passage_has_no_moment() -> None:
    assert marked("Le prix.", "prix").moment is None


@given(st.text(max_size=900), st.text(max_size=60))
def test_marks_are_sorted_disjoint_and_inside_the_snippet(text: str, query: str) -> None:
    snippet = marked(text, query).snippet

    edges = [edge for span in snippet.highlights for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(snippet.text) for edge in edges)
    assert snippet.text in text


def test_texts_of_a_document_are_marked_where_the_words_are() -> None:
    texts = ["Rien ici.", "Le prix, puis les prix."]

    nothing, both = mark_texts(texts, query_terms("prix"))

    assert nothing == ()
    assert [texts[1][span.start : span.end] for span in both] == ["prix", "prix"]


def test_a_near_spelling_is_marked_only_where_no_text_has_the_word() -> None:
    texts = ["Une facture impayée.", "Deux factures impayées."]

    def shown(query: str) -> list[str]:
        spans = mark_texts(texts, query_terms(query))
        return [t[s.start : s.end] for t, found in zip(texts, spans, strict=True) for s in found]

    assert shown("facturre") == ["facture", "factures"]
    assert shown("facture facturre") == ["facture", "factures"]
    assert shown("bateau") == []


def test_words_that_start_as_typed_are_marked_beside_whole_ones() -> None:
    wanted = query_terms("devis", prefix="econ")
    passage = a_passage(text="Les Économies d’un devis, économe ou non ; une icône.")

    assert highlighted(mark(passage, wanted)) == ["Économies", "devis", "économe"]


def test_a_stop_word_that_starts_as_typed_is_not_marked() -> None:
    passage = a_passage(text="Les leads, et les autres.")

    assert highlighted(mark(passage, query_terms("", prefix="le"))) == ["leads"]


def test_the_message_of_the_first_mark_is_told_where_each_message_is_one_line() -> None:
    three = a_passage(text="Une question\nUne marge de 40 %\nMerci", locator=MessageSpan(4, 7))
    two = a_passage(text="Une question\nUne marge de 40 %\nMerci", locator=MessageSpan(4, 6))

    assert mark(three, query_terms("marge")).turn == MessageSpan(5, 6)
    assert mark(two, query_terms("marge")).turn is None
