"""Whether a vote counts, told from the log alone: the same answer at any later time."""

from __future__ import annotations

from schemas.feedback import Ignored, LoggedSearch, Pseudonym
from schemas.judgment import Judgment


def standing_of(
    vote: Judgment, search: LoggedSearch | None, person: Pseudonym
) -> LoggedSearch | Ignored:
    """Return the search that a vote belongs to, or why it belongs to none.

    Args:
        vote: What was said.
        search: Of its query id; ``None`` where the log has none.
        person: The pseudonym of who said it.
    """
    if vote.query_id is None:
        return Ignored.NO_SEARCH
    if search is None:
        return Ignored.UNKNOWN_QUERY
    if search.person != person:
        return Ignored.OTHER_PERSON
    if all(hit.document_id != vote.document_id for hit in search.hits):
        return Ignored.NOT_SHOWN
    return search
