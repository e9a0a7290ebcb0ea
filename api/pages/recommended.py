"""Why a document is recommended, in a reader's words."""

from __future__ import annotations

from collections.abc import Iterable

from api.pages.results import Labels
from api.pages.texts import Texts
from api.views.recommendations import OF_TAGS
from schemas.recommendation import Why


def whys_of(whys: Iterable[Why], labels: Labels, t: Texts) -> str:
    """Return why a document is recommended as one line, the strongest first."""
    return " · ".join(_in_words(why, labels, t) for why in whys)


def _in_words(why: Why, labels: Labels, t: Texts) -> str:
    words = [labels.tag(each) if why.code in OF_TAGS else each for each in why.words]
    n = len(words) if why.n_people is None else why.n_people
    return t(f"recommended.{why.code}", words=t.names(words), n=n)
