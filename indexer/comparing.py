"""Do both indexes hold what the catalog says? Read in order of id, so that memory stays bounded."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, groupby, islice
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from indexer.catalog.catalog import Catalog
from indexer.generations import IndexPair
from indexer.lexical.fields import card_of, signature
from indexer.ownership import take
from indexer.pairs import PairOpener
from schemas.comparison import Comparison, Difference, Fault, IndexName
from schemas.errors import ConflictError
from schemas.ids import DocumentId
from schemas.passage import Held
from schemas.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_DIFFERENCES: Final = 10_000
"""Named in one comparison: beyond it, building anew is quicker than mending."""
_PAGE: Final = 5_000  # ids held at a time, of the catalog and of an index
_CHANGES: Final = 1_000
_SAME: Final = 0.999  # cosine: what rounding may take from that of a vector with itself
_UNKNOWN: Final = -1.0  # what a dense index answers for a passage that it lacks


Comparer = Callable[[], Comparison | None]
"""Compares the generation in service; ``None`` where none was built yet."""


class _SizeOnly:
    """Stands in for an encoder where nothing is encoded: an index asks how long vectors are."""

    def __init__(self, name: str, dimensions: int) -> None:
        self.name = name
        self._dimensions = dimensions

    def encode_query(self, _text: str) -> NDArray[np.float32]:
        """Return zeros, shape (d,)."""
        return np.zeros(self._dimensions, dtype=np.float32)


def compare_at_rest(settings: Settings, catalog: Catalog, *, deep: bool) -> Comparison | None:
    """Compare the newest generation of this data directory, which no process may be serving.

    Raises:
        ConflictError: If a process serves it: that one has to compare.
        TransientError: If an index cannot be opened or read.
    """
    some = [each.passage_id for each in catalog.passages.held(-1, 1)]

    def open_encoder(name: str) -> _SizeOnly:
        return _SizeOnly(name, catalog.passages.vectors(some, name).shape[1])

    release = take(settings.index_dir)
    opener = PairOpener(settings, open_encoder)
    try:
        built = opener.built_generations()
        opened = opener.open_built(built[-1]) if built and some else None
        if opened is None:
            return None
        try:
            return compare(opened.pair, opened.position or 0, catalog, deep=deep)
        finally:
            opened.pair.close()
    finally:
        opener.close()
        release()


def compare(pair: IndexPair, position: int, catalog: Catalog, *, deep: bool) -> Comparison:
    """Compare a pair with the catalog; documents that changed meanwhile are left out.

    Args:
        pair: Both indexes of one generation; searches and the follower may use them.
        position: Last change that the pair held for certain before the comparison.
        catalog: What the indexes are derived from.
        deep: Whether to compare texts, tags and vectors too; reads all of them.

    Raises:
        TransientError: If an index cannot be read.
    """
    differences = chain(
        _of_index(IndexName.LEXICAL, pair.lexical.held, catalog),
        _of_index(IndexName.DENSE, pair.dense.held, catalog),
        _changed(pair, catalog) if deep else (),
    )
    found = list(islice(differences, MOST_DIFFERENCES + 1))
    moving = _moving(catalog, position)
    lasting = [each for each in found[:MOST_DIFFERENCES] if each.document_id not in moving]
    return Comparison(
        generation=pair.number,
        n_passages=catalog.documents.counts()[1],
        differences=tuple(_dated(lasting, catalog)),
        is_whole=len(found) <= MOST_DIFFERENCES,
    )


def _of_index(
    name: IndexName, held: Callable[[int, int], list[Held]], catalog: Catalog
) -> Iterator[Difference]:
    """Yield what only one side has, by merging two lists that rise by id."""
    expected = ((each, True) for each in _all(catalog.passages.held))
    found = ((each, False) for each in _all(held))
    for passage_id, group in groupby(heapq.merge(expected, found), lambda pair: pair[0].passage_id):
        sides = list(group)
        n_expected = sum(is_expected for _, is_expected in sides)
        n_found = len(sides) - n_expected
        if n_expected != n_found:
            fault = Fault.MISSING if n_expected > n_found else Fault.LEFT_OVER
            yield Difference(name, fault, passage_id, sides[0][0].document_id)


def _all(held: Callable[[int, int], list[Held]]) -> Iterator[Held]:
    after = -1
    while page := held(after, _PAGE):
        yield from page
        after = page[-1].passage_id


def _changed(pair: IndexPair, catalog: Catalog) -> Iterator[Difference]:
    """Yield passages that an index has with another text, tag or vector."""
    for document_id in catalog.documents.all_ids():
        try:
            entries, vectors = catalog.changes.entries(document_id, pair.encoder.name)
        except ConflictError:
            continue  # passages without vectors: said by a check of its own
        cards = pair.lexical.cards([entry.passage.id for entry in entries])
        told_by = signature(entries)
        for entry, vector in zip(entries, vectors, strict=True):
            here = entry.passage.id
            if here in cards and cards[here] != card_of(entry, told_by):
                yield Difference(IndexName.LEXICAL, Fault.CHANGED, here, document_id)
            cosine = pair.dense.score(vector, [here])[0]
            if cosine != _UNKNOWN and cosine < _SAME:
                yield Difference(IndexName.DENSE, Fault.CHANGED, here, document_id)


def _moving(catalog: Catalog, position: int) -> set[DocumentId]:
    """Return the documents that changed after this position: the indexes may lag behind them."""
    found = set[DocumentId]()
    while changes := catalog.changes.after(position, _CHANGES):
        found.update(change.document_id for change in changes)
        position = changes[-1].position
    return found


def _dated(differences: Sequence[Difference], catalog: Catalog) -> Iterator[Difference]:
    """Tell what a newer revision replaced from what the catalog does not know at all."""
    over = [each.passage_id for each in differences if each.fault is Fault.LEFT_OVER]
    replaced = catalog.passages.superseded_among(over)
    for each in differences:
        is_stale = each.fault is Fault.LEFT_OVER and each.passage_id in replaced
        yield msgspec.structs.replace(each, fault=Fault.STALE) if is_stale else each
