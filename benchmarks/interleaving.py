"""How soon does an experiment find a worse ranking, and how often does it find what is not there?

    python -m benchmarks.interleaving FOLDER [--runs 100] [--searches 1000] [--noise 0.2] [--json]

The judged queries of a BEIR folder are asked by simulated people, of two ranking profiles at once:
pages are drafted by ``indexer.retrieval.interleaving``, what people do is noted as lines of the
log, and the lines are counted by ``indexer.feedback.tally``, as in the service. Each run has other
people, questions, coins and clicks. A verdict counts as soon as any look after any search would
have given it.

People look at the hit in place r with probability 1 / r and click what they look at by its grade
(``CLICKS``); a share of clicks (``--noise``) is for no reason, on any hit that they look at.
Positions as in Joachims et al., "Unbiased learning-to-rank with biased feedback", WSDM 2017, and
clicks by grade as the "navigational" and "informational" users of Hofmann, Whiteson and de Rijke,
"A probabilistic method for inferring preferences from clicks", CIKM 2011, taken half and half.
"""

from __future__ import annotations

import argparse
import json
import os
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec

from cli.evaluate import open_tools
from indexer.analysis.normalize import query_key
from indexer.engine import Engine
from indexer.evaluation.dataset import QRELS, Dataset, read_dataset
from indexer.evaluation.judged import id_of
from indexer.evaluation.measures import measure_each
from indexer.evaluation.run import open_collection
from indexer.feedback.pseudonyms import phrasing_id
from indexer.feedback.tally import SETTLES_AFTER, Tally
from indexer.feedback.verdict import ALPHA, FOR_WORSE, Finding, Outcome, judge, richest
from indexer.retrieval.contest import Coins, FixedRanking
from indexer.retrieval.duplicates import Collapsed
from indexer.retrieval.interleaving import draft
from indexer.retrieval.profiles import PROFILES, RankingProfile
from indexer.retrieval.search import rank
from schemas.experiment import Experiment
from schemas.feedback import Action, LoggedEvent, LoggedSearch, LogPosition, Pseudonym, ShownHit
from schemas.identity import EVERYONE, Role
from schemas.ids import QueryId
from schemas.judgment import Judgment
from schemas.query import Filter, Query
from schemas.settings import load_settings

PAGE: Final = 10
DEEP: Final = 2 * PAGE  # of each ranking: a page of a draft never looks further
N_PEOPLE: Final = 100
CLICKS: Final = (0.05, 0.35, 0.7, 0.9)  # by grade; higher ones as the last
A_DAY: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
BASE: Final = PROFILES["default"]


def _changed(name: str, **weights: float) -> RankingProfile:
    return msgspec.structs.replace(BASE, name=name, version=1, **weights)


CHALLENGERS: Final = (
    _changed("meaning-alone", lexical=0.0, dense=1.0),
    _changed("words-alone", lexical=1.0, dense=0.0),
    _changed("words-first", lexical=0.8, dense=0.2),
)
"""Rankings known to be worse on the demo school, the worst first."""

Rankings = Mapping[str, Sequence[Collapsed]]
"""By query id, the first documents."""


class Lines:
    """A log in memory."""

    def __init__(self) -> None:
        """Begin empty."""
        self.searches: list[LoggedSearch] = []
        self.events: list[LoggedEvent] = []

    def searches_after(self, line: int) -> Iterable[LoggedSearch]:
        """Return the searches behind a line."""
        return self.searches[line:]

    def events_after(self, line: int) -> Iterable[LoggedEvent]:
        """Return the events behind a line."""
        return self.events[line:]

    def after(self, line: int) -> list[tuple[int, Judgment]]:  # noqa: ARG002
        """Nobody votes."""
        return []


class School(msgspec.Struct, frozen=True):
    """Judged queries, and how each profile ranks them."""

    dataset: Dataset
    rankings: Mapping[str, Rankings]
    """By ``name@version``."""

    def grades(self, query_id: str) -> dict[str, int]:
        """Return the grades of a query by our ids."""
        return {id_of(name): grade for name, grade in self.dataset.qrels[query_id].items()}


def read_school(folder: Path, data_dir: Path | None = None) -> School:
    """Index a folder, every split of it, and rank its queries by every profile."""
    settings = load_settings(os.environ, data_dir=data_dir)
    splits = sorted(path.stem for path in (folder / QRELS).glob("*.tsv"))
    parts = [read_dataset(folder, split) for split in splits]
    dataset = msgspec.structs.replace(
        parts[0],
        queries=tuple(query for part in parts for query in part.queries),
        qrels={q: grades for part in parts for q, grades in part.qrels.items()},
    )
    with open_collection(dataset, settings, open_tools(settings)) as (engine, _):
        return School(
            dataset,
            {p.version_name: _rank(dataset, engine, p) for p in (BASE, *CHALLENGERS)},
        )


def _rank(dataset: Dataset, engine: Engine, profile: RankingProfile) -> Rankings:
    there = msgspec.structs.replace(engine, ranking=FixedRanking(profile))
    where = Filter(audiences=frozenset({EVERYONE}))
    return {
        query.id: rank(Query(text=query.text, filter=where), there).documents[:DEEP]
        for query in dataset.queries
    }


def simulate(
    school: School,
    challenger: str,
    *,
    seed: int,
    n_searches: int,
    noise: float,
    is_equal: bool = False,
) -> list[Outcome]:
    """Return the outcomes of one experiment, in order.

    ``is_equal`` makes two rankings that differ and are as good as each other: whenever somebody
    asks something, a coin says which of the two profiles plays which.
    """
    rng = Random(seed)  # noqa: S311 - a simulation
    experiment = _experiment(f"run-{seed}", challenger)
    grades = {q.id: school.grades(q.id) for q in school.dataset.queries}
    lines = Lines()
    for n in range(1, n_searches + 1):
        query = rng.choice(school.dataset.queries)
        person = Pseudonym(f"person-{rng.randrange(N_PEOPLE)}")
        first, second = BASE.version_name, challenger
        if is_equal and Coins("swap", str(seed), person, query.id).toss():
            first, second = second, first
        page = draft(
            school.rankings[first][query.id],
            school.rankings[second][query.id],
            coins=Coins(experiment.name, person, query_key(query.text)),
            names=(BASE.version_name, challenger),
        )
        at = A_DAY + timedelta(minutes=n)
        shown = tuple(
            ShownHit(i, place, "sheet", page.teams.get(i, ""))
            for place, i in enumerate((d.document.document_id for d in page.documents[:PAGE]), 1)
        )
        search = LoggedSearch(
            query_id=QueryId(f"q-{n}"),
            person=person,
            role=Role.STUDENT,
            at=at,
            text=query.text,
            phrasing=phrasing_id(query.text),
            profile=BASE.version_name,
            hits=shown,
            page=1,
            total=len(shown),
            experiment=experiment.name,
            line=n,
        )
        lines.searches.append(search)
        for hit in shown:
            if is_clicked(hit, grades[query.id], rng, noise):
                lines.events.append(_click(search, hit, len(lines.events) + 1))
    end = A_DAY + timedelta(minutes=n_searches) + 2 * SETTLES_AFTER
    return Tally(experiment, lines, lines, Pseudonym).outcomes(end)


def is_clicked(hit: ShownHit, grades: Mapping[str, int], rng: Random, noise: float) -> bool:
    """Tell whether a simulated person clicks a hit."""
    if rng.random() > 1 / hit.position:
        return False
    if rng.random() < noise:
        return rng.random() < sum(CLICKS) / len(CLICKS)
    grade = min(grades.get(hit.document_id, 0), len(CLICKS) - 1)
    return rng.random() < CLICKS[grade]


def _click(search: LoggedSearch, hit: ShownHit, line: int) -> LoggedEvent:
    return LoggedEvent(
        query_id=search.query_id,
        person=search.person,
        role=search.role,
        at=search.at,
        action=Action.CLICK,
        document_id=hit.document_id,
        position=hit.position,
        line=line,
    )


def _experiment(name: str, challenger: str) -> Experiment:
    return Experiment(
        name=name,
        champion=BASE.version_name,
        challenger=challenger,
        share=1.0,
        started_at=A_DAY,
        started_by="benchmark",
        since=LogPosition(),
    )


def found_after(outcomes: Sequence[Outcome], side: int) -> int | None:
    """Return after how many counted searches a verdict for a side was sure; ``None``: never."""
    signs = [side * outcome.winner for outcome in outcomes]
    n = bisect_left(
        range(len(signs) + 1), 1 / (FOR_WORSE * ALPHA), key=lambda k: richest(signs[:k])
    )
    return n if n <= len(signs) else None


def report(school: School, args: argparse.Namespace) -> list[dict[str, Any]]:
    """Return a row for each challenger, and one for its twin that is as good."""
    rows = []
    for profile in CHALLENGERS:
        for is_equal in (False, True):
            runs = [
                simulate(
                    school,
                    profile.version_name,
                    seed=seed,
                    n_searches=args.searches,
                    noise=args.noise,
                    is_equal=is_equal,
                )
                for seed in range(args.runs)
            ]
            rows.append(_row(profile.version_name, runs, school, is_equal=is_equal))
    return rows


def _row(
    challenger: str, runs: Sequence[Sequence[Outcome]], school: School, *, is_equal: bool
) -> dict[str, Any]:
    verdicts = [judge(outcomes) for outcomes in runs]
    counts = {
        finding.value: sum(each.finding is finding for each in verdicts) for finding in Finding
    }
    after = sorted(n for outcomes in runs if (n := found_after(outcomes, -1)) is not None)
    gap = 0.0 if is_equal else ndcg(school, challenger) - ndcg(school, BASE.version_name)
    return {
        "challenger": f"as good, by {challenger}" if is_equal else challenger,
        "ndcg@10": round(gap, 4),
        "delta": round(sum(v.delta for v in verdicts) / len(verdicts), 4),
        "counted": round(sum(v.n_searches for v in verdicts) / len(verdicts)),
        **{name: round(n / len(runs), 3) for name, n in counts.items()},
        "median_found_after": after[len(after) // 2] if after else None,
    }


def ndcg(school: School, profile: str) -> float:
    """Return the mean nDCG@10 of a profile over the answerable queries."""
    names = {id_of(document.id): document.id for document in school.dataset.documents}
    run = {
        query_id: [(names[each.document.document_id], 0.0) for each in ranked]
        for query_id, ranked in school.rankings[profile].items()
        if query_id not in school.dataset.unanswerable
    }
    found = measure_each(school.dataset.qrels, run, "ndcg@10")
    return sum(found.values()) / len(found)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--searches", type=int, default=1_000)
    parser.add_argument("--noise", type=float, default=0.2)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = report(read_school(args.folder), args)
    if args.json:
        print(json.dumps(rows, indent=2))
        return
    widths = {name: max(len(name), *(len(str(row[name])) for row in rows)) for name in rows[0]}
    for row in ({name: name for name in rows[0]}, *rows):
        print("  ".join(str(row[name]).ljust(width) for name, width in widths.items()))


if __name__ == "__main__":
    main()
