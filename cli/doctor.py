"""`cordee doctor`: is everything as it should be, and what is to be done?"""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context, render
from cli.intake import intake_of
from indexer.doctor import Health, examine


def doctor(
    data_dir: context.DataDir = None,
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what can be mended without losing anything.")
    ] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="Read every stored file and compare its SHA-256.")
    ] = False,
    as_json: context.AsJson = False,
) -> None:
    """Check models, disk, jobs, index, files and vectors; exit with 1 when something is wrong."""
    with intake_of(context.load(data_dir)) as intake:
        findings = list(examine(intake, repair=repair, deep=deep))
    if as_json:
        context.print_json({"findings": findings})
    else:
        rows = [(each.check, each.health.value, each.says, each.advice) for each in findings]
        render.table(("check", "", "found", "what to do"), rows)
    if any(each.health is Health.ERROR for each in findings):
        raise typer.Exit(1)
