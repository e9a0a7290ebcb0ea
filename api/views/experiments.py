"""Experiments as clients see them."""

from __future__ import annotations

from api.services import Services
from indexer.feedback.report import Report, report_of
from indexer.feedback.verdict import Verdict
from schemas.experiment import Experiment
from schemas.wire_experiments import ExperimentResult, ExperimentView


def experiment_report(services: Services, experiment: Experiment) -> Report:
    """Return what may be told of an experiment."""
    least = services.settings.search.shared_query_people
    return report_of(experiment, services.referee, least_people=least)


def experiment_view(report: Report) -> ExperimentView:
    """Return an experiment and what it says so far."""
    experiment = report.experiment
    return ExperimentView(
        name=experiment.name,
        champion=experiment.champion,
        challenger=experiment.challenger,
        share=experiment.share,
        started_at=experiment.started_at,
        stopped_at=experiment.stopped_at,
        reason=experiment.reason,
        n_waiting=report.n_waiting,
        result=_result(report.verdict) if report.verdict else None,
    )


def _result(verdict: Verdict) -> ExperimentResult:
    return ExperimentResult(
        n_searches=verdict.n_searches,
        n_people=verdict.n_people,
        wins=verdict.wins,
        losses=verdict.losses,
        ties=verdict.ties,
        delta=round(verdict.delta, 4),
        low=round(verdict.low, 4),
        high=round(verdict.high, 4),
        chance=round(verdict.chance, 4),
        finding=verdict.finding.value,
    )
