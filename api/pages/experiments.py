"""The operators' page of experiments: each with its statistic, drawn."""

from __future__ import annotations

from typing import Final

import msgspec
from litestar import get

from api.dependencies import TheServices
from api.pages.addresses import SearchAddress
from api.pages.rendering import render_page
from api.pages.visit import AnyRequest, Html, Visit, for_operators
from api.views.experiments import experiment_report, experiment_view
from schemas.wire_experiments import ExperimentResult, ExperimentView

WIDTH: Final = 600
"""Of the drawing, in its own units."""
_WIDEST: Final = 0.5  # what the statistic can be at most
_ROUNDED_TO: Final = 0.05
_MARGIN: Final = 30


class Drawing(msgspec.Struct, frozen=True):
    """Where things stand in the drawing of a statistic."""

    reach: float
    """The axis goes from minus this to this."""
    zero: float
    low: float
    high: float
    delta: float
    ends: tuple[float, float]


class Shown(msgspec.Struct, frozen=True):
    """An experiment on the page."""

    view: ExperimentView
    drawing: Drawing | None


@get("/console/experiments", include_in_schema=False, sync_to_thread=True)
def show_experiments(services: TheServices, request: AnyRequest) -> Html:
    """Show every experiment, the newest first."""
    return for_operators(services, request, _experiments)


def _experiments(visit: Visit) -> Html:
    found = visit.services.catalog.rankings.experiments()
    views = [experiment_view(experiment_report(visit.services, each)) for each in found]
    return render_page(
        "console/experiments.html",
        visit.visitor,
        address=SearchAddress(),
        tab="experiments",
        served=visit.services.handle.engine.ranking.current().version_name,
        experiments=[Shown(view, draw(view.result) if view.result else None) for view in views],
        width=WIDTH,
    )


def draw(result: ExperimentResult) -> Drawing:
    """Return where the interval and the value stand, on an axis that has zero in its middle."""
    farthest = max(abs(result.low), abs(result.high), abs(result.delta), _ROUNDED_TO)
    reach = min(_WIDEST, -(-farthest // _ROUNDED_TO) * _ROUNDED_TO)

    def x(value: float) -> float:
        half = WIDTH / 2 - _MARGIN
        return round(WIDTH / 2 + value / reach * half, 1)

    return Drawing(
        reach=round(reach, 2),
        zero=x(0),
        low=x(result.low),
        high=x(result.high),
        delta=x(result.delta),
        ends=(x(-reach), x(reach)),
    )
