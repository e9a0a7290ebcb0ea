"""The answer of a search as text for a terminal."""

from __future__ import annotations

import msgspec
from rich.text import Text

from api.pages.texts import Texts
from api.pages.why import why_of
from schemas.wire import SearchHit, SearchPassage, SearchResponse


def hits_text(found: SearchResponse, *, explain: bool, t: Texts) -> Text:
    """Return what was found: the query as it should have been typed, then every hit.

    With ``explain`` each hit says why it is here, in the reader's words and in scores.
    """
    text = Text()
    if found.suggestion:
        text.append("Did you mean: ").append(found.suggestion, "bold").append("\n\n")
    if found.is_doubtful and found.hits:
        text.append("Nothing really answers; this comes nearest.\n\n")
    if explain and found.confidence is not None:
        text.append(f"confidence={found.confidence:.3f}\n\n", "dim magenta")
    if not found.hits:
        text.append("Nothing found.\n")
    for hit in found.hits:
        text.append_text(_hit(hit, explain=explain, t=t)).append("\n")
    return text


def _hit(hit: SearchHit, *, explain: bool, t: Texts) -> Text:
    text = Text.assemble((f"{hit.rank}. ", "dim"), (hit.title, "bold"), (f"  {hit.kind}", "cyan"))
    for passage in hit.passages:
        text.append(f"\n   {_place(passage)}  ", "green").append_text(_snippet(passage))
    text.append(f"\n   {hit.url}", "dim")
    if hit.similar:
        ending = "s" if len(hit.similar) > 1 else ""
        text.append(f"\n   + {len(hit.similar)} similar document{ending}", "dim")
    if explain:
        text.append(f"\n   {why_of(hit.explanation.grounds, t)}", "magenta")
        text.append(f"\n   {_scores(hit)}", "dim magenta")
    return text.append("\n")


def _place(passage: SearchPassage) -> str:
    if passage.start_ms is not None:
        start_ms = passage.moment.start_ms if passage.moment else passage.start_ms
        minutes, seconds = divmod(start_ms // 1000, 60)
        return f"{minutes // 60:d}:{minutes % 60:02d}:{seconds:02d}"
    if passage.page is not None:
        return f"p. {passage.page}"
    return f"#{passage.message if passage.message is not None else passage.block}"


def _snippet(passage: SearchPassage) -> Text:
    text = Text(passage.snippet.text.replace("\n", " "))
    for span in passage.snippet.highlights:
        text.stylize("bold yellow", span.start, span.end)
    return text


def _scores(hit: SearchHit) -> str:
    """Return the numbers behind a hit; what was not used is left out."""
    said = msgspec.to_builtins(hit.explanation)
    numbers = {name: value for name, value in said.items() if isinstance(value, float)}
    return "  ".join(f"{name}={value:.3f}" for name, value in numbers.items())
