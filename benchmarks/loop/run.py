"""Let simulated students search for some weeks, and see what the loop made of the ranking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from statistics import fmean
from typing import Any, Final

import msgspec

from benchmarks.loop.clicks import MODELS
from benchmarks.loop.people import Habit, Person, deeds, hostile_deed, people
from benchmarks.loop.questions import Parts, Wording, answerable
from benchmarks.loop.school import School
from indexer.evaluation.dataset import Dataset
from indexer.evaluation.measures import measure_each
from indexer.evaluation.run import Progress
from indexer.evaluation.significance import p_value

MEASURE: Final = "ndcg@10"
LOOKS: Final = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
"""Parts of the run after which the ranking is measured: close together where it changes most."""
FIRST: Final = 3
"""Places of which a pushed document shall have none."""
DEPTH: Final = 10  # what nDCG@10 looks at
_HOSTILE_PAGES: Final = 5  # how far a hostile person looks for the document
_TEMPTING: Final = slice(FIRST, 2 * DEPTH)  # places from which a document is easily pushed
_DAY_S: Final = 86_400


class Options(msgspec.Struct, frozen=True):
    """What a simulation is like."""

    searches: int = 3_000
    noise: float = 0.2
    """Share of searches after which just anything is opened, and of votes that a coin decides."""
    hostile: float = 0.0
    """Share of the people who push one document."""
    seed: int = 1
    clicks: str = "cascade"
    """Name of a click model."""
    students: int = 300
    keen: float = 0.3
    """Share of the others who vote often; the rest is lazy."""
    looks: tuple[float, ...] = LOOKS
    """Parts of the run after which the ranking is measured."""
    days: int = 84
    """Twelve weeks: a term."""
    learn_every: int = 20
    """Searches between two looks at the log: in service it is a second or two."""


class Simulation:
    """One run of one school."""

    def __init__(self, school: School, dataset: Dataset, parts: Parts, options: Options) -> None:
        """Bring the people together."""
        self._school = school
        self._dataset = dataset
        self._parts = parts
        self._options = options
        self._rng = Random(f"people {options.seed}")  # noqa: S311
        self._model = MODELS[options.clicks]
        self._best = max((grade for g in dataset.qrels.values() for grade in g.values()), default=1)
        self._people = people(
            options.students, keen=options.keen, hostile=options.hostile, rng=self._rng
        )
        self._counts: Counter[str] = Counter()
        self._pushed = ""

    def run(self, progress: Progress = lambda *_: None) -> dict[str, Any]:
        """Search, learn and measure; return the report."""
        options = self._options
        looks = sorted({round(options.searches * part) for part in options.looks})
        rankings = {0: self._look()}
        if options.hostile:
            self._pushed = self._easily_pushed(rankings[0])
        for n in range(1, options.searches + 1):
            self._school.clock.pass_by(options.days * _DAY_S / options.searches)
            self._visit(self._rng.choice(self._people))
            if n % options.learn_every == 0 or n in looks:
                self._school.learn()
            if n in looks:
                rankings[n] = self._look()
            progress("search", n, options.searches)
        report = self._report(rankings)
        if options.hostile:
            report["hostile"] = self._hostile_report(rankings[0], rankings[options.searches])
        return report

    def _visit(self, person: Person) -> None:
        wording = self._rng.choice(self._parts.voted)
        if person.habit is Habit.HOSTILE:
            self._push(person, wording)
            return
        page = self._school.search(person, wording.text)
        worth = [self._worth(wording, name) for name in self._school.names(page)]
        for deed in deeds(person, worth, self._model, self._rng, noise=self._options.noise):
            self._school.tell(person, wording.text, page, deed)
            self._counts["opened"] += 1
            if deed.is_useful is not None:
                self._counts["votes"] += 1
                self._counts["useful"] += deed.is_useful

    def _push(self, person: Person, wording: Wording) -> None:
        for number in range(1, _HOSTILE_PAGES + 1):
            page = self._school.search(person, wording.text, number=number)
            names = self._school.names(page)
            if self._pushed in names:
                deed = hostile_deed(names.index(self._pushed), self._rng)
                self._school.tell(person, wording.text, page, deed)
                self._counts["hostile votes"] += 1
            if self._pushed in names or not names:
                break

    def _worth(self, wording: Wording, name: str) -> float:
        return self._dataset.qrels[wording.query_id].get(name, 0) / self._best

    def _look(self) -> dict[str, list[list[str]]]:
        """Return the first documents for every wording of every part."""
        return {
            part: [[name for name, _ in self._school.rank(each.text)[:DEPTH]] for each in wordings]
            for part, wordings in self._parts.named().items()
        }

    def _easily_pushed(self, rankings: Mapping[str, Sequence[Sequence[str]]]) -> str:
        """Return the document that most often stands just below the first for a wrong question."""
        tempting: Counter[str] = Counter()
        for wording, ranked in zip(self._parts.voted, rankings["voted"], strict=True):
            tempting.update(name for name in ranked[_TEMPTING] if not self._worth(wording, name))
        return min(tempting, key=lambda name: (-tempting[name], name))

    def _report(self, rankings: Mapping[int, Mapping[str, list[list[str]]]]) -> dict[str, Any]:
        scores = {n: self._scores(each) for n, each in rankings.items()}
        last = max(scores)
        return {
            "dataset": self._dataset.name,
            "options": msgspec.to_builtins(self._options),
            "counts": dict(self._counts),
            "ignored": {
                f"{part}: {reason}": n
                for (part, reason), n in sorted(self._school.recorder.ignored().items())
            },
            "over_time": [
                {"searches": n, **{part: _mean(own) for part, own in each.items()}}
                for n, each in sorted(scores.items())
            ],
            "parts": {part: _change(scores[0][part], scores[last][part]) for part in scores[last]},
        }

    def _scores(self, rankings: Mapping[str, list[list[str]]]) -> dict[str, list[float]]:
        """Return nDCG@10 of every wording that something answers, part by part."""
        found = {}
        for part, wordings in self._parts.named().items():
            known = zip(wordings, rankings[part], strict=True)
            rows = [
                (each.query_id, ranked)
                for each, ranked in known
                if each.query_id not in self._dataset.unanswerable
            ]
            # Of several wordings of a query each counts: they get names of their own.
            qrels = {str(n): self._dataset.qrels[query_id] for n, (query_id, _) in enumerate(rows)}
            run = {str(n): [(name, 0.0) for name in own] for n, (_, own) in enumerate(rows)}
            each_score = measure_each(qrels, run, MEASURE) if rows else {}
            found[part] = [each_score.get(str(n), 0.0) for n in range(len(rows))]
        return found

    def _hostile_report(
        self,
        before: Mapping[str, Sequence[Sequence[str]]],
        after: Mapping[str, Sequence[Sequence[str]]],
    ) -> dict[str, Any]:
        hostile = [each for each in self._people if each.habit is Habit.HOSTILE]
        report = {
            "pushed": self._pushed,
            "people": len(hostile),
            "entered": self._entered(before, after),
            "wordings": sum(
                not self._worth(each, self._pushed)
                for own in self._parts.named().values()
                for each in own
            ),
        }
        report["withdrawn"] = sum(map(self._school.withdraw, hostile))
        self._school.learn()
        return {**report, "entered_when_withdrawn": self._entered(before, self._look())}

    def _entered(
        self,
        before: Mapping[str, Sequence[Sequence[str]]],
        after: Mapping[str, Sequence[Sequence[str]]],
    ) -> int:
        """Count wordings that the pushed document does not answer and now is among the first of."""
        return sum(
            self._pushed in now[:FIRST]
            and self._pushed not in then[:FIRST]
            and not self._worth(wording, self._pushed)
            for part, wordings in self._parts.named().items()
            for wording, then, now in zip(wordings, before[part], after[part], strict=True)
        )


def n_answerable(parts: Parts, dataset: Dataset) -> dict[str, int]:
    """Return how many wordings of each part count in its mean."""
    return {part: len(answerable(own, dataset)) for part, own in parts.named().items()}


def _mean(scores: Sequence[float]) -> float:
    return round(fmean(scores), 4) if scores else 0.0


def _change(before: Sequence[float], after: Sequence[float]) -> dict[str, Any]:
    pairs = list(zip(before, after, strict=True))
    return {
        "wordings": len(pairs),
        "before": _mean(before),
        "after": _mean(after),
        "delta": round(_mean(after) - _mean(before), 4),
        "better": sum(then < now for then, now in pairs),
        "worse": sum(then > now for then, now in pairs),
        "p_value": round(p_value(before, after), 4) if len(pairs) > 1 else None,
    }
