// A recording at its second, with a transcript that follows it. Without a player (a transcript
// that came alone) the transcript is opened at the same second.

import { el, icon } from "../dom.js";
import { clock, t } from "../i18n.js";
import { noteAddress } from "../router.js";
import { announce } from "../states.js";
import { marked } from "../text.js";
import { sentences } from "./sentences.js";
import { isStill, showTarget } from "./target.js";

const COPIED_MS = 2500;

/** Return the viewer of a timed transcript and its recording. */
export function recordingViewer({ document_, content, passages, words, found }) {
  const player = buildPlayer(document_);
  const turns = content.utterances.filter((one) => one.start_ms !== null).flatMap(sentences);
  const people = new Map(content.speakers.map((one) => [one.id, one.name]));
  const lines = turns.map((one, index) => line(one, turns[index - 1]));
  const resume = el("button", { type: "button", class: "resume", hidden: true, on: { click: follow } }, t("transcript.follow"));
  const list = el("ol", { class: "transcript", tabIndex: 0, "aria-label": t("transcript"), lang: document_.language, on: { wheel: wander, touchmove: wander, keydown: wander } }, lines);
  const share = el("button", { type: "button", class: "quiet share", on: { click: copyLink } }, icon("link"), el("span", {}, t("share.now")));
  let following = true;
  let current = -1;

  const node = el(
    "div", { class: `recording${player ? "" : " silent"}` },
    player ? el("div", { class: "player-side" }, player, el("div", { class: "player-bar" }, share), found) : found,
    el("section", { class: "transcript-side" }, el("h2", {}, t("transcript")), list, resume),
  );

  function line(one, before) {
    const name = one.speaker_id && one.speaker_id !== before?.speaker_id ? people.get(one.speaker_id) : null;
    const isMatched = passages.some((p) => p.start_ms !== null && one.start_ms < p.end_ms && p.start_ms < one.end_ms);
    const time = player
      ? el("button", { type: "button", class: "at", "aria-label": t("transcript.jump", { time: clock(one.start_ms) }), on: { click: () => jump(one) } }, clock(one.start_ms))
      : el("span", { class: "at" }, clock(one.start_ms));
    return el(
      "li", { class: `turn-line${isMatched ? " matched" : ""}${one.flags.length ? " doubtful" : ""}`, dataset: { start: one.start_ms }, title: one.flags.length ? t("transcript.doubtful") : null },
      name ? el("strong", { class: "speaker" }, name) : null,
      time,
      el("span", { class: "words", on: player ? { click: () => getSelection().isCollapsed && jump(one) } : {} }, marked(one.text, words)),
    );
  }

  function jump(one) {
    follow();
    player.currentTime = one.start_ms / 1000;
    player.play().catch(() => {}); // refused by the browser: the person presses play
    noteAddress(address(one.start_ms / 1000));
  }

  function onTime() {
    const index = indexAt(turns, player.currentTime * 1000);
    if (index === current) return;
    current = index;
    lines.forEach((item, at) => (at === index ? item.setAttribute("aria-current", "true") : item.removeAttribute("aria-current")));
    if (following && index >= 0) bring(lines[index]);
  }

  function bring(item) {
    const top = item.offsetTop - list.offsetTop - list.clientHeight / 3;
    list.scrollTo({ top, behavior: isStill() || player?.paused !== false ? "instant" : "smooth" });
  }

  function wander(event) {
    if (event.type === "keydown" && !/^(Arrow|Page|Home|End)/.test(event.key)) return;
    following = false;
    resume.hidden = !player;
  }

  function follow() {
    following = true;
    resume.hidden = true;
    if (lines[current]) bring(lines[current]);
  }

  async function copyLink() {
    const label = share.lastElementChild;
    const seconds = Math.floor(player.currentTime * 10) / 10;
    noteAddress(address(seconds));
    const text = t("share.done", { time: clock(seconds * 1000) });
    try {
      await navigator.clipboard.writeText(location.href);
      label.textContent = text;
    } catch {
      label.textContent = t("share.address"); // no clipboard here: the address bar has the link
    }
    announce(label.textContent);
    setTimeout(() => (label.textContent = t("share.now")), COPIED_MS);
  }

  function address(seconds) {
    const url = new URL(location.href);
    url.searchParams.set("t", String(Math.round(seconds * 10) / 10));
    url.hash = "";
    return url.pathname + url.search;
  }

  function goTo(route) {
    if (route.t === null) return;
    follow();
    if (player) seek(player, route.t);
    else placeAt(route.t * 1000);
  }

  function placeAt(milliseconds) {
    const index = indexAt(turns, milliseconds);
    if (index >= 0) showTarget(list, `[data-start="${turns[index].start_ms}"]`);
  }

  return {
    node,
    goTo,
    start: () => player?.addEventListener("timeupdate", onTime),
    close: () => player?.pause(),
  };
}

function buildPlayer(document_) {
  const { links, media_kind: kind, title } = document_;
  if (!links.media) return null;
  const shared = { src: links.media, controls: true, preload: "metadata", "aria-label": title };
  return kind === "video" ? el("video", { ...shared, poster: links.poster ?? "", playsInline: true }) : el("audio", shared);
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

/** Return the index of the last turn that has begun at `ms`; -1 before the first. */
function indexAt(turns, ms) {
  let [low, high] = [0, turns.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (turns[middle].start_ms <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
