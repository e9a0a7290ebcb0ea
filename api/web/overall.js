// The bar over all jobs together: numbers come by server-sent events for as long as a job is
// unfinished, and no name of anything with them.

import { duration, t } from "./strings.js";

const RETRY_MS = 10000;

class Overall {
  constructor(box) {
    this.box = box;
    this.events = null;
  }

  /** Follow what is unfinished, if this page shows it and it is not followed already. */
  tend() {
    if (!this.box || this.events) return;
    this.events = new EventSource(this.box.dataset.events);
    this.events.addEventListener("progress", (event) => this.#show(JSON.parse(event.data)));
    this.events.addEventListener("done", (event) => {
      this.#stop();
      this.#show(JSON.parse(event.data));
    });
    this.events.addEventListener("error", () => {
      this.#stop();
      setTimeout(() => this.tend(), RETRY_MS);
    });
  }

  #stop() {
    this.events?.close();
    this.events = null;
  }

  #show(now) {
    this.box.hidden = false;
    this.box.querySelector("progress").value = now.share;
    this.box.querySelector("[data-says]").textContent = now.n_over === now.n_jobs ? t("jobs.idle") : parts(now).join(" · ");
  }
}

// As `overall` of console/parts.html says it at first.
function parts(now) {
  const { stalled, waiting, paused } = now.standings;
  return [
    t("jobs.over", { n: now.n_over, all: now.n_jobs }),
    t("jobs.share", { percent: Math.floor(now.share * 100) }),
    now.seconds_left === null ? "" : t("jobs.left", { time: duration(now.seconds_left) }),
    stalled ? t("jobs.stalled", { n: stalled }) : "",
    waiting ? t("jobs.waiting", { n: waiting }) : "",
    paused ? t("jobs.paused", { n: paused }) : "",
  ].filter(Boolean);
}

/** The bar of this page; does nothing on a page without one. */
export const overall = new Overall(document.querySelector("#overall"));
