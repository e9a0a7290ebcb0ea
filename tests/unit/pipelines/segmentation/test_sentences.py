"""Where French sentences end."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.segmentation.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[a:b] for a, b in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bonjour. Ça va ?", ["Bonjour.", "Ça va ?"]),
        ("Voir M. Dupont demain.", ["Voir M. Dupont demain."]),
        ("Selon l'art. 293 B du CGI. Fin.", ["Selon l'art. 293 B du CGI.", "Fin."]),
        ("Il coûte 3.50 euros. Bien.", ["Il coûte 3.50 euros.", "Bien."]),
        ("« Oui ! » Elle part.", ["« Oui ! »", "Elle part."]),
        ("Attends... je réfléchis.", ["Attends... je réfléchis."]),
        ("j'ai fini. et toi, ça va", ["j'ai fini.", "et toi, ça va"]),
        ("Première ligne\nSeconde ligne", ["Première ligne", "Seconde ligne"]),
        ("Comment ? dit-il.", ["Comment ? dit-il."]),
        ("J. K. écrit. Bien.", ["J. K. écrit.", "Bien."]),
    ],
)
def test_sentences_end_where_a_reader_pauses(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@settings(deadline=None)
@given(st.text("ab .!?…\n»M", max_size=60))
def test_sentences_hold_everything_but_white_space_in_order(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
