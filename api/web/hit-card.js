// One document among the results, with its best passages as knots along a rope.

import { el, icon, link } from "./dom.js";
import { clock, day, duration, names, number, t } from "./i18n.js";
import { resultsUrl, withQuery } from "./router.js";
import { tagLabel } from "./taxonomy.js";
import { highlighted } from "./text.js";

const N_TAGS = 4;
const N_PEOPLE = 3;

/** Return the card of a hit of the results of `route`. */
export function hitCard(hit, route) {
  return el(
    "article", { class: "card hit", dataset: { document: hit.document_id }, "aria-labelledby": `hit-${hit.rank}` },
    el(
      "div", { class: "hit-head" },
      el(
        "div", { class: "hit-title" },
        kindLine(hit),
        el("h2", { id: `hit-${hit.rank}`, lang: hit.language, dir: "auto" }, link(withQuery(hit.url, route.q), {}, hit.title)),
        peopleLine(hit),
      ),
      poster(hit, route),
    ),
    el("ol", { class: "knots" }, hit.passages.map((passage) => knot(passage, hit, route))),
    el("div", { class: "hit-foot" }, tags(hit, route), reasons(hit)),
  );
}

/** Return the line that says what a document is, from when, how long, and whether it is private. */
export function kindLine(document_) {
  const facts = [day(document_.created_at)];
  if (document_.duration_ms) facts.push(duration(document_.duration_ms));
  if (document_.n_pages) facts.push(t("pages", { n: document_.n_pages }));
  return el(
    "p", { class: "kind" },
    el("span", { class: "kind-name" }, icon(document_.media_kind), t(`kind.${document_.kind}`)),
    facts.map((fact) => el("span", {}, fact)),
    document_.visibility === "students" ? null : el("span", { class: "badge", title: t(`visibility.${document_.visibility}.hint`) }, icon("lock"), t(`visibility.${document_.visibility}`)),
  );
}

/** Return the line of the people of a document, or `null`. */
export function peopleLine({ participants }) {
  if (!participants.length) return null;
  const all = [...participants].sort((a, b) => (b.role === "mentor") - (a.role === "mentor"));
  const named = all.length > N_PEOPLE + 1 ? all.slice(0, N_PEOPLE) : all; // "and 1 other" would be as long as a name
  const shown = named.map((person) => (person.role === "mentor" ? t("mentor.of", { name: person.name }) : person.name));
  if (named.length < all.length) shown.push(t("people.more", { n: all.length - named.length }));
  return el("p", { class: "people" }, icon("person"), names(shown));
}

function poster(hit, route) {
  if (!hit.poster_url) return null;
  const picture = el("img", { src: hit.poster_url, alt: "", loading: "lazy", width: 192, height: 108 });
  // The title is the link for everybody; this one would only be read out a second time.
  return link(withQuery(hit.url, route.q), { class: "poster", tabIndex: -1, "aria-hidden": "true" }, picture, hit.duration_ms ? el("span", {}, clock(hit.duration_ms)) : null);
}

function knot(passage, hit, route) {
  const speakers = passage.speakers.length ? el("span", { class: "speakers" }, names(passage.speakers.map((one) => one.name))) : null;
  const heading = passage.heading && passage.heading !== hit.title ? el("span", { class: "passage-heading", lang: hit.language }, passage.heading) : null;
  return el(
    "li", {},
    link(
      withQuery(passage.url, route.q), { class: "knot" },
      el("span", { class: "place" }, placeLabel(passage)), heading, speakers,
      el("span", { class: "snippet", lang: hit.language, dir: "auto" }, highlighted(passage.snippet)),
    ),
  );
}

/** Return the name of a passage's place: `à 3:07`, `page 2`, `message 5`. */
export function placeLabel(passage) {
  const start = passage.moment?.start_ms ?? passage.start_ms;
  if (start !== null && start !== undefined) return t("place.time", { time: clock(start) });
  if (passage.page) return t("place.page", { page: passage.page });
  if (passage.message !== null) return t("place.message", { message: passage.message + 1 });
  return t("place.block");
}

function tags(hit, route) {
  if (!hit.tags.length) return el("span");
  const chip = (tag) => link(resultsUrl({ ...route, page: 1, filters: { ...route.filters, tag: [...new Set([...route.filters.tag, tag.id])] } }), { class: "chip" }, tagLabel(tag));
  return el("ul", { class: "tags", "aria-label": t("facet.tag") }, hit.tags.slice(0, N_TAGS).map((tag) => el("li", {}, chip(tag))), more(hit.tags));
}

function more(all) {
  const rest = all.slice(N_TAGS);
  if (!rest.length) return null;
  return el("li", { class: "chip quiet", title: rest.map(tagLabel).join(", ") }, `+${rest.length}`);
}

function reasons(hit) {
  const { explanation } = hit;
  const score = (value) => (value === null ? t("why.off") : number(value, { maximumFractionDigits: 2 }));
  const row = (name, value) => [el("dt", {}, t(name)), el("dd", {}, value)];
  return el(
    "details", { class: "why" },
    el("summary", {}, t("why")),
    el(
      "dl", {},
      row("why.words", explanation.matched_terms.length ? explanation.matched_terms.join(", ") : t("why.none")),
      row("why.lexical", score(explanation.lexical)), row("why.dense", score(explanation.dense)), row("why.fused", score(explanation.fused)),
    ),
  );
}
