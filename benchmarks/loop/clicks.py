"""Which hits of a page people open: click models with constants that others published.

Both are biased by position, each in its own way: the loop is told neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from types import MappingProxyType
from typing import Final, Protocol

OPENED: Final = (0.05, 0.3, 0.5, 0.7, 0.95)
"""Chance that a hit that is looked at is opened, by how well it answers, in fifths."""
STOPPED: Final = (0.2, 0.3, 0.5, 0.7, 0.9)
"""Chance that a person who opened it looks no further. Both are the "navigational" people of
Oosterhuis and de Rijke, "Balancing speed and quality in online learning to rank for information
retrieval", CIKM 2017, table 1, after Hofmann, Whiteson and de Rijke, Information Retrieval 2013."""
ETA: Final = 1.0
"""Exponent of examination: the place n is looked at with the chance n ** -1 (Joachims, Swaminathan
and Schnabel, "Unbiased learning-to-rank with biased feedback", WSDM 2017)."""
BY_MISTAKE: Final = 0.1
"""Chance that a hit that is looked at and answers nothing is opened (the same, and Ai et al.,
"Unbiased learning to rank with unbiased propensity estimation", SIGIR 2018)."""
GRADES: Final = 3
"""Highest grade that the second model was published for; others are stretched to it."""


class ClickModel(Protocol):
    """Draws what of a page is opened."""

    def opened(self, worth: Sequence[float], rng: Random) -> list[int]:
        """Return the indexes of the hits that are opened, in order.

        Args:
            worth: How well each hit answers, from 0 to 1, in the order of the page.
            rng: Draws.
        """


class Cascade:
    """People who read from the top and stop where they found it (dependent click model).

    Guo, Liu and Wang, "Efficient multiple-click models in web search", WSDM 2009.
    """

    def opened(self, worth: Sequence[float], rng: Random) -> list[int]:
        """Return the indexes of the hits that are opened, in order."""
        chosen = []
        for place, each in enumerate(worth):
            if rng.random() < _between(OPENED, each):
                chosen.append(place)
                if rng.random() < _between(STOPPED, each):
                    break
        return chosen


class ByPosition:
    """People who look at a place the less the further down it is, whatever stands above.

    The position-based model: Craswell et al., "An experimental comparison of click position-bias
    models", WSDM 2008, with the attraction of Ai et al.
    """

    def opened(self, worth: Sequence[float], rng: Random) -> list[int]:
        """Return the indexes of the hits that are opened, in order."""
        return [
            place
            for place, each in enumerate(worth)
            if rng.random() < (place + 1) ** -ETA and rng.random() < _attraction(each)
        ]


MODELS: Final[Mapping[str, ClickModel]] = MappingProxyType({
    "cascade": Cascade(),
    "position": ByPosition(),
})


def _attraction(worth: float) -> float:
    gain = (2 ** (GRADES * worth) - 1) / (2**GRADES - 1)
    return float(BY_MISTAKE + (1 - BY_MISTAKE) * gain)


def _between(table: Sequence[float], worth: float) -> float:
    """Return the value of a table at a worth from 0 to 1, on the line between two entries."""
    at = worth * (len(table) - 1)
    low = min(int(at), len(table) - 2)
    return table[low] + (at - low) * (table[low + 1] - table[low])
