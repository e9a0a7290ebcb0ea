// Brings the panel, the field and the voice of screen readers to the state of a lookup.

import type { Addresses } from "./addresses.ts";
import { found, type Group, remembered } from "./entries.ts";
import type { Layout } from "./layout.ts";
import type { Found, State } from "./lookup.ts";
import type { Memory } from "./memory.ts";
import type { Notice, Panel } from "./panel.ts";
import type { Key, Texts } from "./strings.ts";

const SKELETON_AFTER_MS = 250; // most answers are there by then: a flash of grey would only disturb
const ANNOUNCE_AFTER_MS = 600; // screen readers finish the echo of the keys first
const GAP_PX = 8; // between the panel and the edges of the window

type Trouble = "unreachable" | "offline" | "expired" | "failed";

export class Display {
  readonly #t: Texts;
  readonly #to: Addresses;
  readonly #memory: Memory | null;
  readonly #panel: Panel;
  readonly #parts: Layout;
  readonly #redrawn: () => void;
  #state: State = { name: "idle" };
  #found: Found | null = null; // what the list holds
  #trouble = ""; // which notice stands
  #skeletonTimer = 0;
  #voiceTimer = 0;

  /**
   * @param memory Null where nothing is remembered.
   * @param redrawn Called when other options stand in the list.
   */
  constructor(t: Texts, to: Addresses, memory: Memory | null, panel: Panel, parts: Layout, redrawn: () => void) {
    this.#t = t;
    this.#to = to;
    this.#memory = memory;
    this.#panel = panel;
    this.#parts = parts;
    this.#redrawn = redrawn;
  }

  get state(): State {
    return this.#state;
  }

  get isOpen(): boolean {
    const { dialog } = this.#parts;
    return dialog ? dialog.open : !this.#panel.node.hidden;
  }

  show(state: State): void {
    // Tried again by itself and failed again: nothing new to draw, nor to read out.
    const isAgain = state.name === "unreachable" && this.#state.name === state.name && this.#trouble === away();
    this.#state = state;
    if (isAgain) return;
    clearTimeout(this.#skeletonTimer);
    if (state.name === "waiting") {
      this.#wait();
      return;
    }
    this.#trouble = "";
    this.#found = null;
    switch (state.name) {
      case "idle":
        return this.#showStart();
      case "found":
        return this.#showFound(state);
      case "unreachable":
        return this.#showTrouble(away());
      case "expired":
        return this.#showTrouble("expired");
      case "failed":
        return this.#showTrouble("failed", state.reference);
    }
  }

  /** Show again what was found for a text; false if that is no longer at hand. */
  resume(q: string): boolean {
    // What was found by words alone was left before its full answer came.
    if (this.#state.name !== "found" || this.#state.isInstant || this.#state.q !== q) return false;
    this.show(this.#state);
    return true;
  }

  hide(): void {
    clearTimeout(this.#skeletonTimer);
    this.#say("");
    this.#panel.setBusy(false);
    this.#reveal(false);
  }

  #wait(): void {
    this.#panel.setBusy(true);
    if (this.isOpen && this.#found) return; // the last answer stands until the next one
    this.#skeletonTimer = window.setTimeout(() => {
      this.#panel.showSkeleton();
      this.#panel.setBusy(true);
      this.#draw();
      this.#say(this.#t.of("busy"));
    }, SKELETON_AFTER_MS);
  }

  #showStart(): void {
    const groups: readonly Group[] = this.#memory ? remembered(this.#memory.recent, this.#memory.favourites, this.#to) : [];
    const n = groups.flatMap(({ entries }) => entries).length;
    if (n) this.#panel.showRemembered(groups);
    else this.#panel.showNotice(this.#notice("search", "start", this.#t.of("start.text")));
    this.#say(n ? this.#t.of("remembered", { n }) : "");
    // An empty field in the page needs no words under it; a dialog has the room.
    this.#draw(n > 0 || this.#parts.dialog !== null);
  }

  #showFound(state: Found): void {
    const { q, answer, isInstant } = state;
    const groups = found(state, this.#to, this.#t);
    if (groups.length) {
      this.#found = state;
      this.#panel.showFound(groups, this.#memory && { q, isKept: this.#memory.favourites.includes(q) });
      // Told once, when typing has paused.
      this.#say(isInstant ? "" : `${this.#t.of(`found.${answer.total_relation}`, { n: answer.total })} ${this.#t.of("found.browse")}`);
    } else {
      const notice = this.#notice("search", "empty", this.#t.of("empty.text"), q);
      this.#panel.showNotice(notice, true);
      this.#say(`${notice.title}. ${notice.text}`);
    }
    this.#draw();
  }

  #showTrouble(name: Trouble, reference = ""): void {
    this.#trouble = name;
    const text = reference ? this.#t.of("failed.reference", { reference }) : this.#t.of(`${name}.text`);
    const notice = { ...this.#notice("warning", name, text), isRetried: true };
    this.#panel.showNotice(notice);
    this.#say(`${notice.title}. ${notice.text}`);
    this.#draw();
  }

  #notice(icon: Notice["icon"], name: string, text: string, q = ""): Notice {
    return { icon, title: this.#t.of(`${name}.title` as Key, { q }), text, isRetried: false };
  }

  #draw(isShown = true): void {
    this.#redrawn();
    this.#reveal(isShown);
  }

  #reveal(isShown: boolean): void {
    const { field, dialog } = this.#parts;
    if (!dialog) this.#panel.node.hidden = !isShown;
    if (!dialog && isShown) this.#fit();
    field.setAttribute("aria-expanded", String(isShown && this.#panel.hasOptions));
  }

  /** Keep the panel inside the window, however narrow the box and wherever it stands. */
  #fit(): void {
    const { node } = this.#panel;
    const box = this.#parts.form.getBoundingClientRect();
    const room = document.documentElement.clientWidth - node.offsetWidth - GAP_PX;
    const left = Math.max(GAP_PX, Math.min(box.left, room));
    const height = window.visualViewport?.height ?? innerHeight; // what the keyboard of a phone leaves
    node.style.setProperty("--shift", `${node.offsetWidth > box.width ? left - box.left : 0}px`);
    node.style.setProperty("--room", `${Math.round(height - box.bottom - 2 * GAP_PX)}px`);
  }

  #say(text: string): void {
    clearTimeout(this.#voiceTimer);
    const { live } = this.#parts;
    if (!text) live.textContent = "";
    else this.#voiceTimer = window.setTimeout(() => (live.textContent = text), ANNOUNCE_AFTER_MS);
  }
}

/** Tell why nobody answers. */
function away(): Trouble {
  return navigator.onLine ? "unreachable" : "offline";
}
