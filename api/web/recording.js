// A recording at its second, with a transcript that follows it. The page already reads without
// this: the player starts at the second of the address, and each time is a link.

import { announce, el, icon } from "./dom.js";
import { clock, t } from "./strings.js";

const COPIED_MS = 2500;
const MOVES = /^(Arrow|Page|Home|End)/;

/** Give a recording's page what a script can add. */
export function enhanceRecording(root) {
  const player = root.querySelector("#player");
  const transcript = new Transcript(root.querySelector(".transcript"));
  transcript.bringCurrent();
  if (!player) return;
  const { start } = placeOf(location);
  if (start !== null) seek(player, start);
  transcript.onJump((line) => {
    player.currentTime = line.start / 1000;
    player.play().catch(() => {}); // refused by the browser: the person presses play
    noteSecond(line.start / 1000);
  });
  player.addEventListener("timeupdate", () => transcript.follow(player.currentTime * 1000, player));
  root.querySelector("#player-bar").append(shareButton(player));
}

/** The lines of a transcript, the current one among them, and whether the reader wandered off. */
class Transcript {
  constructor(list) {
    this.list = list;
    this.lines = [...list.querySelectorAll(".turn-line")].map((node) => ({ node, start: Number(node.dataset.start) }));
    this.current = this.lines.findIndex(({ node }) => node.hasAttribute("aria-current"));
    this.isFollowing = true;
    this.resume = el("button", { type: "button", class: "resume", hidden: true, on: { click: () => this.comeBack() } }, t("transcript.follow"));
    list.after(this.resume);
    for (const event of ["wheel", "touchmove", "keydown"]) list.addEventListener(event, (e) => this.wander(e), { passive: true });
  }

  /** Call `listener` with the line whose time or words are clicked. */
  onJump(listener) {
    this.list.addEventListener("click", (event) => {
      const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
      const line = this.lines.find(({ node }) => node.contains(event.target));
      if (!line || !isPlain || !getSelection().isCollapsed) return;
      event.preventDefault();
      this.comeBack();
      listener(line);
    });
  }

  /** Mark the line that is spoken at `ms`, and keep it in view unless the reader wandered off. */
  follow(ms, player) {
    const index = indexAt(this.lines, ms);
    if (index === this.current) return;
    this.lines[this.current]?.node.removeAttribute("aria-current");
    this.lines[index]?.node.setAttribute("aria-current", "true");
    this.current = index;
    this.player = player;
    if (this.isFollowing) this.bringCurrent();
  }

  bringCurrent() {
    const node = this.lines[this.current]?.node;
    if (!node) return;
    const top = node.offsetTop - this.list.clientHeight / 3;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches || this.player?.paused !== false;
    this.list.scrollTo({ top, behavior: isStill ? "instant" : "smooth" });
  }

  wander(event) {
    if (!this.player || (event.type === "keydown" && !MOVES.test(event.key))) return;
    this.isFollowing = false;
    this.resume.hidden = false;
  }

  comeBack() {
    this.isFollowing = true;
    this.resume.hidden = true;
    this.bringCurrent();
  }
}

function shareButton(player) {
  const label = el("span", {}, t("share.now"));
  return el("button", { type: "button", class: "quiet share", on: { click: () => copyLink(player, label) } }, icon("link"), label);
}

async function copyLink(player, label) {
  const seconds = Math.floor(player.currentTime * 10) / 10;
  noteSecond(seconds);
  const done = t("share.done", { time: clock(seconds * 1000) });
  // Where there is no clipboard, the address bar has the link.
  label.textContent = await navigator.clipboard.writeText(location.href).then(() => done, () => t("share.address"));
  announce(label.textContent);
  setTimeout(() => (label.textContent = t("share.now")), COPIED_MS);
}

/** Put a second into the address, so that the page can be kept and shared at this place. */
function noteSecond(seconds) {
  const url = new URL(location.href);
  url.searchParams.set("t", String(Math.round(seconds * 10) / 10));
  url.hash = "";
  history.replaceState(null, "", url);
}

function placeOf({ search }) {
  const text = new URLSearchParams(search).get("t");
  const start = text === null ? NaN : Number(text);
  return { start: Number.isFinite(start) && start >= 0 ? start : null };
}

/** Go to a second as soon as the player knows how long the recording is. */
function seek(player, seconds) {
  const go = () => {
    const end = Number.isFinite(player.duration) ? Math.max(0, player.duration - 0.1) : seconds;
    player.currentTime = Math.min(seconds, end);
  };
  if (player.readyState >= HTMLMediaElement.HAVE_METADATA) go();
  else player.addEventListener("loadedmetadata", go, { once: true });
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
