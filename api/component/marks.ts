// Text with marked stretches, as nodes.

import { el } from "./dom.ts";
import type { Snippet, Span } from "./wire.ts";

const LEAD_CHARS = 48; // before the first marked word: two lines then show it, even on a phone

/** Return the text with its highlights marked; spans count code points. */
export function marked(text: string, spans: readonly Span[]): (Node | string)[] {
  const characters = [...text];
  const nodes: (Node | string)[] = [];
  let at = 0;
  for (const { start, end } of spans) {
    nodes.push(characters.slice(at, start).join(""), el("mark", { part: "mark" }, characters.slice(start, end).join("")));
    at = end;
  }
  return [...nodes, characters.slice(at).join("")];
}

/** Return a snippet that begins near its first marked word. */
export function excerpt({ text, highlights }: Snippet): Snippet {
  const characters = [...text];
  const first = highlights[0]?.start ?? 0;
  if (first <= LEAD_CHARS) return { text, highlights };
  const space = characters.findIndex((character, at) => at >= first - LEAD_CHARS && /\s/.test(character));
  const from = space < 0 || space > first ? first : space + 1;
  const moved = highlights.map(({ start, end }) => ({ start: start - from + 1, end: end - from + 1 }));
  return { text: `…${characters.slice(from).join("")}`, highlights: moved };
}

/** Return where the typed text stands in a title, whatever the accents and capitals. */
export function typedIn(title: string, typed: string): Span[] {
  const letters = [...title].map(fold);
  // Folding can change the length of exotic letters; then nothing is marked rather than the wrong part.
  if (letters.some((letter) => [...letter].length !== 1)) return [];
  const folded = letters.join("");
  const wanted = fold(typed.trim());
  const at = folded.indexOf(wanted);
  if (at < 0 || !wanted) return [];
  const start = [...folded.slice(0, at)].length;
  return [{ start, end: start + [...wanted].length }];
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
