// The words that scripts show, in the language of the page: the server put them into it.

const language = document.documentElement.lang || "fr";
const messages = JSON.parse(document.querySelector("#strings")?.textContent ?? "{}");
const plurals = new Intl.PluralRules(language);

/** Return a message; `{name}` is replaced, and an object of plural forms is chosen by `n`. */
export function t(key, params = {}) {
  const entry = messages[`js.${key}`];
  if (entry === undefined) throw new Error(`no message named js.${key}`);
  const form = typeof entry === "string" ? entry : (entry[plurals.select(params.n)] ?? entry.other);
  return form.replace(/\{(\w+)\}/g, (_, name) => shown(params[name]));
}

/** Tell whether there is such a message. */
export function hasMessage(key) {
  return `js.${key}` in messages;
}

/** Return a number as this language writes it. */
export function number(value, options) {
  return new Intl.NumberFormat(language, options).format(value);
}

/** Return a place in a recording: `3:07`, `1:02:45`. */
export function clock(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value) => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Return a length for people, as `Texts.duration` does: `40 s`, `12 min`, `1 h 05`. */
export function duration(seconds) {
  if (Math.round(seconds) < 60) return `${Math.round(seconds)}\u00a0s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes}\u00a0min`;
  return `${Math.floor(minutes / 60)}\u00a0h\u00a0${String(minutes % 60).padStart(2, "0")}`;
}

function shown(value) {
  return typeof value === "number" ? number(value) : String(value ?? "");
}
