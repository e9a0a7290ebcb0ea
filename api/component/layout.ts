// The parts of the box, in the page or in a dialog of its own.

import { button, el, icon } from "./dom.ts";
import { MAX_CHARS } from "./lookup.ts";
import type { Panel } from "./panel.ts";
import type { Texts } from "./strings.ts";

export interface Words {
  readonly label: string;
  readonly placeholder: string;
  /** A key that opens the box, for eyes only; empty for none. */
  readonly key: string;
  /** The same for `aria-keyshortcuts`. */
  readonly keys: string | null;
}

export interface Layout {
  readonly nodes: readonly Node[];
  readonly form: HTMLFormElement;
  readonly field: HTMLInputElement;
  readonly clear: HTMLButtonElement;
  /** Says to screen readers what changed. */
  readonly live: HTMLElement;
  readonly dialog: HTMLDialogElement | null;
}

export interface LayoutActs {
  open(): void;
  close(): void;
  clear(): void;
}

export function inline(panel: Panel, words: Words, t: Texts, acts: LayoutActs): Layout {
  const parts = row(words, t, acts, words.keys);
  const hint = words.key ? el("kbd", { class: "hint", "aria-hidden": "true" }, words.key) : null;
  const submit = el("button", { class: "primary submit", part: "submit", type: "submit", "aria-label": t.of("submit") }, icon("search"), el("span", {}, t.of("submit")));
  parts.form.append(...(hint ? [hint] : []), submit);
  return { ...parts, nodes: [el("div", { class: "box inline" }, el("div", { class: "bar" }, parts.form), panel.node, parts.live)], dialog: null };
}

export function modal(panel: Panel, words: Words, t: Texts, acts: LayoutActs): Layout {
  const parts = row(words, t, acts, null);
  parts.form.append(button({ class: "quiet close", part: "close" }, acts.close, t.of("close")));
  const dialog = el("dialog", { class: "dialog", part: "dialog", "aria-label": t.of("dialog") }, el("div", { class: "sheet" }, parts.form, panel.node, parts.live));
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) acts.close(); // beside the sheet that fills it
  });
  const hint = words.key ? el("kbd", { class: "hint", "aria-hidden": "true" }, words.key) : null;
  const trigger = button(
    { class: "trigger", part: "trigger", "aria-haspopup": "dialog", "aria-keyshortcuts": words.keys },
    acts.open,
    icon("search"),
    el("span", {}, t.of("open")),
    hint,
  );
  return { ...parts, nodes: [el("div", { class: "box modal" }, trigger, dialog)], dialog };
}

function row(words: Words, t: Texts, acts: LayoutActs, keys: string | null): Omit<Layout, "nodes" | "dialog"> {
  const field = el("input", {
    class: "field",
    part: "input",
    // Not `search`: HTML allows the role of a combobox on text fields only.
    type: "text",
    role: "combobox",
    inputmode: "search",
    enterkeyhint: "search",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    maxlength: String(MAX_CHARS),
    placeholder: words.placeholder,
    "aria-label": words.label,
    "aria-autocomplete": "list",
    "aria-controls": "list",
    "aria-expanded": "false",
    "aria-keyshortcuts": keys,
  });
  const clear = button({ class: "picture clear", part: "clear", "aria-label": t.of("clear"), hidden: true }, acts.clear, icon("close"));
  const form = el("form", { class: "form", part: "form", role: "search", "aria-label": words.label }, icon("search"), field, clear);
  const live = el("div", { class: "unseen", role: "status" });
  return { form, field, clear, live };
}
