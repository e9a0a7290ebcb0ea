// What opens under the field: the list of options, or a word on why there is none.

import { button, el, icon, type Child } from "./dom.ts";
import type { Entry, Group } from "./entries.ts";
import type { IconName } from "./icons.ts";
import { marked } from "./marks.ts";
import type { Texts } from "./strings.ts";

export interface PanelActs {
  retry(): void;
  /** Keep a search, or keep it no longer; return whether it is kept now. */
  keep(q: string): boolean;
  remove(q: string): void;
  forgetAll(): void;
}

export interface Notice {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly isRetried: boolean;
}

const N_SKELETONS = 4;

export class Panel {
  readonly node: HTMLElement;
  readonly list: HTMLElement;
  readonly #t: Texts;
  readonly #acts: PanelActs;
  readonly #side = el("div", { class: "side" });
  readonly #body: HTMLElement;
  readonly #notice = el("div", { class: "notice", part: "notice" });
  readonly #hostWord = el("div", { class: "host-word" }, el("slot", { name: "empty" }));
  readonly #foot = el("div", { class: "foot", part: "footer" });

  constructor(t: Texts, acts: PanelActs) {
    this.#t = t;
    this.#acts = acts;
    // Scrolled by the active option, so it needs no stop of the Tab key of its own.
    this.list = el("div", { id: "list", class: "list", role: "listbox", part: "list", tabindex: "-1" });
    this.#body = el("div", { class: "body" }, this.list, this.#side);
    this.node = el("div", { class: "panel", part: "panel" }, this.#body, this.#notice, this.#hostWord, this.#foot);
    // The field keeps the focus, and with it the keyboard of a phone.
    this.node.addEventListener("mousedown", (event) => event.preventDefault());
    this.#side.addEventListener("keydown", (event) => this.#pressSide(event));
    this.empty();
  }

  get hasOptions(): boolean {
    return this.list.querySelector("[role=option]") !== null;
  }

  empty(): void {
    this.#show([], null, []);
  }

  /** Show what was found, and offer to keep the search. */
  showFound(groups: readonly Group[], keeping: { readonly q: string; readonly isKept: boolean } | null): void {
    this.#show(groups, null, [keeping && this.#keeping(keeping.q, keeping.isKept), this.#keys()]);
    this.list.setAttribute("aria-label", this.#t.of("list"));
  }

  /** Show the searches that this device remembers, each with its buttons beside it. */
  showRemembered(groups: readonly Group[]): void {
    this.#show(groups, null, [button({ class: "quiet", part: "button" }, () => this.#acts.forgetAll(), this.#t.of("forget")), this.#keys()]);
    this.list.setAttribute("aria-label", this.#t.of("list.remembered"));
    this.#body.classList.add("has-side");
    // Beside the options, not inside: an option can hold nothing that is pressed on its own.
    for (const { name, entries } of groups) this.#side.append(el("div", { class: "label" }), ...entries.map((entry) => this.#actions(entry.title, name === "favourites")));
    this.rove(0);
  }

  showNotice({ icon: name, title, text, isRetried }: Notice, isEmpty = false): void {
    this.#show([], [icon(name), el("p", { class: "notice-title" }, title), el("p", {}, text)], []);
    if (isRetried) this.#notice.append(button({ class: "primary", part: "button" }, () => this.#acts.retry(), this.#t.of("retry")));
    this.#hostWord.hidden = !isEmpty;
  }

  /** Show that something comes; only for who waits long enough to wonder. */
  showSkeleton(): void {
    const bone = (): Node => el("div", { class: "bone" }, el("span"), el("span"));
    this.#show([], [el("div", { class: "bones", "aria-hidden": "true" }, ...Array.from({ length: N_SKELETONS }, bone))], []);
  }

  /** Say whether what is shown still waits for its answer. */
  setBusy(isBusy: boolean): void {
    this.node.classList.toggle("stale", isBusy);
    this.list.setAttribute("aria-busy", String(isBusy));
  }

  /** Let the Tab key reach the buttons of one remembered search, not of all. */
  rove(at: number): void {
    this.#rows().forEach((row, index) => {
      for (const one of row.querySelectorAll("button")) one.tabIndex = index === at ? 0 : -1;
    });
  }

  /** Let the Tab key reach the buttons of an option. */
  roveTo(option: HTMLElement | null): void {
    const at = [...this.list.querySelectorAll("[role=option]")].findIndex((one) => one === option);
    if (at >= 0) this.rove(at);
  }

  /** Focus the first button of a search; false where there is none. */
  focusActions(q: string): boolean {
    const at = this.#rows().findIndex((row) => row.dataset["q"] === q);
    this.rove(Math.max(at, 0));
    this.#rows()[at]?.querySelector("button")?.focus();
    return at >= 0;
  }

  #show(groups: readonly Group[], notice: readonly Child[] | null, foot: readonly (Node | null)[]): void {
    let n = 0;
    this.list.replaceChildren(...groups.map((group) => this.#group(group, () => `option-${n++}`)));
    this.list.scrollTop = 0;
    this.#side.replaceChildren();
    this.#body.classList.remove("has-side");
    this.#body.hidden = groups.length === 0;
    this.#notice.replaceChildren(...(notice ?? []).filter((child) => child !== null));
    this.#notice.hidden = notice === null;
    this.#hostWord.hidden = true;
    this.#foot.replaceChildren(...foot.filter((child) => child !== null));
    this.#foot.hidden = foot.length === 0;
    this.setBusy(false);
  }

  #group({ name, entries }: Group, id: () => string): Node {
    const label = el("div", { id: `group-${name}`, class: "label", part: "group-label", role: "presentation" }, this.#t.of(`group.${name}`));
    return el("div", { class: `group ${name}`, part: "group", role: "group", "aria-labelledby": label.id }, label, ...entries.map((entry) => this.#option(entry, id())));
  }

  #option({ type, url, icon: name, title, language, marks, facts, seenBy, snippet, hit }: Entry, id: string): Node {
    const lang = language === this.#t.language ? null : language;
    const about = [...facts.map((fact) => el("span", {}, fact)), ...(seenBy ? [el("span", { class: "seen-by" }, icon("lock"), seenBy)] : [])];
    return el(
      "a",
      { id, class: "option", part: `option option-${type}`, role: "option", href: url, tabindex: "-1", "aria-selected": "false", "data-type": type, "data-title": title, "data-query-id": hit?.queryId ?? null, "data-document": hit?.documentId ?? null, "data-passage": hit?.passageId ?? null },
      icon(name),
      el("span", { class: "title", part: "title", lang, dir: "auto" }, ...marked(title, marks)),
      ...(about.length ? [" ", el("span", { class: "facts", part: "facts" }, ...about)] : []),
      ...(snippet ? [" ", el("span", { class: "snippet", part: "snippet", lang, dir: "auto" }, ...marked(snippet.text, snippet.highlights))] : []),
    );
  }

  #actions(q: string, isKept: boolean): HTMLElement {
    const label = this.#t.of("keep.one", { q });
    const forget = this.#t.of("remove", { q });
    return el(
      "div",
      { class: "actions", "data-q": q },
      button({ class: "picture keep", title: label, "aria-label": label, "aria-pressed": String(isKept) }, () => void this.#acts.keep(q), icon("star")),
      button({ class: "picture", title: forget, "aria-label": forget }, () => this.#acts.remove(q), icon("close")),
    );
  }

  #keeping(q: string, isKept: boolean): Node {
    const act = (): void => node.setAttribute("aria-pressed", String(this.#acts.keep(q)));
    const node = button({ class: "quiet keep", part: "button", "aria-pressed": String(isKept) }, act, icon("star"), this.#t.of("keep"));
    return node;
  }

  /** What the keys do, for eyes only: the pattern itself tells it to who listens. */
  #keys(): Node {
    const key = (name: string, does: string): Node => el("span", {}, el("kbd", {}, name), does);
    const t = this.#t;
    return el("div", { class: "keys", "aria-hidden": "true" }, key("↑↓", t.of("keys.move")), key("↵", t.of("keys.open")), key("esc", t.of("keys.close")));
  }

  #pressSide(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const rows = this.#rows();
    const at = rows.findIndex((row) => row.contains(event.target as Node));
    const there = by === undefined ? undefined : rows[at + by];
    if (!there) return;
    event.preventDefault();
    const column = [...rows[at]!.children].indexOf(event.target as Element);
    this.rove(rows.indexOf(there));
    (there.children[column] as HTMLElement).focus();
  }

  #rows(): HTMLElement[] {
    return [...this.#side.querySelectorAll<HTMLElement>(".actions")];
  }
}
