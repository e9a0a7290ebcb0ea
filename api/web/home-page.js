// The first page: what was published last, and a few questions to start from.

import { getJson, Latest } from "./api.js";
import { el, fill, link } from "./dom.js";
import { kindLine, peopleLine } from "./hit-card.js";
import { t } from "./i18n.js";
import { resultsUrl } from "./router.js";
import { failure, notice, skeleton } from "./states.js";
import { session } from "./session.js";

const N_RECENT = 9;
const STARTERS = ["home.ask.1", "home.ask.2", "home.ask.3", "home.ask.4"];
const latest = new Latest();

/** Show the first page inside `main`. */
export async function showHome(main) {
  document.title = "Cordée";
  const recent = el("section", { class: "recent" }, el("h2", {}, t("home.recent")), skeleton(3));
  fill(main, starters(), recent);
  try {
    const answer = await latest.run((signal) => getJson("/v1/documents", { params: { per_page: N_RECENT }, signal }));
    if (answer) fill(recent, el("h2", {}, t("home.recent")), answer.documents.length ? list(answer.documents) : nothing());
  } catch (cause) {
    fill(recent, failure(cause, () => showHome(main)));
  }
}

/** Drop what is under way: the reader has gone elsewhere. */
export function leaveHome() {
  latest.cancel();
}

function starters() {
  const chip = (key) => el("li", {}, link(resultsUrl({ q: t(key) }), { class: "chip" }, t(key)));
  return el("ul", { class: "starters", "aria-label": t("home.asks") }, STARTERS.map(chip));
}

function list(documents) {
  return el("ul", { class: "tiles" }, documents.map((one) => el("li", {}, tile(one))));
}

function tile(one) {
  return el(
    "article", { class: "card tile" },
    one.links.poster ? el("img", { src: one.links.poster, alt: "", loading: "lazy", width: 320, height: 180 }) : null,
    kindLine(one),
    el("h3", { lang: one.language, dir: "auto" }, link(one.url, {}, one.title)),
    peopleLine(one),
  );
}

function nothing() {
  return notice("empty", t("home.empty.title"), t(session.caller?.may_ingest ? "home.empty.mentor" : "home.empty.text"));
}
