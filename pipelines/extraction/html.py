"""HTML to blocks: what a reader came for, without scripts, menus and page furniture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.extraction.blocks import RawBlock, clean, table_text, to_body
from schemas.content import BlockRole, Body

_CHARSET: Final = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_SELF_CLOSED: Final = re.compile(
    r"<(title|script|style|textarea|iframe|noscript|a|b|i|em|span|div|p|td|th|li)\b([^<>]*)/>",
    re.IGNORECASE,
)
_CHARSET_WITHIN_BYTES: Final = 1024  # the HTML standard looks no further
_FURNITURE: Final = (  # noqa: SIM905 - a list takes a line per word
    "script style noscript template iframe svg nav footer aside form button select textarea dialog"
    " head [hidden] [aria-hidden=true] [role=navigation] [role=banner] [role=contentinfo]"
).split()
_INLINE: Final = frozenset([
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "br",
    "cite",
    "code",
    "data",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "mark",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "time",
    "tt",
    "u",
    "var",
    "wbr",
])
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MIN_MAIN_SHARE: Final = 0.3  # a <main> with less of the text than this is not the content


def declared_encoding(path: Path) -> str:
    """Return the encoding the page declares, ``utf-8`` when it names none that Python knows."""
    with path.open("rb") as file:
        found = _CHARSET.search(file.read(_CHARSET_WITHIN_BYTES))
    name = found.group(1).decode("ascii").lower() if found else "utf-8"
    try:
        "".encode(name)
    except LookupError:
        return "utf-8"
    return name


def html_to_body(text: str) -> tuple[Body, str | None]:
    """Return the blocks, and the page's own title, if any."""
    blocks, title = html_to_blocks(text)
    return to_body(blocks), title


def html_to_blocks(text: str) -> tuple[list[RawBlock], str | None]:
    """Return the blocks as they were found, and the page's own title, if any."""
    # In XHTML ``<title/>`` is whole; an HTML parser would take the page for the title's text.
    tree = LexborHTMLParser(_SELF_CLOSED.sub(r"<\1\2></\1>", text))
    title_node = tree.css_first("head > title")
    title = clean(title_node.text()) if title_node else ""
    for selector in _FURNITURE:
        for node in tree.css(selector):
            node.decompose()
    root = _main_part(tree)
    return list(_iter_blocks(root) if root else ()), title or None


def _main_part(tree: LexborHTMLParser) -> LexborNode | None:
    body = tree.body
    main = tree.css_first("main, [role=main], article")
    if body is None or main is None:
        return body
    whole = len(clean(body.text()))
    return main if len(clean(main.text())) >= _MIN_MAIN_SHARE * whole else body


def _iter_blocks(node: LexborNode) -> Iterator[RawBlock]:
    """Walk in document order; runs of text and inline elements become one block."""
    run: list[str] = []
    role = BlockRole.LIST_ITEM if node.tag in {"li", "dd", "dt"} else BlockRole.PARAGRAPH
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag == "-text" or (tag in _INLINE and not _holds_blocks(child)):
            run.append(" " if tag == "br" else child.text(deep=True))
            continue
        yield RawBlock("".join(run), role)
        run = []
        yield from _element_blocks(child, tag)
    yield RawBlock("".join(run), role)


def _element_blocks(node: LexborNode, tag: str) -> Iterator[RawBlock]:
    if tag in _HEADINGS:
        yield RawBlock(node.text(deep=True), BlockRole.HEADING, int(tag[1]))
    elif tag == "table":
        rows = ([c.text(deep=True) for c in r.css("td, th")] for r in node.css("tr"))
        yield RawBlock(table_text(rows), BlockRole.TABLE)
    elif not tag.startswith(("-", "_", "!")):
        yield from _iter_blocks(node)


def _holds_blocks(node: LexborNode) -> bool:
    return any((n.tag or "") not in _INLINE and n.tag != "-text" for n in node.css("*")[1:])
