"""What is left out of a score only where there is very much to score."""

from __future__ import annotations

from pathlib import Path

from fixtures.entries import an_entry, by_document
from indexer.lexical.index import TantivyIndex
from indexer.retrieval.understanding import lexical_query
from schemas.ids import PassageId

MANY = 5_000


def test_grams_of_nearly_every_passage_count_nothing_and_rare_ones_count(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path / "lexical")
    texts = ["facture"] * (MANY - 1) + ["facture zorglub"]
    entries = [an_entry(1_000 * n, text) for n, text in enumerate(texts, 1)]
    for document_id, own in by_document(entries).items():
        index.replace(document_id, own)
    index.commit()
    last = PassageId(1_000 * MANY)

    (common,) = index.score(lexical_query("facture"), [last])
    (rare,) = index.score(lexical_query("zorglub"), [last])

    assert common.grams == 0.0 < rare.grams
    assert common.words > 0.0
    index.close()
