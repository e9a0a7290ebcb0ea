"""Which passages an index holds, whoever may see them, in order of id."""

from __future__ import annotations

import msgspec
import tantivy

from indexer.lexical import fields
from indexer.ports import PassageCard
from schemas.ids import PassageId
from schemas.passage import Held

_DECODER = msgspec.msgpack.Decoder(tuple[PassageId, PassageCard])


def list_held(
    schema: tantivy.Schema, searcher: tantivy.Searcher, after: int, limit: int
) -> list[Held]:
    """Return the next passages beyond this id, at most ``limit``."""
    kind, first = tantivy.FieldType.Unsigned, max(0, after + 1)
    hits = searcher.search(
        tantivy.Query.range_query(schema, fields.PASSAGE, kind, lower_bound=first),
        limit=limit,
        count=False,
        order_by_field=fields.PASSAGE,
        order=tantivy.Order.Asc,
    ).hits
    cards = [_DECODER.decode(searcher.doc(at)[fields.CARD][0]) for _, at in hits]
    return [Held(passage_id, card.document_id) for passage_id, card in cards]
