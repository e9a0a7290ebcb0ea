// The search box: a combobox (WAI-ARIA 1.2, list autocomplete with manual selection).

import { getJson, Latest } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { hasMessage, t } from "./i18n.js";
import { navigate, readRoute, resultsUrl } from "./router.js";
import { fold } from "./text.js";

const SUGGEST_AFTER_MS = 120;
const SEARCH_AFTER_MS = 300; // a pause in typing; shorter ones flicker, longer ones feel like waiting
const MIN_CHARS = 3; // two letters match nearly everything
const N_SUGGESTIONS = 6;

const form = document.querySelector("#search");
const input = document.querySelector("#q");
const list = document.querySelector("#suggestions");
const latest = new Latest();
let options = [];
let active = -1;
let suggestTimer = 0;
let searchTimer = 0;

/** Wire the box up: typing, suggestions, and the keys that bring it back into focus. */
export function startSearchBox() {
  form.querySelector(".search-icon").append(icon("search"));
  form.querySelector("button").prepend(icon("search")); // on narrow screens the icon is the button
  input.addEventListener("input", onInput);
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", () => setTimeout(close, 120)); // after a click on an option
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search({ pause: false });
  });
  document.addEventListener("keydown", onShortcut);
}

/** Show the query of the address in the box, unless the person is typing in it. */
export function showQuery(q, { typing }) {
  if (!typing && input.value !== q) input.value = q;
}

/** Tell whether the box has the focus. */
export function isTyping() {
  return document.activeElement === input;
}

function onInput() {
  clearTimeout(suggestTimer);
  clearTimeout(searchTimer);
  const text = input.value.trim();
  if (text.length < MIN_CHARS) {
    latest.cancel();
    close();
    return;
  }
  suggestTimer = setTimeout(() => suggest(text), SUGGEST_AFTER_MS);
  // Inside a document the box asks to leave it: only Enter does that.
  if (readRoute().view !== "document") searchTimer = setTimeout(() => search({ pause: true }), SEARCH_AFTER_MS);
}

function search({ pause }) {
  clearTimeout(suggestTimer);
  clearTimeout(searchTimer);
  if (!pause) {
    latest.cancel();
    close();
  }
  const q = input.value.trim();
  const route = readRoute();
  const filters = route.view === "results" ? route : {};
  if (!q) navigate("/");
  else if (!(pause && q === route.q)) navigate(resultsUrl({ ...filters, q, page: 1 }), { replace: pause && route.view === "results" });
}

async function suggest(text) {
  try {
    const answer = await latest.run((signal) => getJson("/v1/suggest", { params: { q: text, limit: N_SUGGESTIONS }, signal }));
    if (answer && isTyping()) open(answer.suggestions.slice(0, N_SUGGESTIONS), text);
  } catch {
    close(); // a search without suggestions is still a search
  }
}

function open(suggestions, text) {
  options = suggestions;
  active = -1;
  if (!options.length) return close();
  fill(list, options.map((option, index) => row(option, index, text)));
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
  input.removeAttribute("aria-activedescendant");
}

function row(option, index, text) {
  const isDocument = option.type === "document";
  const label = hasMessage(`suggest.${option.type}`) ? t(`suggest.${option.type}`) : "";
  return el(
    "li",
    {
      id: `suggestion-${index}`, role: "option", "aria-selected": "false",
      on: { mousedown: (event) => event.preventDefault(), click: () => choose(index) },
    },
    icon(isDocument ? "text" : "tag"),
    el("span", { class: "suggestion-text" }, typed(option.text, text)),
    el("span", { class: "suggestion-type" }, label),
  );
}

function typed(text, query) {
  const at = fold(text).indexOf(fold(query));
  // Folding can change the length of exotic text; then nothing is marked rather than the wrong part.
  if (at < 0 || fold(text).length !== text.length) return [text];
  return [text.slice(0, at), el("mark", {}, text.slice(at, at + query.length)), text.slice(at + query.length)];
}

function close() {
  options = [];
  active = -1;
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function choose(index) {
  const option = options[index];
  clearTimeout(suggestTimer);
  clearTimeout(searchTimer);
  latest.cancel();
  close();
  if (option.url) return navigate(option.url);
  input.value = "";
  navigate(resultsUrl({ filters: { tag: [option.id] } }));
}

function onKey(event) {
  if (event.key === "Escape" && !list.hidden) {
    event.preventDefault(); // the first Escape closes the list, the next one empties the box
    close();
  } else if (event.key === "Enter" && active >= 0) {
    event.preventDefault();
    choose(active);
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    activate(wrap(active + step));
  }
}

function wrap(index) {
  const places = options.length + 1; // one more: the box itself, with nothing chosen
  return ((index + 1 + places) % places) - 1;
}

function activate(index) {
  active = index;
  [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
  if (index < 0) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", `suggestion-${index}`);
  list.children[index].scrollIntoView({ block: "nearest" });
}

function onShortcut(event) {
  const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isEditable(event.target);
  const ctrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (!(slash || ctrlK) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  input.focus();
  input.select();
}

function isEditable(node) {
  return node instanceof HTMLElement && (node.isContentEditable || /^(input|textarea|select)$/i.test(node.tagName));
}
