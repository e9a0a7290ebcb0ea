"""Replies: the questions of a conversation with what answers them."""

from __future__ import annotations

from typing import Final

from litestar import Router, get
from litestar.params import FromPath

from api.access import replies_of, visible_document
from api.dependencies import TheCaller, TheServices
from api.views.replies import reply_view
from schemas.wire_replies import ReplyList


@get("/documents/{document_id:str}/replies", sync_to_thread=True, summary="Its questions, answered")
def get_replies(services: TheServices, caller: TheCaller, document_id: FromPath[str]) -> ReplyList:
    """Return the questions of an exchange, a call or a thread, and where their answers stand."""
    document = visible_document(services, caller, document_id)
    replies = replies_of(services, caller, document)
    return ReplyList(tuple(reply_view(reply, document) for reply in replies))


replies_router: Final = Router("/", route_handlers=[get_replies], tags=["documents"])
