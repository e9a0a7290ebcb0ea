"""The command ``cordee``: one module per group of commands, registered here."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from cli import (
    backup,
    bench,
    bench_http,
    doctor,
    erase,
    evaluate,
    experiment,
    feedback,
    follow,
    ingest,
    jobs,
    models,
    operate,
    outlook,
    profiles,
    ranking,
    read,
    rebuild,
    render,
    retention,
    serve,
    steering,
    tune,
    work,
)
from schemas.errors import CordeeError

_OWN_PACKAGES = frozenset({"schemas", "indexer", "pipelines", "api", "cli"})

app = typer.Typer(
    name="cordee",
    help="Search everything a mentoring school has taught or answered.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _show_version(*, value: bool) -> None:
    if value:
        render.plain(f"cordee {version('cordee')}")
        raise typer.Exit


@app.callback()
def root(
    *,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    """Search everything a mentoring school has taught or answered."""


for command in (
    serve.up,
    serve.serve,
    work.work,
    ingest.ingest,
    read.search,
    read.transcript,
    operate.status,
    operate.reindex,
    operate.token,
):
    app.command()(command)
app.command("watch")(follow.watch_folder)
app.command("doctor")(doctor.doctor)
app.command("erase")(erase.erase_person)
app.command("retention")(retention.retention)
app.command("hold")(retention.hold_document)
app.command("backup")(backup.make_backup)
app.command("restore")(backup.restore_backup)
app.command("eval")(evaluate.evaluate_command)
app.command("tune")(tune.tune_command)

_bench = typer.Typer()
_bench.callback(invoke_without_command=True)(bench.bench)
_bench.command("http")(bench_http.bench_http)
app.add_typer(_bench, name="bench")

_models = typer.Typer(help="Fetch, verify and list the models.", no_args_is_help=True)
_models.command("pull")(models.pull)
_models.command("list")(models.list_models)
app.add_typer(_models, name="models")

_jobs = typer.Typer(
    help="Look at ingestion jobs, and tell them what to do.",
    no_args_is_help=True,
)
_jobs.command("list")(jobs.list_jobs)
_jobs.command("show")(jobs.show_job)
_jobs.command("retry")(jobs.retry_job)
_jobs.command("watch")(outlook.watch)
_jobs.command("cancel")(steering.cancel)
_jobs.command("pause")(steering.pause)
_jobs.command("resume")(steering.resume)
_jobs.command("prioritize")(steering.prioritize)
_jobs.command("rerun")(steering.rerun)
app.add_typer(_jobs, name="jobs")

_profiles = typer.Typer(help="Students and their projects.", no_args_is_help=True)
_profiles.command("import")(profiles.import_profiles)
app.add_typer(_profiles, name="profiles")

_ranking = typer.Typer(help="Which weights rank, and which did before.", no_args_is_help=True)
_ranking.command("list")(ranking.list_profiles)
_ranking.command("show")(ranking.show)
_ranking.command("diff")(ranking.diff)
_ranking.command("use")(ranking.use)
_ranking.command("rollback")(ranking.rollback)
app.add_typer(_ranking, name="ranking")

_experiment = typer.Typer(help="Try a ranking on a share of the people.", no_args_is_help=True)
_experiment.command("start")(experiment.start)
_experiment.command("status")(experiment.status)
_experiment.command("stop")(experiment.stop)
app.add_typer(_experiment, name="experiment")

_feedback = typer.Typer(help="What people do with answers.", no_args_is_help=True)
_feedback.command("status")(feedback.status)
_feedback.command("export")(feedback.export)
_feedback.command("rebuild")(rebuild.rebuild)
app.add_typer(_feedback, name="feedback")


def main() -> None:
    """Run the command line; an expected error becomes one line and exit status 1."""
    try:
        app()
    except CordeeError as error:
        render.fail(str(error))
        sys.exit(1)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in _OWN_PACKAGES:
            raise
        render.fail(
            f"This needs {error.name}, which is not installed: take the image `work`, or install "
            "`cordee[ingest]`."
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
