// Marks in text. The API counts Unicode code points, JavaScript strings count UTF-16 units: an
// emoji is one of the first and two of the second, so offsets are never used on a string directly.

import { el } from "./dom.js";

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
const DIACRITICS = /\p{M}/gu;

/** Return lower-case text without accents: what two spellings of one word share. */
export function fold(text) {
  return text.normalize("NFD").replace(DIACRITICS, "").toLowerCase();
}

/** Cut `text` at code-point spans `{start, end}`; returns `{text, marked}` pieces in order. */
export function cut(text, spans) {
  const points = Array.from(text);
  const pieces = [];
  let at = 0;
  for (const { start, end } of spans) {
    if (start < at || end <= start) continue;
    if (start > at) pieces.push({ text: points.slice(at, start).join(""), marked: false });
    pieces.push({ text: points.slice(start, end).join(""), marked: true });
    at = end;
  }
  if (at < points.length) pieces.push({ text: points.slice(at).join(""), marked: false });
  return pieces;
}

/** Return the nodes of a snippet with its highlights marked. */
export function highlighted({ text, highlights }) {
  return nodes(cut(text, highlights));
}

/** Return folded words that the highlights of these snippets cover: the query as this document writes it. */
export function wordsOf(snippets) {
  const words = new Set();
  for (const { text, highlights } of snippets)
    for (const piece of cut(text, highlights))
      if (piece.marked) for (const [word] of piece.text.matchAll(WORD)) words.add(fold(word));
  return words;
}

/** Return the nodes of `text` with every word of the folded set `words` marked. */
export function marked(text, words) {
  if (!words.size) return [text];
  const pieces = [];
  let at = 0;
  for (const match of text.matchAll(WORD)) {
    if (!words.has(fold(match[0]))) continue;
    pieces.push({ text: text.slice(at, match.index), marked: false }, { text: match[0], marked: true });
    at = match.index + match[0].length;
  }
  pieces.push({ text: text.slice(at), marked: false });
  return nodes(pieces.filter((piece) => piece.text));
}

function nodes(pieces) {
  return pieces.map((piece) => (piece.marked ? el("mark", {}, piece.text) : piece.text));
}
