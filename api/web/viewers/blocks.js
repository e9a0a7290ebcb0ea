// Blocks of a text (headings, paragraphs, list items, tables) as page elements.

import { el } from "../dom.js";
import { marked } from "../text.js";

/** Return one element per block, list items gathered into lists; `decorate(block, node)` adds to each. */
export function blockNodes(blocks, { words, decorate = () => {} }) {
  const nodes = [];
  let list = null;
  for (const block of blocks) {
    const node = el(tagOf(block), { class: `block ${block.role}`, dataset: { block: block.ordinal } }, marked(block.text, words));
    decorate(block, node);
    if (block.role !== "list-item") list = null;
    else if (!list) nodes.push((list = el("ul", {})));
    (list ?? { append: (one) => nodes.push(one) }).append(node);
  }
  return nodes;
}

function tagOf({ role, level }) {
  if (role === "heading") return `h${Math.min(6, Math.max(2, level + 1))}`; // h1 is the document's title
  if (role === "list-item") return "li";
  return role === "table" ? "pre" : "p";
}

/** Tell whether a block's text and a passage's snippet share text: one holds a good part of the other. */
export function overlaps(blockText, snippetText) {
  const [block, snippet] = [squeeze(blockText), squeeze(snippetText)];
  if (block.length < N_SHARED) return block.length > 0 && snippet.includes(block);
  for (let at = 0; at + N_SHARED <= block.length; at += N_SHARED) if (snippet.includes(block.slice(at, at + N_SHARED))) return true;
  return false;
}

const N_SHARED = 24; // characters in a row: long enough that two paragraphs do not share them by chance

function squeeze(text) {
  return text.replace(/\s+/g, " ").trim();
}
