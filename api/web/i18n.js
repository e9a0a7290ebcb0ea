// The words of the page in the reader's language, and dates and numbers as that language writes them.

import en from "./locales/en.js";
import fr from "./locales/fr.js";

const CATALOGUES = { fr, en };
const STORAGE_KEY = "cordee.language";
const listeners = new Set();

let language = localStorage.getItem(STORAGE_KEY) === "en" ? "en" : "fr";

/** Return the language of the page: `fr` or `en`. */
export function currentLanguage() {
  return language;
}

/** Change the language of the page and tell everybody who listens. */
export function setLanguage(next) {
  language = next;
  localStorage.setItem(STORAGE_KEY, next);
  translateShell();
  for (const listener of listeners) listener();
}

/** Call `listener` after each change of language. */
export function onLanguageChange(listener) {
  listeners.add(listener);
}

/** Return a message; `{name}` is replaced, and an object of plural forms is chosen by `n`. */
export function t(key, params = {}) {
  const entry = CATALOGUES[language][key] ?? CATALOGUES.fr[key];
  if (entry === undefined) throw new Error(`no message named ${key}`);
  const form = typeof entry === "string" ? entry : (entry[plural(params.n)] ?? entry.other);
  return form.replace(/\{(\w+)\}/g, (_, name) => shown(params[name]));
}

/** Tell whether the catalogue has this message. */
export function hasMessage(key) {
  return key in CATALOGUES.fr;
}

function plural(n) {
  return new Intl.PluralRules(language).select(n);
}

function shown(value) {
  return typeof value === "number" ? number(value) : String(value ?? "");
}

/** Translate what the page shell itself contains. */
export function translateShell() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-i18n]")) node.textContent = t(node.dataset.i18n);
  for (const node of document.querySelectorAll("[data-i18n-label]")) node.setAttribute("aria-label", t(node.dataset.i18nLabel));
  for (const node of document.querySelectorAll("[data-i18n-placeholder]")) node.placeholder = t(node.dataset.i18nPlaceholder);
}

/** Return a number as this language writes it. */
export function number(value, options) {
  return new Intl.NumberFormat(language, options).format(value);
}

/** Return a day: `2 mars 2026`. */
export function day(iso) {
  return new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(new Date(iso));
}

/** Return a day and a time of day. */
export function dayAndTime(iso) {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

/** Return a time of day: `14:05`. */
export function timeOfDay(iso) {
  return new Intl.DateTimeFormat(language, { timeStyle: "short" }).format(new Date(iso));
}

/** Return a place in a recording: `3:07`, `1:02:45`. */
export function clock(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value) => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Return a length for people: `12 min`, `1 h 05`, `40 s`. */
export function duration(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds}\u00a0s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes}\u00a0min` : `${Math.floor(minutes / 60)}\u00a0h\u00a0${String(minutes % 60).padStart(2, "0")}`;
}

/** Return names joined as this language joins them. */
export function names(people) {
  return new Intl.ListFormat(language, { type: "conjunction" }).format(people);
}
