// The transcript beside a recording: it follows, it is jumped from, and it can be searched.

import { announce, el, icon } from "./dom.js";
import { t } from "./strings.js";

const MOVES = /^(Arrow|Page|Home|End)/;
const MARKED = "within";
const MENDED = ".mended"; // a word that the glossary put in place of what was heard
const TOLD = "told"; // what was heard there is put away again

/** The lines of a transcript, the current one among them, and whether the reader wandered off. */
export class Transcript {
  constructor(list) {
    this.list = list;
    this.lines = [...list.querySelectorAll(".turn-line")].map((node) => ({ node, start: Number(node.dataset.start) }));
    this.current = this.lines.findIndex(({ node }) => node.hasAttribute("aria-current"));
    this.isFollowing = true;
    this.isPlaying = () => false;
    this.resume = el("button", { type: "button", class: "resume", hidden: true, on: { click: () => this.comeBack() } }, t("transcript.follow"));
    list.after(this.resume);
    list.addEventListener("keydown", (event) => this.#tell(event));
    for (const event of ["focusout", "pointerout"]) list.addEventListener(event, ({ target }) => target.classList?.remove(TOLD));
    for (const event of ["wheel", "touchmove", "keydown"]) list.addEventListener(event, (e) => this.#wander(e), { passive: true });
  }

  /** Call `listener` with the line whose time or words are clicked. */
  onJump(listener) {
    this.list.addEventListener("click", (event) => {
      const line = this.lines.find(({ node }) => node.contains(event.target));
      if (!line || !isPlain(event) || !getSelection().isCollapsed) return;
      if (event.target.closest(MENDED)) return this.#show(event.target.closest(MENDED)); // a tap says what was heard
      event.preventDefault();
      this.comeBack();
      listener(line.start);
    });
  }

  /** Mark the line that is spoken at `ms`, and keep it in view unless the reader wandered off. */
  follow(ms) {
    const index = indexAt(this.lines, ms);
    if (index === this.current) return;
    this.lines[this.current]?.node.removeAttribute("aria-current");
    this.lines[index]?.node.setAttribute("aria-current", "true");
    this.current = index;
    if (this.isFollowing) this.bringCurrent();
  }

  bringCurrent() {
    if (this.lines[this.current]) this.bring(this.lines[this.current].node);
  }

  /** Scroll the list, and only the list, so that a line of it stands in its upper third. */
  bring(node) {
    const top = node.offsetTop - this.list.clientHeight / 3;
    this.list.scrollTo({ top, behavior: isStill() || !this.isPlaying() ? "instant" : "smooth" });
  }

  /** Stop following: the reader looks at another place. */
  letGo() {
    this.isFollowing = false;
    this.resume.hidden = !this.isPlaying();
  }

  comeBack() {
    this.isFollowing = true;
    this.resume.hidden = true;
    this.bringCurrent();
  }

  /** Keys on a mended word: Enter and Space say what was heard, Escape takes it away. */
  #tell(event) {
    const word = event.target.closest(MENDED);
    if (!word || !["Enter", " ", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation(); // Space plays, elsewhere on the page
    if (event.key === "Escape") word.classList.add(TOLD);
    else this.#show(word);
  }

  #show(word) {
    word.classList.remove(TOLD);
    word.focus({ preventScroll: true });
    announce(word.dataset.heard);
  }

  #wander(event) {
    if (event.type !== "keydown" || MOVES.test(event.key)) this.letGo();
  }
}

/**
 * The box above a transcript: marks what is typed, counts it, and goes from one place to the next.
 * Sent without a script, the same form loads the page with the words of the query marked.
 */
export class WithinSearch {
  constructor(form, transcript) {
    this.box = form.querySelector("input");
    this.transcript = transcript;
    this.places = [];
    this.at = -1;
    this.says = el("output", { class: "within-count" });
    this.steps = [step("previous", "back", () => this.go(-1)), step("next", "next", () => this.go(1))];
    form.querySelector("button").replaceWith(this.says, ...this.steps);
    this.box.addEventListener("input", () => this.look());
    this.box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.go(event.shiftKey ? -1 : 1);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    this.#takeMarks();
  }

  /** Look for what stands in the box: accents and case do not matter. */
  look() {
    for (const mark of this.transcript.list.querySelectorAll("mark")) mark.replaceWith(...mark.childNodes);
    this.transcript.list.normalize();
    const wanted = fold(this.box.value.trim()).text;
    this.places = wanted.length > 1 ? this.transcript.lines.flatMap(({ node }) => placesIn(node.querySelector(".words"), wanted)) : [];
    CSS.highlights?.set(MARKED, new Highlight(...this.places.map(({ range }) => range)));
    this.at = -1;
    this.#say(wanted.length > 1 ? (this.places.length ? t("within.count", { n: this.places.length }) : t("within.none")) : "");
    if (this.places.length) this.transcript.bring(this.places[0].line);
  }

  /** Go to the next place (1) or the one before (-1), round the end. */
  go(by) {
    if (!this.places.length) return;
    this.at = (this.at + by + this.places.length) % this.places.length;
    if (this.at < 0) this.at = this.places.length - 1;
    const { line, range } = this.places[this.at];
    this.transcript.letGo();
    this.transcript.bring(line);
    CSS.highlights?.set(`${MARKED}-now`, new Highlight(range));
    this.#say(t("within.at", { i: this.at + 1, n: this.places.length }));
  }

  /** Return the start of the place one stands at, in milliseconds. */
  get start() {
    return Number(this.places[this.at]?.line.dataset.start ?? NaN);
  }

  /** Begin with the marks that the page came with. */
  #takeMarks() {
    this.places = [...this.transcript.list.querySelectorAll("mark")].map((mark) => {
      const range = new Range();
      range.selectNodeContents(mark);
      return { line: mark.closest(".turn-line"), range };
    });
    this.#say(this.places.length ? t("within.count", { n: this.places.length }) : "");
  }

  #say(text) {
    this.says.textContent = text;
    for (const button of this.steps) button.hidden = this.places.length === 0;
    if (text) announce(text);
  }
}

function step(name, drawing, go) {
  return el("button", { type: "button", class: "quiet step-button", hidden: true, "aria-label": t(`within.${name}`), on: { click: go } }, icon(drawing));
}

/** Find a text in a line, also where mended words part it into several nodes. */
function placesIn(words, wanted) {
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  const nodes = [];
  let length = 0;
  while (walker.nextNode()) {
    nodes.push({ node: walker.currentNode, start: length });
    length += walker.currentNode.data.length;
  }
  const { text, offsets } = fold(words.textContent);
  const found = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    const range = new Range();
    const first = nodes.findLast(({ start }) => start <= offsets[at]);
    const last = nodes.findLast(({ start }) => start < offsets[at + wanted.length]);
    range.setStart(first.node, offsets[at] - first.start);
    range.setEnd(last.node, offsets[at + wanted.length] - last.start);
    found.push({ line: words.closest(".turn-line"), range });
  }
  return found;
}

/** Return a text without case and accents, and where each of its characters stands in the original. */
function fold(original) {
  let text = "";
  const offsets = [];
  for (let at = 0; at < original.length; at += 1) {
    const plain = original[at].normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace("œ", "oe").replace("’", "'");
    for (const letter of plain) {
      text += letter;
      offsets.push(at);
    }
  }
  return { text, offsets: [...offsets, original.length] };
}

/** Tell whether a click is to be handled here: with a key held it opens a tab, as on any link. */
export function isPlain(event) {
  return !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

function isStill() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Return the index of the last line that has begun at `ms`; -1 before the first. */
function indexAt(lines, ms) {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle].start <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
