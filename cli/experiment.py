"""`cordee experiment`: two ranking profiles on one page, for a share of the people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from cli import context, render
from indexer.catalog.catalog import Catalog
from indexer.catalog.database import utc_now
from indexer.experimenting import Wanted, start_experiment
from indexer.feedback.pseudonyms import open_pseudonyms
from indexer.feedback.referee import Referee
from indexer.feedback.report import Report, report_of
from schemas.settings import Settings

_BY: Final = "command line"
Name = Annotated[str, typer.Argument(help="Of the experiment.")]


def start(
    name: Name,
    *,
    challenger: Annotated[str, typer.Option(help="Profile to try: NAME or NAME@VERSION.")],
    share: Annotated[float, typer.Option(help="Of the people, above 0 and at most 1.")] = 0.2,
    data_dir: context.DataDir = None,
) -> None:
    """Mix the pages of a share of the people; servers follow within two seconds."""
    settings = context.load(data_dir)
    with context.catalog_of(settings) as catalog:
        wanted = Wanted(name, challenger, share)
        started = start_experiment(catalog, settings, wanted, by=_BY, now=datetime.now(UTC))
    render.say(
        f"{started.name}: {started.challenger} against {started.champion}, "
        f"{started.share:.0%} of the people."
    )


def status(data_dir: context.DataDir = None, *, as_json: context.AsJson = False) -> None:
    """Say what every experiment has found so far."""
    settings = context.load(data_dir)
    with context.catalog_of(settings) as catalog:
        reports = list(_reports(settings, catalog))
    if as_json:
        context.print_json({"experiments": reports})
        return
    render.table(
        ("experiment", "challenger", "against", "people", "searches", "Δ", "95 %", "says"),
        [_row(each) for each in reports],
    )


def stop(
    name: Name,
    *,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "stopped by hand",
    data_dir: context.DataDir = None,
) -> None:
    """Stop an experiment; pages are those of the profile in service again."""
    settings = context.load(data_dir)
    with context.catalog_of(settings) as catalog:
        stopped = catalog.rankings.stop(name, datetime.now(UTC), reason=reason)
    render.say(f"{stopped.name} has stopped: {stopped.reason}.")


def _reports(settings: Settings, catalog: Catalog) -> Iterator[Report]:
    referee = Referee(
        catalog.rankings,
        catalog.feedback,
        catalog.judgments,
        pseudonyms=open_pseudonyms(settings),
        clock=utc_now,
    )
    for each in catalog.rankings.experiments():
        yield report_of(each, referee, least_people=settings.search.shared_query_people)


def _row(report: Report) -> tuple[object, ...]:
    each, found = report.experiment, report.verdict
    state = "running" if each.is_running else f"stopped: {each.reason}"
    if found is None:
        return each.name, each.challenger, each.champion, "too few", "", "", "", state
    return (
        each.name,
        each.challenger,
        each.champion,
        found.n_people,
        found.n_searches,
        f"{found.delta:+.3f}",
        f"{found.low:+.3f} to {found.high:+.3f}",
        f"{found.finding} (p {found.chance:.3f}), {state}",
    )
