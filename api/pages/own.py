"""What this reader has said of documents and keeps: theirs alone, shown wherever they appear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from api.services import Services
from indexer.analysis.normalize import well_formed
from schemas.identity import Caller
from schemas.ids import DocumentId
from schemas.judgment import Judgment


class Own(msgspec.Struct, frozen=True):
    """A reader's own words and list, of the documents that a page shows."""

    said: Mapping[str, Judgment]
    """The judgment in force for this query, by document id."""
    kept: frozenset[DocumentId]

    def verdict(self, document_id: str) -> str:
        """Return ``useful``, ``not_useful``, or nothing."""
        said = self.said.get(document_id)
        return said.value if said is not None else ""


def own_of(services: Services, caller: Caller, q: str, ids: Sequence[str]) -> Own:
    """Return what the caller says of documents for a query, and which of them they keep."""
    documents = [DocumentId(document_id) for document_id in ids]
    if not documents:
        return Own({}, frozenset())
    said, _ = services.catalog.judgments.current(
        caller.person_id,
        caller.audiences,
        documents=documents,
        query_text=well_formed(q),
        per_page=len(documents),
    )
    return Own(
        said={judgment.document_id: judgment for judgment in said},
        kept=services.catalog.saved.those_of(caller.person_id, documents),
    )
