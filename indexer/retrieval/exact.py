"""An exact rare word decides: what has it stands above what only means something near it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from indexer.ports import Form, LexicalQuery, PassageIndex
from indexer.retrieval.profiles import RankingProfile
from indexer.retrieval.ranking import RankedDocument
from schemas.ids import PassageId
from schemas.query import Filter

_FEW: Final = 3  # passages: a word of so few is rare in the smallest index
_MANY: Final = 100  # more than the words retrieve: then some of them would not be candidates
_MANY_ALONE: Final = 500  # passages with a word are fetched, which takes .1 ms for so many


def exact_word(
    query: LexicalQuery, where: Filter, index: PassageIndex, profile: RankingProfile
) -> str | None:
    """Return the index term that decides the order of a look-up; ``None`` where none does.

    A look-up has at most ``profile.exact_words`` different words that carry meaning. Its rarest
    word decides when it is in at most ``profile.exact_share`` of the passages, or is all that was
    asked for and in at most ``profile.exact_share_alone``; but in no more than 100 and 500. A word
    that was corrected does not decide, since it was not typed. Only passages that pass the filter
    are counted: a word that is hidden from the caller is no word, and takes no other's place.
    """
    words = [group for group in query.words if group and len(group[0].terms) == 1]
    if not 0 < len(words) <= profile.exact_words:
        return None
    typed = [group[0].terms[0] for group in words if not _is_corrected(group[1:])]
    counted = [(n, term) for term in typed if (n := index.n_with(term, where))]
    if not counted:
        return None
    n, rarest = min(counted)
    n_all = index.n_passing(where)
    if len(words) == 1:
        most = min(_MANY_ALONE, profile.exact_share_alone * n_all)
    else:
        most = min(_MANY, profile.exact_share * n_all)
    return rarest if n <= max(_FEW, most) else None


def passages_with(term: str | None, where: Filter, index: PassageIndex) -> Collection[PassageId]:
    """Return all passages with a word that decides; nothing where none does."""
    return index.having(term, where, limit=_MANY_ALONE) if term else ()


def exact_first(
    documents: Sequence[RankedDocument], having: Collection[PassageId]
) -> list[RankedDocument]:
    """Return the same documents, those with a passage among ``having`` first.

    Both kinds keep their own order. Scores of the first kind are lifted by just as much as puts
    the last of them level with the first of the others.
    """
    first = [each for each in documents if _has(each, having)]
    others = [each for each in documents if not _has(each, having)]
    if not first or not others:
        return list(documents)
    lift = max(0.0, others[0].score - first[-1].score)
    lifted = [msgspec.structs.replace(each, score=each.score + lift) for each in first]
    return [*(lifted if lift else first), *others]


def _is_corrected(other_forms: Sequence[Form]) -> bool:
    """Tell whether a word was typed otherwise: what was typed is a form of full weight too."""
    return any(form.weight >= 1 for form in other_forms)


def _has(document: RankedDocument, having: Collection[PassageId]) -> bool:
    return any(scores.raw.passage_id in having for scores in document.passages)
