"""Pages of the console on people: what is asked in vain, what a student asked, own answers."""

from __future__ import annotations

from typing import Final

import msgspec
from litestar import get
from litestar.params import FromPath

from api.access import nothing
from api.dependencies import TheServices
from api.mentoring import answers_of, asked_by
from api.pages.addresses import SearchAddress
from api.pages.recommended import whys_of
from api.pages.rendering import render_page
from api.pages.results import Labels
from api.pages.visit import AnyRequest, Html, Visit, for_mentors
from api.recommending import Wanted, recommended
from api.views.recommendations import recommendation_list
from schemas.gap import GapReport, GapState, Week
from schemas.ids import PersonId
from schemas.recommendation import Basis

N_GAPS: Final = 50
N_ASKED: Final = 100
N_RECOMMENDED: Final = 6
N_STUDENTS: Final = 500
_CHART_HEIGHT: Final = 100.0
_BAR_WIDTH: Final = 34.0
_BAR_GAP: Final = 10.0


class Bar(msgspec.Struct, frozen=True):
    """One week of the chart: a column, as high as the share of searches without an answer."""

    week: Week
    x: float
    y: float
    height: float


class Chart(msgspec.Struct, frozen=True):
    """Shares of searches without an answer by week; its height stands for all of them."""

    bars: tuple[Bar, ...]
    width: float
    bar_width: float = _BAR_WIDTH
    height: float = _CHART_HEIGHT


@get("/console/gaps", include_in_schema=False, sync_to_thread=True)
def show_gaps(services: TheServices, request: AnyRequest) -> Html:
    """Show what people search and find nothing for."""
    return for_mentors(services, request, _gaps)


@get("/console/students", include_in_schema=False, sync_to_thread=True)
def show_students(services: TheServices, request: AnyRequest) -> Html:
    """Show everybody who has a project."""
    return for_mentors(services, request, _students)


@get("/console/students/{person_id:str}", include_in_schema=False, sync_to_thread=True)
def show_student(services: TheServices, request: AnyRequest, person_id: FromPath[str]) -> Html:
    """Show a student's project, what they asked, and what could help."""
    return for_mentors(services, request, lambda visit: _student(visit, person_id))


@get("/console/answers", include_in_schema=False, sync_to_thread=True)
def show_answers(services: TheServices, request: AnyRequest) -> Html:
    """Show a mentor's own answers and how useful they were."""
    return for_mentors(services, request, _answers)


mentoring_handlers: Final = (show_gaps, show_students, show_student, show_answers)


def chart_of(report: GapReport) -> Chart:
    """Return the columns of the weeks, from left to right."""
    step = _BAR_WIDTH + _BAR_GAP
    bars = tuple(
        Bar(
            week,
            x=n * step,
            y=_CHART_HEIGHT * (1 - week.share),
            height=_CHART_HEIGHT * week.share,
        )
        for n, week in enumerate(report.weeks)
    )
    return Chart(bars, max(step * len(bars) - _BAR_GAP, _BAR_WIDTH))


def _gaps(visit: Visit) -> Html:
    report = visit.services.gaps.current(visit.services.clock())
    is_answered = visit.request.query_params.get("state") == GapState.ANSWERED
    state = GapState.ANSWERED if is_answered else GapState.OPEN
    return render_page(
        "console/gaps.html",
        visit.visitor,
        address=SearchAddress(),
        tab="gaps",
        gaps=[gap for gap in report.gaps if gap.state is state][:N_GAPS],
        chart=chart_of(report),
        states=tuple(GapState),
        state=state,
    )


def _students(visit: Visit) -> Html:
    return render_page(
        "console/students.html",
        visit.visitor,
        address=SearchAddress(),
        tab="students",
        students=visit.services.catalog.profiles.all(limit=N_STUDENTS),
        labels=Labels(visit.services.taxonomy, visit.visitor.t, {}),
    )


def _student(visit: Visit, person_id: str) -> Html:
    services, _, visitor, caller = visit
    profile = services.catalog.profiles.get(PersonId(person_id))
    asked = asked_by(services, caller, person_id, limit=N_ASKED)
    if profile is None and not asked.asked:
        raise nothing()
    wanted = Wanted(person_id=person_id, limit=N_RECOMMENDED)
    found, basis = recommended(services, caller, wanted) if profile else ([], Basis.EVERYONE)
    listed = recommendation_list(found, basis, services, caller)
    labels = Labels(services.taxonomy, visitor.t, {})
    return render_page(
        "console/student.html",
        visitor,
        address=SearchAddress(),
        tab="students",
        profile=profile,
        asked=asked,
        recommended=listed.recommendations if basis is Basis.PROFILE else (),
        why={each.document.id: whys_of(each.whys, labels, visitor.t) for each in found},
        labels=labels,
    )


def _answers(visit: Visit) -> Html:
    return render_page(
        "console/answers.html",
        visit.visitor,
        address=SearchAddress(),
        tab="answers",
        answers=answers_of(visit.services, visit.caller),
        least=visit.services.settings.search.shared_query_people,
    )
