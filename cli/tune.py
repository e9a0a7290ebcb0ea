"""`cordee tune`: learn ranking weights from judgments, and let them serve if they deserve it."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import typer

from cli import context, render
from cli.evaluate import counted_progress, open_tools
from indexer.analysis.normalize import query_key
from indexer.catalog.catalog import Catalog
from indexer.live_ranking import served_profile
from indexer.retrieval.contest import FixedRanking
from indexer.retrieval.profiles import RankingProfile, profile_named
from schemas.errors import InvalidInputError, TransientError
from schemas.settings import Settings

if TYPE_CHECKING:
    from indexer.engine import Engine
    from indexer.evaluation.run import Progress
    from indexer.evaluation.tuning.lessons import Asked
    from indexer.evaluation.tuning.promoting import Outcome
    from indexer.evaluation.tuning.questions import Questions
    from indexer.evaluation.tuning.tune import Floor, Tuned

_SHIPPED: Final = Path(__file__).resolve().parents[1] / "fixtures" / "judgments" / "demo"
_INDEX_TIMEOUT_S: Final = 3_600.0


def tune_command(  # noqa: PLR0913 - one argument per option of the command
    dataset_dir: Annotated[
        Path | None, typer.Argument(help="Folder in BEIR layout.", exists=True, file_okay=False)
    ] = None,
    *,
    from_log: Annotated[
        bool, typer.Option("--from-log", help="Learn from what people of this school said.")
    ] = False,
    floors: Annotated[
        Path,
        typer.Option(help="BEIR folder on which nothing may be lost.", file_okay=False),
    ] = _SHIPPED,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Write the profile also if it may not serve: to try it."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done and change nothing.")
    ] = False,
    data_dir: context.DataDir = None,
    as_json: context.AsJson = False,
) -> None:
    """Learn weights from judgments; a profile that surely wins and loses nothing serves at once.

    Cross-validated by intent, judged on judgments kept apart, held to the floors. Else says why
    not and changes nothing.
    """
    if importlib.util.find_spec("sklearn") is None:
        raise InvalidInputError("Tuning needs scikit-learn: install `cordee[tune]`.")
    from indexer.evaluation.tuning.promoting import promote

    if from_log == (dataset_dir is not None):
        raise InvalidInputError("Name a folder of judgments, or say --from-log.")
    settings = context.load(data_dir)
    with context.catalog_of(settings) as catalog, counted_progress(quiet=as_json) as progress:
        base = served_profile(profile_named(settings.search.profile), catalog.rankings)
        if dataset_dir:
            tuned = _from_folder(dataset_dir, floors, settings, base, progress=progress)
        else:
            if not dry_run:  # intents are made anew of all that was asked, in one look
                catalog.feedback.regroup(datetime.now(UTC))
            tuned = _from_log(catalog, floors, settings, base, progress=progress)
        outcome = promote(
            tuned, catalog.rankings, now=datetime.now(UTC), keep=keep, dry_run=dry_run
        )
    if as_json:
        context.print_json(outcome)
    else:
        _print(outcome, base)


def _from_folder(
    folder: Path, floors: Path, settings: Settings, base: RankingProfile, *, progress: Progress
) -> Tuned:
    from indexer.evaluation.tuning.questions import from_folder
    from indexer.evaluation.tuning.tune import floors_of, tune

    questions = from_folder(folder)
    with _indexed(folder, settings, base, progress) as engine:
        if floors.is_dir() and folder.samefile(floors):
            held = floors_of(_parts(questions), engine)
            return tune(questions, engine, floors=held, progress=progress)
        with _floors(floors, settings, base, progress) as compare:
            return tune(questions, engine, floors=compare, progress=progress)


def _from_log(
    catalog: Catalog, floors: Path, settings: Settings, base: RankingProfile, *, progress: Progress
) -> Tuned:
    from indexer.evaluation.tuning.tune import tune

    with (
        _school(catalog, settings, base) as (engine, questions),
        _floors(floors, settings, base, progress) as compare,
    ):
        return tune(questions, engine, floors=compare, progress=progress)


@contextmanager
def _indexed(
    folder: Path, settings: Settings, base: RankingProfile, progress: Progress
) -> Iterator[Engine]:
    """Open an engine over the documents of a folder, with the profile that is in service."""
    from indexer.evaluation.dataset import Dataset, read_corpus
    from indexer.evaluation.run import open_collection

    dataset = Dataset(folder.name, read_corpus(folder), (), {})
    with open_collection(dataset, settings, open_tools(settings), progress=progress) as (engine, _):
        yield msgspec.structs.replace(engine, ranking=FixedRanking(base))


@contextmanager
def _floors(
    folder: Path, settings: Settings, base: RankingProfile, progress: Progress
) -> Iterator[Callable[[RankingProfile], Sequence[Floor]]]:
    """Open what profiles are held to; nothing where there is no such folder."""
    from indexer.evaluation.tuning.questions import from_folder
    from indexer.evaluation.tuning.tune import floors_of

    if not folder.is_dir():
        yield lambda _: ()
        return
    with _indexed(folder, settings, base, progress) as engine:
        yield floors_of(_parts(from_folder(folder)), engine)


def _parts(questions: Questions) -> tuple[tuple[str, Sequence[Asked]], ...]:
    return (
        (f"{questions.name}, learned from", questions.learned),
        (f"{questions.name}, kept apart", questions.apart),
    )


@contextmanager
def _school(
    catalog: Catalog, settings: Settings, base: RankingProfile
) -> Iterator[tuple[Engine, Questions]]:
    """Open an index of this school's own, beside the one that is served, and read the votes."""
    from indexer.bootstrap import open_engine
    from indexer.evaluation.tuning.questions import from_votes, that_count
    from indexer.feedback.pseudonyms import KEY_FILE, open_pseudonyms

    with tempfile.TemporaryDirectory(prefix="cordee-tune-") as scratch:
        key = settings.data_dir / KEY_FILE
        if key.is_file():  # pseudonyms of the log are made with it
            shutil.copy(key, scratch)
        own = msgspec.structs.replace(
            settings,
            data_dir=Path(scratch),
            models=msgspec.structs.replace(
                settings.models, directory=str(settings.models_dir.absolute())
            ),
        )
        with open_engine(own, catalog) as handle:
            if not handle.wait_for(catalog.changes.last_position(), _INDEX_TIMEOUT_S):
                raise TransientError("Indexing the school did not finish in time.")
            view = handle.feedback.catch_up()

            def group_of(text: str) -> str:
                intent = view.own_intent(text)
                return f"intent {intent}" if intent is not None else query_key(text)

            votes = that_count(
                (vote for _, vote in catalog.judgments.after(0)),
                catalog.feedback.search,
                open_pseudonyms(own).of,
            )
            engine = msgspec.structs.replace(handle.engine, ranking=FixedRanking(base))
            yield engine, from_votes(votes, group_of)


def _print(outcome: Outcome, present: RankingProfile) -> None:
    tuned = outcome.tuned
    render.table(
        ("model", "cross-validated", "p", "kept apart", "p"),
        [
            (
                row.model,
                f"{row.cross_validated:.4f}",
                _p(row.p_cross_validated),
                f"{row.apart:.4f}",
                _p(row.p_apart),
            )
            for row in tuned.rows
        ],
        title=f"{tuned.dataset}: nDCG@10 of {tuned.n_learned} queries of {tuned.n_groups} intents, "
        f"and of {tuned.n_apart} kept apart",
    )
    before, after = present.weights(), tuned.profile.weights()
    rows = [(name, before[name], after[name]) for name in before if before[name] != after[name]]
    render.table(("weight", tuned.present, "best linear"), rows)
    render.table(
        ("floor", "before", "after"),
        [(each.name, f"{each.before:.4f}", f"{each.after:.4f}") for each in tuned.floors],
    )
    for reason in tuned.reasons:
        render.say(f"Not served: {reason}")
    if outcome.kept:
        render.say(f"Kept as {outcome.kept.key}.")
    if outcome.served:
        render.say(f"{outcome.served.profile} is in service; `cordee ranking rollback` goes back.")


def _p(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
