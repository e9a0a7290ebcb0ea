"""Experiments: two ranking profiles on one page, for a share of the people."""

from __future__ import annotations

from litestar import Router, get, post
from litestar.params import FromPath, JSONBody

from api.dependencies import TheCaller, TheServices
from api.guards import require_operator
from api.views.experiments import experiment_report, experiment_view
from indexer.experimenting import Wanted, start_experiment
from schemas.wire_experiments import (
    ExperimentList,
    ExperimentRequest,
    ExperimentView,
    StopRequest,
)


@get("/experiments", sync_to_thread=True, guards=[require_operator], summary="All experiments")
def list_experiments(services: TheServices) -> ExperimentList:
    """Return every experiment, the newest first, with what it says so far."""
    found = services.catalog.rankings.experiments()
    return ExperimentList(
        tuple(experiment_view(experiment_report(services, each)) for each in found)
    )


@post("/experiments", sync_to_thread=True, guards=[require_operator], summary="Start an experiment")
def post_experiment(
    services: TheServices, caller: TheCaller, data: JSONBody[ExperimentRequest]
) -> ExperimentView:
    """Let a ranking profile share pages with the one in service; searches follow in two seconds.

    It stops by itself when the challenger has surely lost, or when another profile comes into
    service.

    Raises:
        NotFoundError: If there is no such profile.
        InvalidInputError: If the challenger is the profile in service.
        ConflictError: If the name was used before, or another experiment is running.
    """
    wanted = Wanted(data.name, data.challenger, data.share)
    started = start_experiment(
        services.catalog, services.settings, wanted, by=caller.person_id, now=services.clock()
    )
    return experiment_view(experiment_report(services, started))


@post(
    "/experiments/{name:str}/stop",
    sync_to_thread=True,
    status_code=200,
    guards=[require_operator],
    summary="Stop an experiment",
)
def stop_experiment(
    services: TheServices, name: FromPath[str], data: JSONBody[StopRequest]
) -> ExperimentView:
    """Let everybody see the profile in service again; one that has stopped stays as it was.

    Raises:
        NotFoundError: If there is no such experiment.
    """
    stopped = services.catalog.rankings.stop(name, services.clock(), reason=data.reason)
    return experiment_view(experiment_report(services, stopped))


experiments_router = Router(
    "/",
    route_handlers=[list_experiments, post_experiment, stop_experiment],
    tags=["experiments"],
)
