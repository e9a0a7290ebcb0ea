"""What a reader types: `search` and `transcript`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from api.pages.texts import LANGUAGES, Texts, texts_of
from api.views.documents import content_view
from api.views.search import search_response, to_query, unnamed_people
from api.views.webvtt import to_webvtt
from cli import render
from cli.context import AsJson, DataDir, catalog_of, load, print_json
from cli.hits import hits_text
from cli.server import OPERATOR, caller_named, find_server
from indexer.blobs import open_blobs
from indexer.bootstrap import open_engine
from indexer.catalog.catalog import Catalog
from indexer.retrieval.search import search as run_search
from indexer.taxonomy import load_taxonomy
from schemas.content import Content, Transcript
from schemas.document import DocumentKind
from schemas.errors import InvalidInputError
from schemas.hit import TotalRelation
from schemas.identity import Caller
from schemas.ids import DocumentId
from schemas.query import RetrieverChoice
from schemas.settings import Settings
from schemas.wire import SearchRequest, SearchResponse


def search(  # noqa: PLR0913 - one parameter per option of the command
    query: Annotated[str, typer.Argument(help="What to look for, as a student types it.")],
    *,
    kind: Annotated[list[DocumentKind] | None, typer.Option(help="Only these kinds.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only with these tags.")] = None,
    mentor: Annotated[list[str] | None, typer.Option(help="Only with these mentors.")] = None,
    speaker: Annotated[list[str] | None, typer.Option(help="Only where these speak.")] = None,
    since: Annotated[str | None, typer.Option(help="From this date on: 2026-03-01.")] = None,
    until: Annotated[str | None, typer.Option(help="Up to this date.")] = None,
    page: Annotated[int, typer.Option(min=1)] = 1,
    per_page: Annotated[int, typer.Option(min=1, max=50)] = 10,
    retrievers: Annotated[RetrieverChoice, typer.Option()] = RetrieverChoice.HYBRID,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why each hit is here, in words and in scores.")
    ] = False,
    as_caller: Annotated[
        str, typer.Option("--as", metavar="ROLE:PERSON", help="Search as student:s-lea, say.")
    ] = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Search, through the live server when there is one, and show where each answer is."""
    settings = load(data_dir)
    request = SearchRequest(
        q=query,
        page=page,
        per_page=per_page,
        kind=tuple(kind or ()),
        tag=tuple(tag or ()),
        mentor=tuple(mentor or ()),
        speaker=tuple(speaker or ()),
        since=since,
        until=until,
        retrievers=retrievers,
    )
    found = _answer(settings, request, caller_named(as_caller))
    if as_json:
        print_json(found)
    else:
        render.show(hits_text(found, explain=explain, t=_texts(settings)))
        more = "at least " if found.total_relation is TotalRelation.AT_LEAST else ""
        render.say(f"[dim]{more}{found.total} documents, {found.took_ms:.0f} ms[/]")


def _texts(settings: Settings) -> Texts:
    """Return the words of the school's language, else French, as pages do."""
    spoken = settings.ingestion.language
    return texts_of(spoken if spoken in LANGUAGES else LANGUAGES[0], settings.server.time_zone)


def _answer(settings: Settings, request: SearchRequest, caller: Caller) -> SearchResponse:
    server = find_server(settings, caller)
    if server is not None:
        said = {name: value for name, value in msgspec.to_builtins(request).items() if value}
        said |= {"q": request.q}  # an empty one lists everything
        return msgspec.json.decode(server.get("/v1/search", said), type=SearchResponse)
    with catalog_of(settings) as catalog:
        return _search_here(settings, catalog, request, caller)


def _search_here(
    settings: Settings, catalog: Catalog, request: SearchRequest, caller: Caller
) -> SearchResponse:
    with open_engine(settings, catalog) as handle:
        handle.wait_for(catalog.changes.last_position(), timeout_s=60)
        page = run_search(to_query(request, caller), handle.engine)
    path = settings.tags.taxonomy
    return search_response(
        page,
        request,
        taxonomy=load_taxonomy(Path(path) if path else None),
        people=catalog.documents.people(unnamed_people(page)),
    )


def transcript(
    document_id: Annotated[str, typer.Argument(help="For instance d-0123abcd...")],
    *,
    vtt: Annotated[bool, typer.Option("--vtt", help="Print WebVTT.")] = False,
    words: Annotated[bool, typer.Option("--words", help="With the time of every word.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Print what was said or written in a document, with times."""
    settings = load(data_dir)
    with catalog_of(settings) as catalog:
        document = catalog.documents.visible(DocumentId(document_id), OPERATOR.audiences)
    content: Content = msgspec.json.decode(
        open_blobs(settings.blob_url).read(document.content),
        type=Content,
    )
    if vtt:
        if not isinstance(content, Transcript):
            raise InvalidInputError(f"{document.title!r} has no transcript.")
        render.plain(to_webvtt(content))
    elif as_json or words:
        print_json(content_view(document.id, content, with_words=words))
    else:
        render.plain("\n".join(_lines(content)))


def _lines(content: Content) -> list[str]:
    if not isinstance(content, Transcript):
        return [block.text for block in content.blocks]
    names = {speaker.id: speaker.name for speaker in content.speakers}
    lines = []
    for each in content.utterances:
        when = f"[{each.span.start_ms / 1000:8.2f}] " if each.span else ""
        who = f"{names.get(each.speaker_id, each.speaker_id)}: " if each.speaker_id else ""
        lines.append(f"{when}{who}{each.text}")
    return lines
