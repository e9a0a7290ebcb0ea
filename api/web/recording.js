// A recording at its second. The page already reads without this: the player starts at the second
// of the address, and each time, chapter and mark is a link.

import { announce, el, icon } from "./dom.js";
import { clock, number, t } from "./strings.js";
import { showThumbnails } from "./thumbnails.js";
import { isPlain, Transcript, WithinSearch } from "./transcript.js";

const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];
const SPEED_KEPT = "cordee-speed";
const SKIP_S = 10;
const COPIED_MS = 2500;
const WIDTH = 1000; // of the timeline's own coordinates

/** Give a recording's page what a script can add. */
export function enhanceRecording(root) {
  const transcript = new Transcript(root.querySelector(".transcript"));
  const within = new WithinSearch(root.querySelector(".within"), transcript);
  const player = root.querySelector("#player");
  transcript.bringCurrent();
  if (player) new Recording(root, player, transcript, within);
}

class Recording {
  constructor(root, player, transcript, within) {
    Object.assign(this, { root, player, transcript, within });
    this.speed = speedChoice(player);
    this.share = button("share", "link", t("share.now"), () => this.copyLink());
    this.captions = captionsButton(player);
    root.querySelector("#player-bar").append(
      button("leap", "back", t("player.back"), () => this.skip(-SKIP_S), `−${SKIP_S}`),
      button("leap", "next", t("player.forward"), () => this.skip(SKIP_S), `+${SKIP_S}`),
      this.speed.node, ...(this.captions ? [this.captions] : []), this.share, keysHelp(Boolean(this.captions)),
    );
    transcript.isPlaying = () => !player.paused;
    transcript.onJump((ms) => this.jump(ms));
    root.addEventListener("click", (event) => this.#onLink(event));
    root.addEventListener("keydown", (event) => this.#onKey(event));
    showThumbnails(root, player, { secondOf, jump: (seconds) => this.jump(seconds * 1000) });
    player.addEventListener("timeupdate", () => this.#onTime());
    player.addEventListener("error", () => this.#onMissing());
    if (player.error || player.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) this.#onMissing();
    const start = secondOf(location);
    if (start !== null) this.seek(start);
  }

  /** Go to a place and play: the reader has asked to hear it. */
  jump(ms) {
    this.seek(ms / 1000);
    this.player.play().catch(() => {}); // refused by the browser: the person presses play
    noteSecond(ms / 1000);
  }

  /** Go to a second as soon as the player knows how long the recording is. */
  seek(seconds) {
    const { player } = this;
    const go = () => {
      const end = Number.isFinite(player.duration) ? Math.max(0, player.duration - 0.1) : seconds;
      player.currentTime = Math.min(Math.max(0, seconds), end);
    };
    if (player.readyState >= HTMLMediaElement.HAVE_METADATA) go();
    else player.addEventListener("loadedmetadata", go, { once: true });
  }

  skip(seconds) {
    this.seek(this.player.currentTime + seconds);
  }

  toggle() {
    if (this.player.paused) this.player.play().catch(() => {});
    else this.player.pause();
  }

  async copyLink() {
    const label = this.share.querySelector("span");
    const seconds = Math.floor(this.player.currentTime * 10) / 10;
    noteSecond(seconds);
    const done = t("share.done", { time: clock(seconds * 1000) });
    // Where there is no clipboard, the address bar has the link.
    label.textContent = await navigator.clipboard.writeText(shared()).then(() => done, () => t("share.address"));
    announce(label.textContent);
    setTimeout(() => (label.textContent = t("share.now")), COPIED_MS);
  }

  #onTime() {
    const { currentTime, duration } = this.player;
    this.transcript.follow(currentTime * 1000);
    if (duration) this.root.querySelector("#playhead")?.setAttribute("x", String((currentTime / duration) * WIDTH));
    const chapters = [...this.root.querySelectorAll(".chapters a")];
    const now = chapters.findLast((link) => Number(link.dataset.start) <= currentTime * 1000);
    for (const link of chapters) link.toggleAttribute("data-now", link === now);
  }

  // Chapters, found passages and marks of the timeline lead to this page: only the player moves.
  #onLink(event) {
    const link = event.target.closest("a[href]");
    if (event.defaultPrevented || !link || !isPlain(event)) return;
    const url = new URL(link.getAttribute("href"), location.href);
    const start = url.pathname === location.pathname ? secondOf(url) : null;
    if (start === null) return;
    event.preventDefault();
    this.transcript.comeBack();
    this.jump(start * 1000);
  }

  // Single keys only while the focus is in here, and never in a field (WCAG 2.1.4).
  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const isControl = event.target.closest("button, a, summary, video, audio");
    const act = {
      " ": isControl ? null : () => this.toggle(), k: () => this.toggle(),
      j: () => this.skip(-SKIP_S), l: () => this.skip(SKIP_S),
      n: () => this.#goToMatch(1), p: () => this.#goToMatch(-1),
      "<": () => this.speed.step(-1), ">": () => this.speed.step(1),
      c: () => this.captions?.click(), s: () => this.copyLink(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #goToMatch(by) {
    this.within.go(by);
    if (Number.isFinite(this.within.start)) this.seek(this.within.start / 1000);
  }

  #onMissing() {
    if (this.root.querySelector(".player-missing")) return;
    this.player.after(el("p", { class: "player-missing", role: "alert" }, icon("warning"), t("player.missing")));
  }
}

function button(name, drawing, label, act, text = null) {
  const shown = text ? el("span", { "aria-hidden": "true" }, text) : el("span", {}, label);
  return el("button", { type: "button", class: `quiet ${name}`, "aria-label": text ? label : null, title: text ? label : null, on: { click: act } }, icon(drawing), shown);
}

/** Return the choice of speeds; the last one chosen is kept on this device. */
function speedChoice(player) {
  const options = SPEEDS.map((speed) => el("option", { value: String(speed) }, `${number(speed)} ×`));
  const select = el("select", { "aria-label": t("player.speed"), on: { change: () => set(Number(select.value)) } }, options);
  const set = (speed) => {
    player.playbackRate = player.defaultPlaybackRate = speed;
    select.value = String(speed);
    keep(SPEED_KEPT, String(speed));
  };
  const last = Number(kept(SPEED_KEPT));
  set(SPEEDS.includes(last) ? last : 1);
  return {
    node: el("label", { class: "quiet speed" }, icon("speed"), select),
    step: (by) => {
      const next = SPEEDS[SPEEDS.indexOf(Number(select.value)) + by];
      if (next === undefined) return;
      set(next);
      announce(`${t("player.speed")} ${number(next)}`);
    },
  };
}

function captionsButton(player) {
  const track = player.textTracks?.[0];
  if (!track) return null;
  const node = button("captions", "captions", t("player.captions"), () => {
    track.mode = track.mode === "showing" ? "disabled" : "showing";
    show();
  });
  const show = () => node.setAttribute("aria-pressed", String(track.mode === "showing"));
  player.textTracks.addEventListener("change", show);
  show();
  return node;
}

function keysHelp(hasCaptions) {
  const rows = [["k", "play"], ["j l", "skip"], ["n p", "match"], ["< >", "speed"], ...(hasCaptions ? [["c", "captions"]] : []), ["s", "share"]];
  return el(
    "details", { class: "keys" },
    el("summary", { class: "quiet" }, t("player.keys")),
    el("div", {}, el("dl", {}, rows.map(([keys, name]) => [el("dt", {}, keys.split(" ").map((key) => el("kbd", {}, key))), el("dd", {}, t(`player.keys.${name}`))])), el("p", {}, t("player.keys.note"))),
  );
}

/** Return the address of this page without the search that led here: it is the reader's own. */
function shared() {
  const url = new URL(location.href);
  url.searchParams.delete("from");
  return url.href;
}

/** Put a second into the address, so that the page can be kept and shared at this place. */
function noteSecond(seconds) {
  const url = new URL(location.href);
  url.searchParams.set("t", String(Math.round(seconds * 10) / 10));
  url.hash = "";
  history.replaceState(null, "", url);
}

/** Return the second that an address names, `null` when it names none. */
function secondOf({ search }) {
  const text = new URLSearchParams(search).get("t");
  const second = text === null ? NaN : Number(text);
  return Number.isFinite(second) && second >= 0 ? second : null;
}

// Storage may be switched off: the choice then lasts as long as the page.
function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch { /* as above */ }
}

function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
