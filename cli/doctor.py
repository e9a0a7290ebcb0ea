"""`cordee doctor`: is everything as it should be, and what is to be done?"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
import typer

from cli import context, render
from cli.intake import intake_of
from cli.server import find_server
from indexer.comparing import compare_at_rest
from indexer.doctor import Health, examine
from indexer.intake import Intake
from schemas.comparison import Comparison

_COMPARE_S: Final = 1_800.0
"""Given to the server: comparing every text and vector of a large school is not quick."""


def doctor(
    data_dir: context.DataDir = None,
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what can be mended without losing anything.")
    ] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="Read every stored file, indexed text and vector.")
    ] = False,
    as_json: context.AsJson = False,
) -> None:
    """Check models, disk, jobs, index, files and vectors; exit with 1 when something is wrong."""
    with intake_of(context.load(data_dir)) as intake:
        findings = list(
            examine(intake, repair=repair, deep=deep, compare=lambda: _compare(intake, deep=deep))
        )
    if as_json:
        context.print_json({"findings": findings})
    else:
        rows = [(each.check, each.health.value, each.says, each.advice) for each in findings]
        render.table(("check", "", "found", "what to do"), rows)
    if any(each.health is Health.ERROR for each in findings):
        raise typer.Exit(1)


def _compare(intake: Intake, *, deep: bool) -> Comparison | None:
    """Ask the server, which holds the indexes, or open them here when none runs."""
    server = find_server(intake.settings)
    if server is None:
        return compare_at_rest(intake.settings, intake.catalog, deep=deep)
    asked = {"deep": "true" if deep else "false"}
    answer = server.get("/v1/indexes/comparison", dict(asked), timeout_s=_COMPARE_S)
    return msgspec.json.decode(answer, type=Comparison)
