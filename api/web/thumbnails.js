// What the video shows at a place of the timeline: under the pointer, and for links in focus.

import { el } from "./dom.js";
import { clock } from "./strings.js";

/** Show thumbnails above the timeline, and play from where it is clicked. */
export function showThumbnails(root, player, { secondOf, jump }) {
  const element = root.querySelector("#thumbnails");
  const timeline = root.querySelector(".timeline");
  if (!element || !timeline) return;
  const line = timeline.querySelector("svg");
  const thumbnail = new Thumbnail(element, timeline);
  const secondAt = (event) => {
    const { left, width } = line.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width)) * player.duration;
  };
  timeline.classList.add("has-thumbnails");
  // The cues are fetched when somebody first comes near.
  for (const kind of ["pointerenter", "focusin"]) root.addEventListener(kind, () => thumbnail.load(), { once: true });
  line.addEventListener("pointermove", (event) => thumbnail.show(secondAt(event), player.duration));
  line.addEventListener("pointerleave", () => thumbnail.hide());
  line.addEventListener("click", (event) => {
    if (!event.target.closest("a") && player.duration) jump(secondAt(event));
  });
  // The same places by keyboard: chapters, slides, found passages and turns are links.
  root.addEventListener("focusin", ({ target }) => {
    const second = target.matches("a[href]:focus-visible") ? secondOf(new URL(target.href)) : null;
    if (second === null) thumbnail.hide();
    else thumbnail.show(second, player.duration);
  });
  root.addEventListener("focusout", () => thumbnail.hide());
  root.addEventListener("keydown", (event) => event.key === "Escape" && thumbnail.hide());
}

class Thumbnail {
  constructor(element, timeline) {
    this.element = element;
    this.timeline = timeline;
    this.picture = el("div", { class: "thumbnail-picture" });
    this.time = el("div", {});
    this.node = el("div", { class: "thumbnail", hidden: true, "aria-hidden": "true" }, this.picture, this.time);
    timeline.append(this.node);
  }

  load() {
    this.element.track.mode = "hidden"; // fetches its cues, shows none
  }

  show(second, duration) {
    const cue = [...(this.element.track.cues ?? [])].findLast((each) => each.startTime <= second);
    const part = cue?.text.match(/^(.+)#xywh=(\d+),(\d+),(\d+),(\d+)$/);
    if (!part || !duration) return;
    const [x, y, width, height] = part.slice(2).map(Number);
    Object.assign(this.picture.style, {
      width: `${width}px`, height: `${height}px`,
      backgroundImage: `url("${new URL(part[1], this.element.src).href}")`,
      backgroundPosition: `-${x}px -${y}px`,
    });
    this.time.textContent = clock(second * 1000);
    this.node.hidden = false;
    const room = this.timeline.clientWidth - this.node.offsetWidth;
    const middle = (second / duration) * this.timeline.clientWidth - this.node.offsetWidth / 2;
    this.node.style.left = `${Math.max(0, Math.min(room, middle))}px`;
  }

  hide() {
    this.node.hidden = true;
  }
}
