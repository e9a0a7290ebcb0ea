"""From a template and its values to an HTML response with the headers that every page has."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from markupsafe import Markup, escape

from api.pages.addresses import with_query
from api.pages.assets import asset_url
from api.pages.texts import LANGUAGES, clock
from api.pages.visitor import Visitor
from schemas.span import CharSpan

TEMPLATES_DIR: Final = Path(__file__).resolve().parent / "templates"

_POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    # Chromium then refuses innerHTML and its kin altogether: titles are data, never markup.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)

HEADERS: Final = {
    # Kept by nobody: a page shows what this caller may see, and the next one is somebody else.
    "Cache-Control": "no-store",
    "Content-Security-Policy": "; ".join(_POLICY),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Vary": "Cookie",
}


def render_page(
    template: str,
    visitor: Visitor,
    *,
    status: int = 200,
    **values: object,
) -> Response[str]:
    """Render a template that extends ``base.html``.

    Args:
        template: Its name in the folder of templates.
        visitor: Who reads it, and in which language.
        status: HTTP status of the response.
        values: What the template names.
    """
    t = visitor.t
    html = (
        _environment()
        .get_template(template)
        .render(
            t=t,
            caller=visitor.caller,
            personas=visitor.personas,
            other_language=next(each for each in LANGUAGES if each != t.language),
            here=visitor.here,
            n_news=visitor.n_news,
            **values,
        )
    )
    return Response(
        html,
        status_code=status,
        media_type="text/html",
        headers={**HEADERS, "Content-Language": t.language},
        cookies=list(visitor.cookies),
    )


def marked(text: str, spans: Sequence[Any]) -> Markup:
    """Return text as markup with the characters of each span in ``<mark>``; the text is escaped.

    Args:
        text: Anything at all.
        spans: Sorted, disjoint, each with ``start`` and ``end`` in code points.
    """
    pieces, at = [Markup()], 0
    for span in spans:
        pieces += [escape(text[at : span.start]), Markup("<mark>")]
        pieces += [escape(text[span.start : span.end]), Markup("</mark>")]
        at = span.end
    return Markup().join([*pieces, escape(text[at:])])


def spoken(line: Any, t: Any) -> Markup:
    """Return a line of a transcript: found words marked, mended ones with what was heard.

    What was heard is shown under the pointer, by a tap and where the Tab key stops; it is no text
    of the page, so that a transcript is searched and copied as it reads.

    Args:
        line: With ``text``, and ``marks`` and ``mended`` in order; a mark may reach over a mended
            word's edge.
        t: The texts of the reader's language.
    """
    pieces, at = [Markup()], 0
    for mending in line.mended:
        pieces.append(_marked_part(line, at, mending.start))
        pieces.append(
            Markup(
                '<span class="mended" role="button" tabindex="0" data-heard="{0}"'
                ' aria-description="{0}">{1}</span>'
            ).format(
                t("transcript.heard", heard=mending.heard),
                _marked_part(line, mending.start, mending.end),
            )
        )
        at = mending.end
    return Markup().join([*pieces, _marked_part(line, at, len(line.text))])


def _marked_part(line: Any, start: int, end: int) -> Markup:
    spans = [
        CharSpan(max(mark.start, start) - start, min(mark.end, end) - start)
        for mark in line.marks
        if mark.start < end and start < mark.end
    ]
    return marked(line.text[start:end], spans)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES_DIR),
        autoescape=True,
        undefined=StrictUndefined,  # a name that nobody passed is a mistake, not an empty space
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    environment.filters |= {
        "marked": marked,
        "spoken": spoken,
        "clock": clock,
        "with_query": with_query,
    }
    environment.globals |= {"asset": asset_url}
    return environment
