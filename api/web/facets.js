// Narrowing: counts per kind, tag, mentor, speaker and date. Every choice is part of the address.

import { el, icon, link } from "./dom.js";
import { hasMessage, number, t } from "./i18n.js";
import { FILTERS, navigate, resultsUrl } from "./router.js";
import { tagFacet, tagLabel } from "./taxonomy.js";

const N_VALUES = 6;
const TAG_FACETS = ["sector", "topic", "stage", "skill"];
const ORDER = ["kind", ...TAG_FACETS, "tag", "mentor", "speaker"];
const labels = new Map(); // "filter=value" to label, so that a chosen value without hits keeps its name
const unfolded = new Set();

/** Return the panel of facets of one page of results. */
export function facetPanel(facets, route) {
  const groups = grouped(facets, route);
  const nChosen = countChosen(route);
  const panel = el(
    "details", { class: "facets", open: isWide() },
    el("summary", {}, t("facets"), nChosen ? el("span", { class: "count" }, number(nChosen)) : null),
    ORDER.filter((name) => groups.get(name)?.length).map((name) => group(name, groups.get(name), route)),
    dates(route),
  );
  return panel;
}

function isWide() {
  return matchMedia("(min-width: 60rem)").matches;
}

function countChosen(route) {
  return FILTERS.reduce((sum, name) => sum + route.filters[name].length, 0) + Number(Boolean(route.since)) + Number(Boolean(route.until));
}

/** Return the chosen filters as chips that take themselves off, or `null` when there are none. */
export function chosenChips(route) {
  if (!countChosen(route)) return null;
  const off = (name, value) => resultsUrl({ ...route, page: 1, filters: { ...route.filters, [name]: route.filters[name].filter((one) => one !== value) } });
  const chip = (href, label) => el("li", {}, link(href, { class: "chip chosen", "aria-label": t("filter.remove", { label }) }, label, icon("close")));
  return el(
    "ul", { class: "chosen", "aria-label": t("facets.chosen") },
    FILTERS.flatMap((name) => route.filters[name].map((value) => chip(off(name, value), labelOf(name, value)))),
    route.since ? chip(resultsUrl({ ...route, page: 1, since: "" }), `${t("since")} ${route.since}`) : null,
    route.until ? chip(resultsUrl({ ...route, page: 1, until: "" }), `${t("until")} ${route.until}`) : null,
    el("li", {}, link(resultsUrl({ q: route.q }), { class: "clear" }, t("filter.clear"))),
  );
}

function grouped(facets, route) {
  const groups = new Map();
  const put = (name, value) => groups.set(name, [...(groups.get(name) ?? []), value]);
  for (const [name, values] of Object.entries(facets)) for (const value of values) put(groupOf(name, value.value), { ...value, filter: filterOf(name) });
  for (const [filter, chosen] of Object.entries(route.filters))
    for (const value of chosen) {
      const name = groupOf(filter, value);
      if (!groups.get(name)?.some((one) => one.value === value)) put(name, { value, label: labels.get(`${filter}=${value}`) ?? value, count: 0, filter });
    }
  for (const [filter, values] of groups) for (const one of values) labels.set(`${one.filter ?? filter}=${one.value}`, one.label);
  return groups;
}

function filterOf(facet) {
  return TAG_FACETS.includes(facet) ? "tag" : facet;
}

function groupOf(facet, value) {
  return facet === "tag" ? (tagFacet(value) ?? "tag") : facet;
}

function labelOf(filter, value) {
  if (filter === "kind") return hasMessage(`kind.${value}`) ? t(`kind.${value}`) : value;
  const label = labels.get(`${filter}=${value}`) ?? value;
  return filter === "tag" ? tagLabel({ id: value, label }) : label;
}

function group(name, values, route) {
  const isChosen = (one) => route.filters[one.filter]?.includes(one.value) ?? false;
  const first = unfolded.has(name) ? values : values.filter((one, index) => index < N_VALUES || isChosen(one));
  const box = el(
    "fieldset", { dataset: { facet: name } },
    el("legend", {}, t(`facet.${name}`)),
    first.map((one) => choice(one, isChosen(one), route)),
  );
  if (first.length < values.length) box.append(el("button", { class: "quiet", type: "button", on: { click: () => unfold(name, values, route, box) } }, t("facet.more", { n: values.length - first.length })));
  return box;
}

function unfold(name, values, route, box) {
  unfolded.add(name);
  const whole = group(name, values, route);
  box.replaceWith(whole);
  whole.querySelectorAll("input")[N_VALUES]?.focus();
}

function choice(one, chosen, route) {
  const toggle = () => {
    const before = route.filters[one.filter];
    const after = chosen ? before.filter((value) => value !== one.value) : [...before, one.value];
    navigate(resultsUrl({ ...route, page: 1, filters: { ...route.filters, [one.filter]: after } }));
  };
  return el(
    "label", { class: "choice" },
    el("input", { type: "checkbox", checked: chosen, name: one.filter, value: one.value, on: { change: toggle } }),
    el("span", { class: "choice-label" }, labelOf(one.filter, one.value)),
    el("span", { class: "count" }, number(one.count)),
  );
}

function dates(route) {
  const set = (name) => (event) => navigate(resultsUrl({ ...route, page: 1, [name]: event.target.value }));
  const field = (name) => el("label", { class: "date" }, t(name), el("input", { type: "date", name, value: route[name].slice(0, 10), on: { change: set(name) } }));
  return el("fieldset", { dataset: { facet: "date" } }, el("legend", {}, t("facet.date")), field("since"), field("until"));
}

