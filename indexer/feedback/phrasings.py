"""Ways to ask, with their vectors: made by the writer of the log, for intents to be made of."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from schemas.errors import CordeeError
from schemas.feedback import LoggedSearch, Phrasing, PhrasingId

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VECTOR_TYPE: Final = "<f2"
"""Little-endian float16: half the place, and cosines differ in the fourth digit only."""
_MAX_KNOWN: Final = 50_000  # ids of phrasings that are written already: 5 MB

log = structlog.get_logger(__name__)

EncodeText = Callable[[str], "tuple[str, NDArray[np.float32]]"]
"""Returns the name of the encoder in service, and the vector of a text, of unit length."""


class AskedSearch(Protocol):
    """A search and what the encoder was told when it was asked."""

    search: LoggedSearch
    meaning: str


class PhrasingMaker:
    """Makes a phrasing once for each text and encoder. Not safe in threads."""

    def __init__(self, encode: EncodeText) -> None:
        """Take what makes vectors: the encoder remembers those of searches just asked."""
        self._encode = encode
        self._known: OrderedDict[tuple[PhrasingId, str], None] = OrderedDict()

    def new(self, searches: Iterable[AskedSearch]) -> list[Phrasing]:
        """Return the phrasings of searches that were not kept yet; none of one without words.

        A text that cannot be encoded now gets its phrasing when it is searched again.
        """
        made: dict[tuple[PhrasingId, str], Phrasing] = {}
        for asked in searches:
            if not any(map(str.isalnum, asked.meaning)):
                continue
            try:
                encoder, vector = self._encode(asked.meaning)
            except CordeeError as exc:
                log.warning("feedback.unencoded", error=str(exc))
                continue
            search = asked.search
            key = (search.phrasing, encoder)
            if key not in self._known and key not in made:
                packed = vector.astype(VECTOR_TYPE).tobytes()
                made[key] = Phrasing(search.phrasing, search.text, asked.meaning, encoder, packed)
        return list(made.values())

    def keep(self, written: Sequence[Phrasing]) -> None:
        """Remember that these are written."""
        for phrasing in written:
            self._known[phrasing.id, phrasing.encoder] = None
        while len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)
