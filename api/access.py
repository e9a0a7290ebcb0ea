"""What a caller may see, one function per noun; every route that returns content starts here.

"Not there" and "not for you" are one answer, word for word, so that ids cannot be probed.
"""

from __future__ import annotations

from typing import Final

import msgspec

from api.services import Services
from indexer.masking import masked, shown_corrections
from indexer.recognised import as_recognised
from schemas.content import Content
from schemas.correction import Correction
from schemas.document import Document, Submission, Visibility
from schemas.errors import ForbiddenError, NotFoundError
from schemas.hiding import hidden_from
from schemas.identity import MENTORS, Caller, audiences_of
from schemas.ids import DocumentId, JobId, QuestionId
from schemas.job import Job
from schemas.question import Question, may_see
from schemas.reply import Reply, shown_replies

_NOTHING: Final = "There is no such thing, or none that you may see."


def visible_document(services: Services, caller: Caller, document_id: str) -> Document:
    """Return a published document that the caller may see.

    Raises:
        NotFoundError: If there is none.
    """
    try:
        return services.catalog.documents.visible(DocumentId(document_id), caller.audiences)
    except NotFoundError as exc:
        raise nothing() from exc


def content_of(services: Services, document: Document) -> Content:
    """Return the turns or blocks of a document, whole: what is hidden of it is for editing only."""
    content: Content = msgspec.json.decode(services.blobs.read(document.content), type=Content)
    return content


def shown_content(
    services: Services, caller: Caller, document: Document
) -> tuple[Content, list[Correction]]:
    """Return the turns or blocks that the caller may see of a visible document, and corrections."""
    hidden = hidden_from(document, caller.audiences)
    made = services.catalog.corrections.of(document.id, document.revision)
    content = content_of(services, document)
    return masked(content, hidden), shown_corrections(made, hidden)


def recognised_content(services: Services, caller: Caller, document: Document) -> Content:
    """Return the content as it was recognised, before anybody corrected it, for who may edit it.

    Raises:
        ForbiddenError: If the caller may not.
    """
    if not caller.may_ingest:
        raise ForbiddenError("Only mentors see what was recognised before it was corrected.")
    made = services.catalog.corrections.of(document.id, document.revision)
    content = as_recognised(content_of(services, document), made)
    return masked(content, hidden_from(document, caller.audiences))


def replies_of(services: Services, caller: Caller, document: Document) -> tuple[Reply, ...]:
    """Return the questions and answers of a visible document that the caller may see."""
    found = services.catalog.replies.of(document.id)
    return shown_replies(found, hidden_from(document, caller.audiences))


def visible_job(services: Services, caller: Caller, job_id: str) -> Job:
    """Return a job that the caller may see.

    Raises:
        NotFoundError: If there is none.
    """
    job = services.catalog.jobs.get(JobId(job_id))
    if job is None or not may_see_job(services, caller, job):
        raise nothing()
    return job


def may_see_job(services: Services, caller: Caller, job: Job) -> bool:
    """Tell whether a job is the caller's own, or of a document that staff of their role may see.

    Students see the jobs of their own uploads only: a file name can say a lot. Before the
    document is published nobody knows its participants, so its wished visibility decides.
    """
    if caller.may_operate or services.catalog.jobs.uploaded_by(job.id) == caller.person_id:
        return True
    if not caller.may_ingest:
        return False
    document = services.catalog.documents.get(job.document_id)
    if document is not None:
        return bool(audiences_of(document.visibility, document.participants) & caller.audiences)
    submission = services.catalog.jobs.submission(job.id)
    return bool(_wished_audiences(submission) & caller.audiences)


def visible_question(services: Services, caller: Caller, question_id: str) -> Question:
    """Return a question that the caller may see.

    Raises:
        NotFoundError: If there is none.
    """
    question = services.catalog.questions.get(QuestionId(question_id))
    if question is None or not may_see(caller, question):
        raise nothing()
    return question


def may_see_profile(caller: Caller, person_id: str) -> bool:
    """Tell whether a profile is the caller's own, or the caller sees what mentors see."""
    return caller.person_id == person_id or MENTORS in caller.audiences


def may_edit_profile(caller: Caller, person_id: str) -> bool:
    """Tell whether a profile is the caller's own, or the caller runs the school."""
    return caller.person_id == person_id or caller.may_operate


def nothing() -> NotFoundError:
    """Return the one answer to everything that is not there, or not for this caller."""
    return NotFoundError(_NOTHING)


def _wished_audiences(submission: Submission) -> frozenset[str]:
    return audiences_of(submission.visibility or Visibility.PARTICIPANTS, ())
