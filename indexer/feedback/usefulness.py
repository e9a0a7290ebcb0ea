"""How useful a document is for an intent: the formula, its sources and its constants.

One person is one voice. For each intent and document a person is heard once, by the strongest
thing said or done:

1. a vote: weight 1, useful or not;
2. a deed that tells of use (long reading, long playing, copying): useful, weight ``DEED``; or of
   none (opened and left at once): not useful, the same weight;
3. a click, or none, beside how many were to be expected where the document stood: the clicks are
   useful voices of weight ``CLICK``, and ``expected / PRIOR_MEAN`` is how many voices there were.
   A document that is clicked just as often as its places let expect stays at the prior mean; one
   that is shown and passed over sinks slowly.

The third is clicks over expected clicks (COEC; Zhang and Jones, "Comparing click logs and editorial
labels for training query rewriting", WWW workshop 2007), with expected = examination of the
position x attraction of the kind: a position-based model (Craswell et al., "An experimental
comparison of click position-bias models", WSDM 2008) whose examination is ``position ** -ETA``
(Joachims, Swaminathan and Schnabel, "Unbiased learning-to-rank with biased feedback", WSDM 2017).

Voices are added up as a Beta-Binomial: mean = (kappa * PRIOR_MEAN + useful) / (kappa + voices),
with kappa = ``PRIOR`` + ``CROWD`` * what all people of the intent said of anything. So it is a rate
and not a count, and few voices in a large crowd stay few: 5 of 100 cannot carry a document that the
others never saw. What the ranking gains is ``CAP`` * (mean - PRIOR_MEAN) / PRIOR_MEAN, less
``DOUBT`` standard deviations.

Twelve of fifteen people say useful, and nobody else asked:

>>> twelve = Evidence(useful=12.0, voices=15.0)
>>> round(mean(twelve, crowd=15.0), 2), round(deviation(twelve, crowd=15.0), 2)
(0.72, 0.1)
>>> 0 < lift(twelve, crowd=15.0) < CAP
True

Five votes for a document among the hundred people of an intent are next to nothing:

>>> pushed = Evidence(useful=5.0, voices=5.0)
>>> lift(pushed, crowd=100.0) < 0.2 * lift(Evidence(useful=60.0, voices=60.0), crowd=100.0)
True

Position: shown 100 times first and clicked 28 times, or shown fifth and clicked 20 times. The first
has more clicks, the second is the better one:

>>> first = Evidence(*clicked(28, 100 * expected(1, "sheet")))
>>> fifth = Evidence(*clicked(20, 100 * expected(5, "sheet")))
>>> lift(fifth, crowd=20.0) > 0 > lift(first, crowd=20.0)
True

Half a year later a vote weighs half:

>>> decay(0), decay(180), decay(360)
(1.0, 0.5, 0.25)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

HALF_LIFE_DAYS: Final = 180
"""A school's year has two terms: what helped last term counts half. In whole days, so that nothing
moves between two searches of a day."""
PRIOR_MEAN: Final = 0.5
"""Of a document that nobody said anything of: neither useful nor not."""
PRIOR: Final = 2.0
"""Voices that the prior mean is worth: one vote alone moves the mean by a sixth."""
CROWD: Final = 0.2
"""What each person of the intent adds to it."""
DOUBT: Final = 0.25
"""Standard deviations taken off: of two with the same mean, the surer one stands higher."""
CAP: Final = 2.0
"""The most that a document gains or loses, as fused score: between the first and the tenth of a
page lie 2.2 (median of the demo judgments)."""

DEED: Final = 0.8
"""Weight of reading, playing or copying beside a vote, and of leaving at once. This, ``CLICK`` and
``PRIOR`` were chosen by ``benchmarks.loop`` on the demo queries of ``dev``."""
CLICK: Final = 0.15
"""Weight of a click: it says that the title promised something. Twice as much teaches faster, but
then a few who push a document weigh more than those who say that another one helped."""
DWELL_MS: Final = 30_000
"""Reading that tells of use: the 30 s of Fox et al., "Evaluating implicit measures to improve web
search", TOIS 2005."""
PLAY_MS: Final = 30_000
"""The same for a recording."""
LEFT_MS: Final = 15_000
"""Who opens a hit and leaves it sooner did not find it useful: a quick back (Kim, Hassan, White and
Zitouni, "Modeling dwell time to predict click-level satisfaction", WSDM 2014). What lies between
says neither."""
ETA: Final = 1.0
"""Exponent of examination: a place twice as far down is looked at half as often."""
MAX_EXPECTED: Final = 1.0
"""Of one person for one document: who searches the same all day is still one person."""
_ATTRACTION: Final[Mapping[str, float]] = MappingProxyType({"course": 0.25, "replay": 0.25})
_USUAL_ATTRACTION: Final = 0.4
"""Chance that a hit that is looked at is opened. A recording is opened less easily than a text."""

NEIGHBOUR_CAP: Final = 0.15
"""Of ``CAP``: the most that is taken over from intents that the query only resembles, as much as
decides between near equals: now and then such a one is a twin that asks something else."""
DOCUMENT_CAP: Final = 0.03
"""The most that a document gains or loses for what it is worth everywhere: a tie-breaker."""
MENTOR_CAP: Final = 0.01
"""The same for the mentor whose documents they are."""
DOCUMENT_PRIOR: Final = 10.0
"""Voices of the prior there: a document must be known well."""

AGREED: Final = 0.75
"""Agreement with the others of a person of whom nothing is known yet; who agrees so often or more
has full weight, who agrees by chance none."""
AGREED_PRIOR: Final = 6.0
"""Votes that this is worth."""
FREE_INTENTS: Final = 3
"""Intents for which one may find a document useful at full weight; of more, each weighs less: a
document does not answer everything."""


class Evidence(msgspec.Struct, frozen=True):
    """What people said and did, as weighted voices."""

    useful: float = 0.0
    voices: float = 0.0
    n_useful: int = 0
    """People whose vote says useful: votes alone, unweighted and undecayed."""
    n_voters: int = 0


def decay(age_days: int) -> float:
    """Return what something so old still weighs; what lies ahead weighs 1."""
    return float(0.5 ** (max(0, age_days) / HALF_LIFE_DAYS))


def expected(position: int, kind: str) -> float:
    """Return the chance that a usual hit of this kind is clicked at this position, from 1."""
    return float(position**-ETA) * _ATTRACTION.get(kind, _USUAL_ATTRACTION)


def clicked(n_clicks: float, n_expected: float) -> tuple[float, float]:
    """Return the useful voices and all voices that clicks over expected clicks are worth."""
    return CLICK * n_clicks, CLICK * n_expected / PRIOR_MEAN


def kappa(crowd: float) -> float:
    """Return the strength of the prior, in voices, where so many people said something."""
    return PRIOR + CROWD * crowd


def mean(evidence: Evidence, crowd: float) -> float:
    """Return the smoothed share of useful voices."""
    strength = kappa(crowd)
    voices = max(evidence.voices, evidence.useful)
    return (strength * PRIOR_MEAN + evidence.useful) / (strength + voices)


def deviation(evidence: Evidence, crowd: float) -> float:
    """Return the standard deviation of that share: that of the Beta distribution."""
    share = mean(evidence, crowd)
    voices = max(evidence.voices, evidence.useful)
    return math.sqrt(share * (1 - share) / (kappa(crowd) + voices + 1))


def lift(evidence: Evidence, crowd: float, *, cap: float = CAP) -> float:
    """Return what the ranking gains or loses, as fused score, at most ``cap``; 0 without voices."""
    if not evidence.voices and not evidence.useful:
        return 0.0
    off = mean(evidence, crowd) - PRIOR_MEAN
    sure = max(0.0, abs(off) - DOUBT * deviation(evidence, crowd))
    return math.copysign(min(1.0, sure / PRIOR_MEAN) * cap, off)


def everywhere(said: Iterable[Evidence], *, cap: float = DOCUMENT_CAP) -> float:
    """Return what a document gains, as fused score, for all that was said of it anywhere.

    With ``cap=MENTOR_CAP`` for all that was said of any document of one mentor.
    """
    found = list(said)
    useful = math.fsum(sorted(each.useful for each in found))
    voices = max(useful, math.fsum(sorted(each.voices for each in found)))
    share = (DOCUMENT_PRIOR * PRIOR_MEAN + useful) / (DOCUMENT_PRIOR + voices)
    return cap * (share - PRIOR_MEAN) / PRIOR_MEAN


def reliability(n_agreed: int, n_compared: int) -> float:
    """Return what a person's votes weigh, from how often others say the same of the same."""
    share = (AGREED * AGREED_PRIOR + n_agreed) / (AGREED_PRIOR + n_compared)
    return min(1.0, max(0.0, (share - 0.5) / (AGREED - 0.5)))


def dilution(n_intents: int) -> float:
    """Return what each vote, or deed, weighs of one who uses one document for so many intents."""
    return min(1.0, FREE_INTENTS / max(1, n_intents))
