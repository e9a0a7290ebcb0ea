// The results of a query: facets, cards, pages of results.

import { getJson, Latest } from "./api.js";
import { el, fill, icon, link } from "./dom.js";
import { chosenChips, facetPanel } from "./facets.js";
import { hitCard } from "./hit-card.js";
import { number, t } from "./i18n.js";
import { FILTERS, resultsUrl } from "./router.js";
import { announce, failure, notice, skeleton } from "./states.js";
import { readTaxonomy } from "./taxonomy.js";

const PER_PAGE = 10;
const N_KEPT = 20; // answers kept so that "back" is instant; the oldest goes first
const kept = new Map();
const latest = new Latest();

/** Forget every answer: another person is asking, or something was published. */
export function forgetResults() {
  kept.clear();
}

/** Drop the search under way: the reader has gone elsewhere. */
export function leaveResults() {
  latest.cancel();
}

/** Show the results of `route` inside `main`; `back` shows what was there, with its scroll. */
export async function showResults(main, route, { back = false, scroll = 0 } = {}) {
  document.title = `${route.q || t("results.browse")} · Cordée`;
  const key = resultsUrl(route);
  if (back && kept.has(key)) {
    latest.cancel();
    paint(main, kept.get(key), route);
    window.scrollTo({ top: scroll });
    return;
  }
  wait(main);
  try {
    await readTaxonomy();
    const answer = await latest.run((signal) => ask(route, signal));
    if (!answer) return;
    keep(key, answer);
    paint(main, answer, route);
    if (!back) window.scrollTo({ top: 0 });
  } catch (cause) {
    fill(main, failure(cause, () => showResults(main, route)));
    announce(main.innerText);
  } finally {
    main.removeAttribute("aria-busy");
  }
}

function wait(main) {
  main.setAttribute("aria-busy", "true");
  if (!main.querySelector(".results")) fill(main, el("div", { class: "results" }, el("div", { class: "facets placeholder" }), skeleton(3)));
}

function ask(route, signal) {
  const params = new URLSearchParams({ q: route.q, page: route.page, per_page: PER_PAGE });
  for (const name of FILTERS) for (const value of route.filters[name]) params.append(name, value);
  if (route.since) params.set("since", route.since);
  if (route.until) params.set("until", route.until);
  return getJson("/v1/search", { params, signal });
}

function keep(key, answer) {
  kept.delete(key);
  kept.set(key, answer);
  if (kept.size > N_KEPT) kept.delete(kept.keys().next().value);
}

function paint(main, answer, route) {
  const focused = focusedChoice();
  const count = countLine(answer);
  fill(
    main,
    el(
      "div", { class: "results" },
      facetPanel(answer.facets, route),
      el(
        "div", { class: "hits" },
        el("div", { class: "hits-head" }, el("h1", { class: "visually-hidden" }, route.q ? t("results.for", { q: route.q }) : t("results.browse")), el("p", { class: "count-line" }, count, el("span", { class: "took" }, t("results.took", { ms: Math.max(1, Math.round(answer.took_ms)) }))), chosenChips(route), meant(answer, route)),
        answer.hits.length ? answer.hits.map((hit) => hitCard(hit, route)) : nothing(route),
        pages(answer, route),
      ),
    ),
  );
  main.removeAttribute("aria-busy");
  refocus(focused);
  announce(count);
}

function countLine({ total, total_relation: relation }) {
  return total === 0 ? t("results.none") : t(relation === "exact" ? "results.count" : "results.atLeast", { n: total });
}

function meant({ suggestion }, route) {
  if (!suggestion) return null;
  return el("p", { class: "meant" }, t("results.meant"), " ", link(resultsUrl({ ...route, q: suggestion, page: 1 }), {}, suggestion), " ?");
}

function nothing(route) {
  const narrowed = FILTERS.some((name) => route.filters[name].length) || route.since || route.until;
  return notice(
    "empty", route.q ? t("empty.title", { q: route.q }) : t("results.none"), t(narrowed ? "empty.narrowed" : "empty.text"),
    narrowed ? link(resultsUrl({ q: route.q }), { class: "primary" }, t("filter.clear")) : link("/", { class: "primary" }, t("home")),
  );
}

function pages({ total, page, per_page: perPage, hits }, route) {
  const last = Math.ceil(total / perPage);
  if (!hits.length || last < 2) return null;
  const step = (to, name, shape) => to < 1 || to > last ? el("span") : link(resultsUrl({ ...route, page: to }), { class: `step ${shape}`, rel: shape === "back" ? "prev" : "next" }, shape === "back" ? icon("back") : null, t(name), shape === "next" ? icon("next") : null);
  return el("nav", { class: "pages", "aria-label": t("pages.label") }, step(page - 1, "pages.previous", "back"), el("span", {}, t("pages.where", { page, last: number(last) })), step(page + 1, "pages.next", "next"));
}

// A new page of results rebuilds the panel: whoever ticks a box with the keyboard stays on it.
function focusedChoice() {
  const node = document.activeElement;
  return node?.closest?.(".facets") && node.name ? { name: node.name, value: node.type === "checkbox" ? node.value : null, open: true } : null;
}

function refocus(focused) {
  if (!focused) return;
  const panel = document.querySelector(".facets");
  panel.open = true;
  const same = [...panel.querySelectorAll(`input[name="${focused.name}"]`)].find((node) => focused.value === null || node.value === focused.value);
  same?.focus({ preventScroll: true });
}
