"""What the caller says of documents; nobody sees what others say."""

from __future__ import annotations

from typing import Annotated, Final

from litestar import Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, QueryParameter

from api.access import nothing, visible_document
from api.dependencies import TheCaller, TheServices
from api.problems import TooManyError
from api.services import Services
from indexer.analysis.normalize import well_formed
from schemas.document import Document
from schemas.errors import InvalidInputError, NotFoundError
from schemas.ids import DocumentId, PassageId, QueryId, passage_id_for
from schemas.judgment import Judgment, Verdict
from schemas.query import MAX_PAGE, MAX_PER_PAGE, MAX_QUERY_CHARS
from schemas.wire import Problem
from schemas.wire_people import JudgmentList, JudgmentRequest, JudgmentView

_LAST_PASSAGE_ID: Final = 2**63 - 1


@post(
    "/judgments",
    sync_to_thread=True,
    status_code=200,
    responses={
        404: ResponseSpec(Problem, generate_examples=False, description="No such document."),
        429: ResponseSpec(Problem, generate_examples=False, description="Too many in a minute."),
    },
    summary="Say whether it helped",
)
def judge(
    services: TheServices, caller: TheCaller, data: JSONBody[JudgmentRequest]
) -> JudgmentView:
    """Say whether a document helped with a query; change it, or take it back.

    The latest word for a person, a query and a document is in force; former ones stay in the
    log. Queries that differ in case, accents or punctuation only are the same. Saying the same
    again changes nothing and gives the same answer. Later answers learn from it where
    ``query_id`` is that of a search of the caller's own that showed the document.

    Raises:
        NotFoundError: If there is no such document, or the caller may not see it.
        InvalidInputError: If the parts of the judgment contradict each other.
        TooManyError: If the caller says more in a minute than the settings allow.
    """
    _check(data)
    if not services.feedback.may_vote(caller):
        raise TooManyError("That is more in a minute than one person can say: wait a little.")
    document = visible_document(services, caller, data.document_id)
    said = Judgment(
        person_id=caller.person_id,
        role=caller.role,
        document_id=document.id,
        revision=document.revision,
        query_text=well_formed(data.q),
        value=data.value,
        judged_at=services.clock(),
        query_id=QueryId(data.query_id) if data.query_id else None,
        passage=_ordinal(services, document, data.passage_id),
        reason=data.reason,
        comment=well_formed(data.comment),
    )
    services.feedback.note_vote(caller, said.query_id, document.id)
    try:
        kept = services.catalog.judgments.record(said)
    except NotFoundError as exc:  # deleted since it was looked up
        raise nothing() from exc
    services.feedback.voted()
    return _view(kept, document)


@get("/judgments", sync_to_thread=True, summary="What I said")
def list_judgments(
    services: TheServices,
    caller: TheCaller,
    *,
    document_id: Annotated[
        list[str] | None,
        QueryParameter(max_items=MAX_PER_PAGE, description="Only of these; repeat for several."),
    ] = None,
    q: Annotated[
        str | None,
        QueryParameter(
            max_length=MAX_QUERY_CHARS,
            description="Only for this query; empty: only where no search led to the document.",
        ),
    ] = None,
    page: Annotated[int, QueryParameter(ge=1, le=MAX_PAGE)] = 1,
    per_page: Annotated[int, QueryParameter(ge=1, le=MAX_PER_PAGE)] = 20,
) -> JudgmentList:
    """List what the caller says now of documents that they may see: nobody else's judgments."""
    found, total = services.catalog.judgments.current(
        caller.person_id,
        caller.audiences,
        documents=None if document_id is None else [DocumentId(each) for each in document_id],
        query_text=None if q is None else well_formed(q),
        page=page,
        per_page=per_page,
    )
    documents = services.catalog.documents.get_many({each.document_id for each in found})
    views = tuple(_view(each, documents.get(each.document_id)) for each in found)
    return JudgmentList(views, total, page, per_page)


judgments_router = Router("/", route_handlers=[judge, list_judgments], tags=["judgments"])


def _check(data: JudgmentRequest) -> None:
    if data.reason is not None and data.value is not Verdict.NOT_USEFUL:
        raise InvalidInputError("reason: it goes with not_useful only.")
    if data.comment and data.value is Verdict.WITHDRAWN:
        raise InvalidInputError("comment: what is withdrawn takes none.")
    if data.query_id and not data.q.strip():
        raise InvalidInputError("q: say what was searched, query_id alone does not tell.")


def _ordinal(services: Services, document: Document, passage_id: str | None) -> int | None:
    """Return the place of a passage in the document, ``None`` for one of a text replaced since.

    Raises:
        InvalidInputError: If the passage belongs to another document.
    """
    if passage_id is None or int(passage_id) > _LAST_PASSAGE_ID:
        return None
    wanted = PassageId(int(passage_id))
    passage = services.catalog.passages.get_many([wanted]).get(wanted)
    if passage is None:
        return None
    if passage.document_id != document.id:
        raise InvalidInputError("passage_id: the document has no such passage.")
    present = passage_id_for(document.id, document.revision, passage.ordinal)
    return passage.ordinal if present == wanted else None


def _view(judgment: Judgment, document: Document | None) -> JudgmentView:
    is_present = document is not None and document.revision == judgment.revision
    return JudgmentView(
        document_id=judgment.document_id,
        q=judgment.query_text,
        value=judgment.value,
        passage_id=str(passage_id_for(judgment.document_id, judgment.revision, judgment.passage))
        if is_present and judgment.passage is not None
        else None,
        reason=judgment.reason,
        comment=judgment.comment,
        judged_at=judgment.judged_at,
    )
