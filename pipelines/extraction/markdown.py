"""Markdown to blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from pipelines.extraction.blocks import RawBlock, table_text, to_body
from schemas.content import BlockRole, Body

_FRONT_MATTER: Final = re.compile(r"\A---\n(.*?)\n(?:---|\.\.\.)\n", re.DOTALL)
_FRONT_TITLE: Final = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)


def markdown_to_body(text: str) -> tuple[Body, str | None]:
    """Return the blocks, and the title that a front matter declares, if any."""
    title = None
    if front := _FRONT_MATTER.match(text):
        text = text[front.end() :]
        if declared := _FRONT_TITLE.search(front.group(1)):
            title = declared.group(1)
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    return to_body(_iter_blocks(SyntaxTreeNode(tokens), BlockRole.PARAGRAPH)), title


def _iter_blocks(node: SyntaxTreeNode, role: BlockRole) -> Iterator[RawBlock]:
    for child in node.children:
        match child.type:
            case "heading":
                yield RawBlock(_inline_text(child), BlockRole.HEADING, int(child.tag[1]))
            case "table":
                rows = [[_inline_text(c) for c in r.children] for r in _rows(child)]
                yield RawBlock(table_text(rows), BlockRole.TABLE)
            case "paragraph":
                yield RawBlock(_inline_text(child), role)
            case "fence" | "code_block":
                yield RawBlock(child.content, role)
            case "list_item":
                yield from _iter_blocks(child, BlockRole.LIST_ITEM)
            case _:
                yield from _iter_blocks(child, role)


def _rows(table: SyntaxTreeNode) -> Iterator[SyntaxTreeNode]:
    for part in table.children:  # head and body
        yield from part.children


def _inline_text(node: SyntaxTreeNode) -> str:
    """Return what a reader sees: link texts without addresses, picture captions, no marks."""
    parts = []
    for child in node.walk():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return "".join(parts)
