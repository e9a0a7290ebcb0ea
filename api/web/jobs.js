// Ingestion jobs that move while one looks at them. The server draws every card: a script only
// fetches it anew when a job has gone on, so that nothing is worded in two places.

import { ApiError, call } from "./api.js";
import { announce, el, icon } from "./dom.js";
import { overall } from "./overall.js";
import { sentence } from "./problems.js";
import { duration, number, t } from "./strings.js";

const STREAMS = 2; // a browser keeps few connections to one server, and pages need some
const POLL_MS = 3000;

class JobList {
  constructor(list) {
    this.list = list;
    this.streams = new Map(); // of job id to its open event stream, or the timer of its next look
    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-retry], [data-act]");
      if (button?.dataset.act) this.act(button);
      else if (button) this.retry(button);
    });
  }

  /** Put a row on top of the list. */
  prepend(node) {
    this.list.prepend(el("li", {}, node));
  }

  /** Show a job in the place of `node`; a card of the same job that is here already goes. */
  async show(jobId, node) {
    const card = await cardOf(jobId);
    this.#card(jobId)?.closest("li").remove();
    if (node.isConnected) node.replaceWith(card);
    else this.prepend(card);
    this.tend();
    return card;
  }

  /** Follow the oldest jobs that are under way, which are the next to move. */
  tend() {
    overall.tend();
    const waiting = [...this.list.querySelectorAll(".job[data-under-way]")].reverse();
    for (const card of waiting) {
      if (this.streams.size >= STREAMS) return;
      if (!this.streams.has(card.dataset.job)) this.#open(card.dataset.job, card.dataset.events);
    }
  }

  async retry(button) {
    button.disabled = true;
    const card = button.closest(".job");
    try {
      const job = await call(`/v1/jobs/${encodeURIComponent(card.dataset.job)}/retry`, { method: "POST" });
      this.prepend(await cardOf(job.id));
      await this.#refresh(card.dataset.job);
      this.tend();
    } catch (cause) {
      button.disabled = false;
      sayProblem(card, sentence(cause.code));
    }
  }

  /** Cancel, pause, resume or put first the job of a button's card. */
  async act(button) {
    button.disabled = true;
    const card = button.closest(".job");
    const id = card.dataset.job;
    try {
      await call(`/v1/jobs/${encodeURIComponent(id)}/${button.dataset.act}`, { method: "POST" });
      this.streams.get(id)?.close();
      this.streams.delete(id);
      const now = await this.#refresh(id);
      announce(t("jobs.ended", { title: now.querySelector(".job-title").textContent, state: now.querySelector(".job-state").textContent.trim() }));
      this.tend();
    } catch (cause) {
      button.disabled = false;
      sayProblem(card, sentence(cause.code));
    }
  }

  #open(jobId, address) {
    const events = new EventSource(address);
    this.streams.set(jobId, events);
    events.addEventListener("progress", (event) => this.#onProgress(jobId, JSON.parse(event.data)));
    events.addEventListener("done", () => this.#end(jobId));
    // A proxy that holds events back, a laptop that slept: the job is looked at now and then instead.
    events.addEventListener("error", () => {
      events.close();
      this.#poll(jobId);
    });
  }

  #poll(jobId) {
    const look = async () => {
      const card = await this.#refresh(jobId).catch((cause) => (cause.code === "offline" ? this.#card(jobId) : null));
      if (card?.hasAttribute("data-under-way")) this.#poll(jobId);
      else this.#end(jobId);
    };
    this.streams.set(jobId, { close: () => clearTimeout(timer) });
    const timer = setTimeout(look, POLL_MS);
  }

  #onProgress(jobId, job) {
    const card = this.#card(jobId);
    if (!card) return this.#end(jobId);
    if (card.dataset.state !== job.state || card.dataset.stage !== (job.stage ?? "") || card.dataset.standing !== (job.standing ?? "")) this.#refresh(jobId).catch(() => {});
    else showShare(card, job);
  }

  async #end(jobId) {
    this.streams.get(jobId)?.close();
    const card = await this.#refresh(jobId).catch(() => null);
    this.streams.delete(jobId);
    if (card) announce(t("jobs.ended", { title: card.querySelector(".job-title").textContent, state: card.querySelector(".job-state").textContent.trim() }));
    this.tend();
  }

  async #refresh(jobId) {
    const now = await cardOf(jobId);
    this.#card(jobId)?.replaceWith(now);
    return now;
  }

  #card(jobId) {
    return this.list.querySelector(`.job[data-job="${CSS.escape(jobId)}"]`);
  }
}

function showShare(card, job) {
  const bar = card.querySelector("progress");
  if (!bar) return;
  bar.value = job.share;
  const left = job.seconds_left === null ? "" : ` · ${t("jobs.left", { time: duration(job.seconds_left) })}`;
  card.querySelector("[data-whole]").textContent = t("jobs.share", { percent: Math.floor(job.share * 100) }) + left;
  const says = card.querySelector("[data-share]");
  if (says) says.textContent = job.progress > 0 ? ` ${number(job.progress, { style: "percent" })}` : "";
}

function sayProblem(card, text) {
  card.querySelector(".job-problem.now")?.remove();
  card.append(el("p", { class: "job-problem now", role: "alert" }, icon("warning"), el("span", {}, text)));
}

/** Return the card of a job as the server draws it now; raises `ApiError`. */
async function cardOf(jobId) {
  const page = await pageAt(`/console/jobs/${encodeURIComponent(jobId)}`);
  const card = page.querySelector(`.job`);
  if (!card) throw new ApiError("unreadable", 200, "");
  return document.adoptNode(card);
}

// As a document, which XMLHttpRequest gives and fetch does not: no text is turned into markup here.
function pageAt(address) {
  return new Promise((resolve, reject) => {
    const asking = new XMLHttpRequest();
    asking.open("GET", address);
    asking.responseType = "document";
    asking.addEventListener("load", () => (asking.status === 200 ? resolve(asking.response) : reject(new ApiError(asking.status === 401 ? "unauthenticated" : "not-found", asking.status, ""))));
    asking.addEventListener("error", () => reject(new ApiError("offline", 0, "")));
    asking.send();
  });
}

/** The list of jobs of this page. */
export const jobs = new JobList(document.querySelector("#jobs"));
jobs.tend();
