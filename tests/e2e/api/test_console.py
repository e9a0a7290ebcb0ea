"""The mentors' console as the server renders it: who gets it, and what it says of jobs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
from httpx import Response

from api.guards import SESSION_COOKIE
from fixtures.builders import a_submission
from schemas.document import DocumentKind, Visibility
from schemas.identity import Caller
from schemas.job import Job, JobProblem, JobState, Stage
from tests.e2e.api.school import ADMIN, CLAIRE, KARIM, LEA, SERVICE, School, open_school

PAGES: Final = ("/console", "/console/jobs", "/console/jobs/{job_id}", "/console/status")
HOSTILE: Final = '"><img src=x onerror=alert(1)>.md'


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school of its own: what is published here would fill the lists of other tests."""
    with open_school(tmp_path_factory.mktemp("console")) as opened:
        yield opened


def open_page(school: School, who: Caller | None, path: str) -> Response:
    cookie = f"{SESSION_COOKIE}={school.token(who)}" if who else ""
    return school.client.get(path, headers={"Cookie": cookie, "Accept": "text/html"})


def a_job(school: School, source: str, attempt: int = 1, **state: Any) -> Job:
    """Add a job of a document that is not published."""
    jobs, now = school.services.catalog.jobs, school.services.clock()
    filename = state.pop("filename", f"{source}.md")
    submission = a_submission(source, filename=filename, uploaded_by=CLAIRE.person_id)
    job, _ = jobs.create(submission, attempt=attempt, now=now)
    if state:
        jobs.update(job.id, now=now, **state)
    found = jobs.get(job.id)
    assert found is not None
    return found


def a_failed_job(school: School, source: str, code: str, attempt: int = 1) -> Job:
    problem = JobProblem(code, f"What “{source}” lacks, in English.", Stage.EXTRACT)
    return a_job(
        school, source, attempt, state=JobState.FAILED, stage=Stage.EXTRACT, problem=problem
    )


def card_of(school: School, job: Job) -> str:
    page = open_page(school, CLAIRE, f"/console/jobs/{job.id}")
    assert page.status_code == 200, page.text
    (card,) = re.findall(r"<article.*?</article>", page.text, flags=re.DOTALL)
    return unescape(card).replace("\u00a0", " ")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", [LEA, KARIM])
def test_the_console_is_not_a_page_for_students(school: School, path: str, who: Caller) -> None:
    job = a_job(school, "sheet:refused", filename="caracas.md")

    answer = open_page(school, who, path.format(job_id=job.id))

    assert answer.status_code == 403
    assert "caracas" not in answer.text
    assert "<h1>" in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_who_has_not_signed_in_is_shown_the_way_in(school: School, path: str) -> None:
    job = a_job(school, "sheet:refused", filename="caracas.md")

    answer = open_page(school, None, path.format(job_id=job.id))

    assert answer.status_code == 401
    assert 'name="token"' in answer.text
    assert "caracas" not in answer.text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", [CLAIRE, ADMIN, SERVICE])
def test_the_console_opens_for_who_may_add_documents(
    school: School, path: str, who: Caller
) -> None:
    job = a_job(school, "sheet:opened")

    answer = open_page(school, who, path.format(job_id=job.id))

    assert answer.status_code == 200
    assert 'aria-current="page"' in answer.text


def test_a_job_that_does_not_exist_is_a_page_that_does_not_exist(school: School) -> None:
    assert open_page(school, CLAIRE, "/console/jobs/j-nothing").status_code == 404


def test_the_form_offers_every_kind_every_visibility_and_every_tag(school: School) -> None:
    page = open_page(school, CLAIRE, "/console").text

    for value in (*DocumentKind, *Visibility, *school.services.taxonomy.by_id):
        assert f'value="{value}"' in page


def test_a_published_document_is_linked_and_says_who_may_see_it(school: School) -> None:
    document = school.publish(
        "sheet:linked", "Le mot bogota.", title="Bogota", visibility=Visibility.MENTORS
    )
    job = school.services.catalog.jobs.get(school.add_job(document))
    assert job is not None

    card = card_of(school, job)

    assert f'href="/documents/{document.id}"' in card
    assert f'href="/documents/{document.id}/edit"' in card
    assert "Bogota" in card
    assert "Mentors" in card
    assert "Publié" in card


def test_a_document_deleted_since_is_linked_no_more(school: School) -> None:
    document = school.publish("sheet:gone", "Le mot quito.", title="Quito")
    job = school.services.catalog.jobs.get(school.add_job(document))
    assert job is not None
    school.services.catalog.documents.delete(document.id)

    card = card_of(school, job)

    assert 'href="/documents' not in card
    assert "supprimé depuis" in card
    assert document.filename in card


def test_a_job_under_way_names_its_stage(school: School) -> None:
    job = a_job(school, "sheet:running", state=JobState.RUNNING, stage=Stage.SEGMENT, progress=0.5)

    card = card_of(school, job)

    assert re.search(r'<progress max="1" value="0.4166', card)
    assert re.search(r'aria-current="step">Découpage en passages', card)
    assert "data-under-way" in card


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("encrypted-file", "mot de passe"),
        ("no-sound", "Aucune parole"),
        ("invalid-exchange", "un champ manque"),
        ("internal", "de notre côté"),
        ("a-code-of-tomorrow", "de notre côté"),
    ],
)
def test_a_failure_is_a_french_sentence_with_the_detail_beside(
    school: School, code: str, says: str
) -> None:
    job = a_failed_job(school, f"sheet:{code}", code)

    card = card_of(school, job)

    assert says in card
    assert f"What “sheet:{code}” lacks" in card
    assert "data-retry" in card


def test_only_the_latest_try_can_be_tried_again(school: School) -> None:
    first = a_failed_job(school, "sheet:twice", "no-text")
    second = a_failed_job(school, "sheet:twice", "no-text", attempt=2)

    assert "data-retry" not in card_of(school, first)
    assert "data-retry" in card_of(school, second)
    assert "essai n° 2" in card_of(school, second)


def test_remarks_are_shown_in_french(school: School) -> None:
    warnings = ("Tag 'topic.unheard-of' is not in the taxonomy; it was left out.", "Odd.")
    job = a_job(school, "sheet:remarks", state=JobState.SUCCEEDED, warnings=warnings)

    card = card_of(school, job)

    assert "L’étiquette « topic.unheard-of » n’existe pas" in card
    assert "Odd." in card


def test_jobs_are_narrowed_by_their_state(school: School) -> None:
    failed = a_failed_job(school, "sheet:narrow-failed", "no-text")
    queued = a_job(school, "sheet:narrow-queued")

    pages = {
        query: open_page(school, CLAIRE, f"/console/jobs{query}").text
        for query in ("", "?state=failed", "?state=queued", "?state=nothing")
    }

    seen = {query: (failed.id in page, queued.id in page) for query, page in pages.items()}
    assert seen == {
        "": (True, True),
        "?state=failed": (True, False),
        "?state=queued": (False, True),
        "?state=nothing": (True, True),
    }


def test_a_file_name_with_markup_stays_text(school: School) -> None:
    job = a_job(school, "sheet:hostile-name", filename=HOSTILE)

    page = open_page(school, CLAIRE, f"/console/jobs/{job.id}").text

    assert "<img" not in page.replace('<img src="/assets', "")
    assert "&lt;img" in page


def test_the_status_says_that_documents_wait_while_no_worker_lives(tmp_path: Path) -> None:
    with open_school(tmp_path) as school:
        before = open_page(school, CLAIRE, "/console/status").text
        school.services.catalog.workers.beat("test-0", school.services.clock())
        after = open_page(school, CLAIRE, "/console/status").text

    assert "les dépôts attendent" in before
    assert "Tout fonctionne" in after
    assert "1 processus traite les dépôts" in after


def test_the_status_counts_what_there_is(school: School) -> None:
    n_documents = school.services.catalog.documents.n_published()

    page = open_page(school, CLAIRE, "/console/status").text

    assert f"<strong>{n_documents} document" in page
    assert school.services.settings.models.encoder in page
    assert "libres sur" in page
