// A PDF at its page: the picture of the page, and its text with the passage marked.

import { el, fill, icon } from "../dom.js";
import { t } from "../i18n.js";
import { noteAddress } from "../router.js";
import { blockNodes, overlaps } from "./blocks.js";

/** Return the viewer of a PDF. */
export function pdfViewer({ document_, content, passages, words, found }) {
  const addresses = document_.links.pages;
  const nPages = addresses.length;
  let page = 0;

  const picture = el("img", { class: "page-picture", width: 900, height: 1273, on: { error: () => frame.classList.add("missing"), load: () => frame.classList.remove("missing") } });
  const frame = el("a", { class: "page-frame", target: "_blank", rel: "noopener" }, picture, el("span", { class: "page-missing" }, t("pdf.missing")));
  const previous = turnButton("back", "pdf.previous", () => turn(page - 1));
  const next = turnButton("next", "pdf.next", () => turn(page + 1));
  const where = el("span", { class: "page-where", "aria-live": "polite" });
  const bar = el("div", { class: "page-bar", role: "group", "aria-label": t("pages.label") }, previous, where, next);
  const sheet = el("article", { class: "sheet prose", lang: document_.language, dir: "auto" });
  const node = el("div", { class: "pdf", on: { keydown: onKey } }, el("div", { class: "page-side" }, bar, frame), el("div", { class: "text-side" }, found, el("section", { class: "page-text" }, el("h2", {}, t("pdf.text")), sheet)));

  function turn(to) {
    show(to);
    noteAddress(`${location.pathname}${location.search}#page=${page}`);
  }

  function show(to) {
    page = Math.min(nPages, Math.max(1, to));
    picture.src = frame.href = addresses[page - 1];
    picture.alt = t("pdf.alt", { page, title: document_.title });
    where.textContent = t("pages.where", { page, last: nPages });
    // Not `disabled`: that would drop the focus of whoever pages with the keyboard.
    previous.setAttribute("aria-disabled", String(page === 1));
    next.setAttribute("aria-disabled", String(page === nPages));
    const blocks = content.blocks.filter((block) => block.page === page);
    fill(sheet, blocks.length ? blockNodes(blocks, { words, decorate }) : el("p", { class: "quiet" }, t("pdf.blank")));
  }

  function decorate(block, blockNode) {
    const here = passages.filter((one) => one.page !== null && one.page <= page && page <= (one.last_page ?? one.page));
    blockNode.classList.toggle("matched", here.some((one) => overlaps(block.text, one.snippet.text)));
  }

  function onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "PageDown" || event.key === "ArrowRight") turn(page + 1);
    else if (event.key === "PageUp" || event.key === "ArrowLeft") turn(page - 1);
    else return;
    event.preventDefault();
  }

  return {
    node,
    goTo: (route) => show(route.page ?? (page || 1)),
  };
}

function turnButton(shape, key, press) {
  return el("button", { type: "button", class: "turn", "aria-label": t(key), title: t(key), on: { click: press } }, icon(shape));
}
