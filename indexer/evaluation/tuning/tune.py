"""Learn weights, try them on judgments kept apart, and say whether they deserve to serve."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from indexer.engine import Engine
from indexer.evaluation.measures import measure_each
from indexer.evaluation.significance import p_value
from indexer.evaluation.tuning.lambdamart import boost
from indexer.evaluation.tuning.lessons import Asked, Lesson, lessons_of, ndcg, scored
from indexer.evaluation.tuning.linear import climb, regress
from indexer.evaluation.tuning.questions import Questions
from indexer.retrieval.contest import FixedRanking
from indexer.retrieval.profiles import RankingProfile
from indexer.retrieval.search import rank_documents
from schemas.errors import InvalidInputError
from schemas.identity import EVERYONE
from schemas.query import MAX_QUERY_CHARS, Filter, Query

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS: Final = 5
SURE: Final = 0.05
"""How often chance alone may make a difference that is believed."""
LOST: Final = 0.005
"""Of a floor's measure: half a point, a tenth of the noise of 100 queries."""
FEWEST: Final = 20
"""Answered queries on either side: below, five folds and a test mean nothing."""

Learn = Callable[[Sequence[Lesson]], Callable[[Lesson], "NDArray[np.float64]"]]
Progress = Callable[[str, int, int], None]


class Row(msgspec.Struct, frozen=True):
    """One model: nDCG@10 by cross-validation and on judgments kept apart, against the present."""

    model: str
    cross_validated: float
    p_cross_validated: float | None
    apart: float
    p_apart: float | None


class Floor(msgspec.Struct, frozen=True):
    """A measure that must not fall."""

    name: str
    before: float
    after: float

    @property
    def is_kept(self) -> bool:
        """Whether the new profile loses nothing worth naming."""
        return self.after >= self.before - LOST


class Figures(msgspec.Struct, frozen=True):
    """Figures of the path that searches take, on judgments kept apart."""

    before: float
    after: float
    p_value: float


class Tuned(msgspec.Struct, frozen=True):
    """What tuning found."""

    dataset: str
    n_learned: int
    n_groups: int
    n_apart: int
    rows: tuple[Row, ...]
    present: str
    profile: RankingProfile
    """The best of the linear models, without a version."""
    apart: Figures
    floors: tuple[Floor, ...]
    reasons: tuple[str, ...]
    """Why it may not serve; nothing where it may."""


def tune(
    questions: Questions,
    engine: Engine,
    *,
    floors: Callable[[RankingProfile], Sequence[Floor]],
    progress: Progress = lambda *_: None,
) -> Tuned:
    """Learn from one part of the judgments and judge by the other.

    A linear model is the only kind that a profile can hold: a set of weights that people can read,
    compare and roll back. What LambdaMART would add is measured beside it, where it is installed.

    Args:
        questions: Judged queries, in two parts that share no intent.
        engine: Where they are asked; its profile is what any other must beat. What people found
            useful is left out, since it would be learned from the very votes that judge it.
        floors: Measures of a profile, compared with the present one, that must not fall.
        progress: Told about lessons and models.

    Raises:
        InvalidInputError: If there are too few judged queries.
    """
    plain = msgspec.structs.replace(engine, usefulness=None)
    present = engine.ranking.current()
    progress("lessons", 0, 2)
    learned = lessons_of(questions.learned, plain)
    progress("lessons", 1, 2)
    apart = lessons_of(questions.apart, plain)
    progress("lessons", 2, 2)
    groups = [lesson.asked.group for lesson in learned]
    if min(len(learned), len(apart)) < FEWEST or len(set(groups)) < FOLDS:
        raise InvalidInputError(
            f"Tuning needs {FEWEST} answered queries to learn from and {FEWEST} kept apart; "
            f"there are {len(learned)} and {len(apart)}."
        )
    linear: dict[str, Callable[[Sequence[Lesson]], RankingProfile]] = {
        "logistic regression": lambda lessons: regress(lessons, present),
        "coordinate ascent": lambda lessons: climb(lessons, present),
    }
    models: dict[str, Learn] = {name: _by_profile(learn) for name, learn in linear.items()}
    if importlib.util.find_spec("lightgbm"):
        models["LambdaMART"] = lambda lessons: boost(lessons, present)
    rows = [_present(present, learned, apart)]
    for n_done, (name, learn) in enumerate(models.items(), 1):
        rows.append(_row(name, learn, learned, apart, present=present))
        progress("models", n_done, len(models))
    best = max((row for row in rows if row.model in linear), key=lambda row: row.cross_validated)
    profile = linear[best.model](learned)
    figures = _figures(questions.apart, plain, present, profile)
    kept = tuple(floors(profile))
    return Tuned(
        dataset=questions.name,
        n_learned=len(learned),
        n_groups=len(set(groups)),
        n_apart=len(apart),
        rows=tuple(rows),
        present=present.version_name,
        profile=profile,
        apart=figures,
        floors=kept,
        reasons=tuple(_reasons(profile, present, figures, kept)),
    )


def measured(
    asked: Sequence[Asked], engine: Engine, profile: RankingProfile
) -> tuple[list[float], list[float]]:
    """Return nDCG@10 and recall@100 of each answered query, by the path that searches take."""
    there = msgspec.structs.replace(engine, ranking=FixedRanking(profile), usefulness=None)
    where = Filter(audiences=frozenset({EVERYONE}))
    answered = [each for each in asked if any(each.grades.values())]
    qrels = {
        str(n): {str(i): grade for i, grade in each.grades.items()}
        for n, each in enumerate(answered)
    }
    run = {
        str(n): rank_documents(Query(text=each.text[:MAX_QUERY_CHARS], filter=where), there)
        for n, each in enumerate(answered)
    }
    gains, recalls = (measure_each(qrels, run, name) for name in ("ndcg@10", "recall@100"))
    return [gains.get(each, 0.0) for each in qrels], [recalls.get(each, 0.0) for each in qrels]


def floors_of(
    parts: Sequence[tuple[str, Sequence[Asked]]], engine: Engine
) -> Callable[[RankingProfile], list[Floor]]:
    """Return what measures a profile on judged queries against the one in service."""

    def compare(profile: RankingProfile) -> list[Floor]:
        found = []
        for name, asked in parts:
            before = measured(asked, engine, engine.ranking.current())
            after = measured(asked, engine, profile)
            for measure, old, new in zip(("ndcg@10", "recall@100"), before, after, strict=True):
                found.append(Floor(f"{name} {measure}", _mean(old), _mean(new)))
        return found

    return compare


def _by_profile(learn: Callable[[Sequence[Lesson]], RankingProfile]) -> Learn:
    def learned(lessons: Sequence[Lesson]) -> Callable[[Lesson], NDArray[np.float64]]:
        profile = learn(lessons)
        return lambda lesson: scored(lesson, profile).score

    return learned


def _present(present: RankingProfile, learned: Sequence[Lesson], apart: Sequence[Lesson]) -> Row:
    means = [_mean(_scores(lessons, present)) for lessons in (learned, apart)]
    return Row(present.version_name, means[0], None, means[1], None)


def _row(
    name: str,
    learn: Learn,
    learned: Sequence[Lesson],
    apart: Sequence[Lesson],
    *,
    present: RankingProfile,
) -> Row:
    crossed = _cross_validated(learn, learned)
    score = learn(learned)
    tried = [ndcg(lesson, score(lesson)) for lesson in apart]
    return Row(
        name,
        _mean(crossed),
        p_value(_scores(learned, present), crossed),
        _mean(tried),
        p_value(_scores(apart, present), tried),
    )


def _cross_validated(learn: Learn, lessons: Sequence[Lesson]) -> list[float]:
    """Return nDCG@10 of each lesson by a model that saw none of its intent."""
    from sklearn.model_selection import GroupKFold

    groups = [lesson.asked.group for lesson in lessons]
    found = [0.0] * len(lessons)
    for taught, tried in GroupKFold(FOLDS).split(lessons, groups=groups):
        score = learn([lessons[n] for n in taught])
        for n in tried:
            found[n] = ndcg(lessons[n], score(lessons[n]))
    return found


def _scores(lessons: Sequence[Lesson], profile: RankingProfile) -> list[float]:
    return [ndcg(lesson, scored(lesson, profile).score) for lesson in lessons]


def _figures(
    asked: Sequence[Asked], engine: Engine, present: RankingProfile, profile: RankingProfile
) -> Figures:
    before, _ = measured(asked, engine, present)
    after, _ = measured(asked, engine, profile)
    return Figures(_mean(before), _mean(after), p_value(before, after))


def _reasons(
    profile: RankingProfile, present: RankingProfile, figures: Figures, floors: Sequence[Floor]
) -> list[str]:
    if profile.weights() == present.weights():
        return ["No linear model found other weights than those in service."]
    found = []
    if figures.after <= figures.before or figures.p_value >= SURE:
        found.append(
            f"On judgments kept apart it does not surely win: nDCG@10 {figures.after:.4f} against "
            f"{figures.before:.4f}, p = {figures.p_value:.3f}."
        )
    if not floors:
        found.append("There are no floors to hold it to.")
    found += [
        f"It would lose on {floor.name}: {floor.after:.4f} against {floor.before:.4f}."
        for floor in floors
        if not floor.is_kept
    ]
    return found


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0
