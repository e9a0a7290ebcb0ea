"""What collapses under one hit, and what must not: measured on labelled pairs of questions."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.retrieval.duplicates import (
    SAME_TEXT,
    collapse,
    overlap,
    says_the_same,
    signature_of,
)
from indexer.retrieval.fusion import ComponentScores, FusedScores
from indexer.retrieval.ranking import RankedDocument
from schemas.ids import DocumentId, PassageId

FIXTURES = Path(__file__).resolve().parents[4] / "fixtures"
SHEET = " ".join(f"mot{i}" for i in range(400))
OTHER = " ".join(f"autre{i}" for i in range(400))
unhurried = settings(deadline=None)  # shared cores: time says nothing


class Card(msgspec.Struct, frozen=True):
    """What the lexical index knows about a document."""

    document_id: DocumentId
    kind: str
    signature: bytes


def a_card(name: str, title: str, text: str, *, kind: str = "exchange") -> Card:
    return Card(DocumentId(name), kind, signature_of(title, [text]))


def collapsed(cards: Sequence[Card]) -> list[tuple[str, tuple[str, ...]]]:
    """Rank the documents as given and return who leads, with those below."""
    documents = [
        RankedDocument(
            card.document_id,
            (FusedScores(ComponentScores(PassageId(i), 1.0, 1.0, 1.0), 0.0, 0.0, -float(i)),),
            -float(i),
        )
        for i, card in enumerate(cards)
    ]
    found = collapse(documents, {PassageId(i): card for i, card in enumerate(cards)})
    return [(each.document.document_id, each.similar) for each in found]


def revised(text: str, every: int) -> str:
    """Replace one word in so many."""
    return " ".join(w if i % every else f"neuf{i}" for i, w in enumerate(text.split()))


def labelled() -> list[tuple[bool, Card, Card]]:
    path = FIXTURES / "judgments" / "duplicates.tsv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(row["same"] == "yes", side(row["a"], "a"), side(row["b"], "b")) for row in rows]


def side(text: str, own: str) -> Card:
    """Read one side of a pair: a file of the corpus, or a title and a first message."""
    if text.endswith(".json"):
        exchange = json.loads((FIXTURES / "corpus" / text).read_text(encoding="utf-8"))
        messages = "\n".join(message["text"] for message in exchange["messages"])
        return a_card(own, exchange["title"], messages)
    title, first = text.split(" | ", 1)
    return a_card(own, title, f"{first}\n{' '.join(f'{own}{i}' for i in range(40))}")


def test_no_pair_that_needs_its_own_answer_collapses() -> None:
    wrong = [(a, b) for same, a, b in labelled() if says_the_same(a, b) and not same]

    assert wrong == []


def test_more_than_half_of_the_repeated_questions_collapse() -> None:
    found = [says_the_same(a, b) for same, a, b in labelled() if same]

    assert len(found) == 41
    assert sum(found) / len(found) > 0.5


def test_the_questions_of_the_demo_school_all_stay() -> None:
    paths = sorted((FIXTURES / "corpus").glob("*/*.json"))
    names = [path.relative_to(FIXTURES / "corpus").as_posix() for path in paths]
    cards = [msgspec.structs.replace(side(name, "a"), document_id=name) for name in names]

    assert collapsed(cards) == [(name, ()) for name in names]


def test_a_revised_sheet_collapses_whatever_it_is_called() -> None:
    old = a_card("d-old", "Fixer ses prix", SHEET, kind="sheet")
    new = a_card("d-new", "Fixer ses prix (2026)", revised(SHEET, 40), kind="sheet")

    assert collapsed([new, old]) == [("d-new", ("d-old",))]


def test_sheets_of_one_title_and_other_texts_stay() -> None:
    one = a_card("d-1", "Fixer ses prix en micro-entreprise", SHEET, kind="sheet")
    other = a_card("d-2", "Fixer ses prix en micro-entreprise", OTHER, kind="sheet")

    assert collapsed([one, other]) == [("d-1", ()), ("d-2", ())]


def test_a_few_words_that_are_the_same_say_nothing_without_the_title() -> None:
    seen = "Voir la pièce jointe."
    cards = [
        a_card("d-1", "Devis de la terrasse", seen, kind="sheet"),
        a_card("d-2", "Contrat de location", seen, kind="sheet"),
        a_card("d-3", "Contrat de location", seen, kind="sheet"),
    ]

    assert collapsed(cards) == [("d-1", ()), ("d-2", ("d-3",))]


def test_a_title_that_hardly_says_anything_collapses_nothing() -> None:
    cards = [a_card("d-1", "Question TVA", SHEET), a_card("d-2", "TVA : une question", OTHER)]

    assert collapsed(cards) == [("d-1", ()), ("d-2", ())]


def test_a_document_joins_the_best_that_says_the_same_and_never_a_chain() -> None:
    near = revised(SHEET, 25)
    far = revised(near, 23)
    cards = [a_card("d-1", "", SHEET), a_card("d-2", "", near), a_card("d-3", "", far)]

    assert overlap(cards[1].signature, cards[2].signature) >= SAME_TEXT
    assert overlap(cards[0].signature, cards[2].signature) < SAME_TEXT
    assert collapsed(cards) == [("d-1", ("d-2",)), ("d-3", ())]


def test_documents_without_a_signature_stay_on_their_own() -> None:
    cards = [a_card("d-1", "Fixer ses prix vite", ""), a_card("d-2", "Fixer ses prix vite", "")]

    assert [card.signature for card in cards] == [b"", b""]
    assert collapsed(cards) == [("d-1", ()), ("d-2", ())]


@pytest.mark.parametrize("every", [17, 23, 31, 47])
def test_the_estimate_is_near_the_true_overlap(every: int) -> None:
    one, other = SHEET, revised(SHEET, every)

    mine, theirs = shingles(one), shingles(other)
    truth = len(mine & theirs) / len(mine | theirs)
    estimate = overlap(signature_of("", [one]), signature_of("", [other]))

    assert estimate == pytest.approx(truth, abs=0.12)


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}


@unhurried
@given(st.lists(st.sampled_from(range(8)), max_size=12))
def test_every_document_is_shown_once(order: list[int]) -> None:
    texts = [SHEET, revised(SHEET, 30), OTHER, revised(OTHER, 30), "", "a", "deux mots", "a"]
    cards = [a_card(f"d-{n}-{i}", "", texts[i], kind="sheet") for n, i in enumerate(order)]

    found = collapsed(cards)

    shown = [name for first, below in found for name in (first, *below)]
    assert sorted(shown) == sorted(card.document_id for card in cards)
    assert [first for first, _ in found] == [
        card.document_id for card in cards if card.document_id in dict(found)
    ]


@unhurried
@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_text_has_a_signature_of_one_length_or_none(title: str, texts: list[str]) -> None:
    assert len(signature_of(title, texts)) in {0, 144}


def test_only_questions_say_the_same_by_their_titles() -> None:
    def pair(kind: str, other_kind: str) -> bool:
        title = "Fixer ses prix en micro-entreprise"
        return says_the_same(
            a_card("d-1", title, SHEET, kind=kind), a_card("d-2", title, OTHER, kind=other_kind)
        )

    assert pair("exchange", "thread")
    assert not pair("sheet", "sheet")
    assert not pair("exchange", "sheet")
