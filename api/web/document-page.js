// One document in place: its head, the passages that met the query, and the viewer of its kind.

import { getJson, Latest } from "./api.js";
import { el, fill, icon, link } from "./dom.js";
import { kindLine, peopleLine, placeLabel } from "./hit-card.js";
import { t } from "./i18n.js";
import { resultsUrl, withQuery } from "./router.js";
import { announce, failure, skeleton } from "./states.js";
import { readTaxonomy, tagLabel } from "./taxonomy.js";
import { highlighted, wordsOf } from "./text.js";
import { conversationViewer } from "./viewers/conversation.js";
import { pdfViewer } from "./viewers/pdf.js";
import { recordingViewer } from "./viewers/recording.js";
import { textViewer } from "./viewers/text.js";

const latest = new Latest();
let shown = null; // {key, viewer} of the document on the page

/** Drop the document on the page: the reader has gone elsewhere. */
export function leaveDocument() {
  latest.cancel();
  shown?.viewer.close?.();
  shown = null;
}

/** Show the document of `route` inside `main`, at its place. */
export async function showDocument(main, route) {
  const key = `${route.id}?${route.q}`;
  if (shown?.key === key) return shown.viewer.goTo(route); // same document, another place
  leaveDocument();
  main.setAttribute("aria-busy", "true");
  fill(main, el("div", { class: "document" }, skeleton(2)));
  window.scrollTo({ top: 0 });
  try {
    const parts = await latest.run((signal) => read(route, signal));
    if (parts) paint(main, key, route, parts);
  } catch (cause) {
    fill(main, failure(cause, () => showDocument(main, route)));
    announce(main.innerText);
  } finally {
    main.removeAttribute("aria-busy");
  }
}

async function read(route, signal) {
  const about = `/v1/documents/${encodeURIComponent(route.id)}`;
  const [document_, found] = await Promise.all([getJson(about, { signal }), find(route, signal), readTaxonomy()]);
  const isTimed = document_.media_kind === "video" || document_.media_kind === "audio";
  const content = await getJson(document_.links.content, { params: isTimed ? { words: true } : undefined, signal });
  return { document_, content, passages: found };
}

async function find(route, signal) {
  if (!route.q) return [];
  try {
    const answer = await getJson("/v1/search", { params: { q: route.q, document: route.id, per_page: 1 }, signal });
    return answer.hits[0]?.passages ?? [];
  } catch (cause) {
    if (cause.name === "AbortError") throw cause;
    return []; // a document without its marks is still the document
  }
}

function paint(main, key, route, { document_, content, passages }) {
  const words = wordsOf(passages.map((passage) => passage.snippet));
  const viewer = chooseViewer(document_, content)({ document_, content, passages, words, found: found(passages, route, document_) });
  document.title = `${document_.title} · Cordée`;
  const heading = el("h1", { tabIndex: -1, lang: document_.language, dir: "auto" }, document_.title);
  fill(
    main,
    el(
      "div", { class: "document", dataset: { media: document_.media_kind, id: document_.id } },
      el("div", { class: "document-head" }, back(route), kindLine(document_), heading, peopleLine(document_), tags(document_), links(document_)),
      viewer.node,
    ),
  );
  shown = { key, viewer };
  heading.focus({ preventScroll: true });
  viewer.start?.();
  viewer.goTo(route);
}

function chooseViewer(document_, content) {
  if (document_.media_kind === "pdf" && document_.links.pages.length) return pdfViewer;
  if (content.type === "body") return textViewer;
  return content.utterances.some((one) => one.start_ms !== null) ? recordingViewer : conversationViewer;
}

function back(route) {
  return link(route.q ? resultsUrl({ q: route.q }) : "/", { class: "back", on: { click: (event) => goBack(event, route) } }, icon("back"), t(route.q ? "document.back" : "home"));
}

// The browser's own "back" keeps filters, page and scroll; the link is for those who came from elsewhere.
function goBack(event, route) {
  if (!history.state?.fromResults || !route.q || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.back();
}

function tags(document_) {
  if (!document_.tags.length) return null;
  return el("ul", { class: "tags", "aria-label": t("facet.tag") }, document_.tags.map((tag) => el("li", {}, link(resultsUrl({ filters: { tag: [tag.id] } }), { class: "chip" }, tagLabel(tag)))));
}

function links(document_) {
  return el("p", { class: "document-links" }, el("a", { href: document_.links.original, download: document_.filename, class: "quiet" }, icon("download"), t("document.original")));
}

function found(passages, route, document_) {
  if (!passages.length) return null;
  return el(
    "nav", { class: "found", "aria-label": t("document.found", { q: route.q }) },
    el("h2", {}, t("document.found", { q: route.q })),
    el("ol", { class: "knots" }, passages.map((passage) => el("li", {}, link(withQuery(passage.url, route.q), { class: "knot" }, el("span", { class: "place" }, placeLabel(passage)), el("span", { class: "snippet", lang: document_.language }, highlighted(passage.snippet)))))),
  );
}

