// What the page says while it waits, when there is nothing, and when something went wrong.

import { el, icon } from "./dom.js";
import { hasMessage, t } from "./i18n.js";

/** Return grey shapes where cards are about to be. */
export function skeleton(n) {
  const card = () => el("div", { class: "card skeleton", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
  return el("div", { class: "waiting", dataset: { state: "loading" } }, el("p", { class: "visually-hidden" }, t("loading")), Array.from({ length: n }, card));
}

/** Return a notice: a heading, a sentence that says what to do, and perhaps something to press. */
export function notice(state, title, text, ...actions) {
  return el(
    "section", { class: "notice", dataset: { state } },
    state === "empty" ? ropes() : icon(state === "error" ? "warning" : "lock"),
    el("h2", {}, title), el("p", {}, text),
    actions.length ? el("div", { class: "actions" }, ...actions) : null,
  );
}

function ropes() {
  return el("img", { src: "/assets/loose-rope.svg", alt: "", width: 120, height: 60 });
}

/** Return the notice of an error, with a button that tries again. */
export function failure(error, retry) {
  const key = messageKey(error);
  // An expired session is opened anew with the page, not by asking again.
  const again = error.code === "unauthenticated" ? () => location.reload() : retry;
  const button = el("button", { class: "primary", type: "button", on: { click: again } }, t("retry"));
  const state = error.code === "offline" ? "offline" : "error";
  return notice(state === "offline" ? "error" : state, t(`${key}.title`), t(`${key}.text`), error.code === "not-found" ? home() : button);
}

/** Return one plain sentence about an error. */
export function sentence(error) {
  const code = error.code ?? "internal";
  if (hasMessage(`problem.${code}`)) return t(`problem.${code}`);
  return error.detail || t("error.internal.text");
}

function home() {
  return el("a", { class: "primary", href: "/", "data-link": true }, t("home"));
}

function messageKey(error) {
  const key = `error.${error.code ?? "internal"}`;
  return hasMessage(`${key}.title`) ? key : "error.internal";
}

let announceTimer = 0;

/** Say something to screen readers, once typing has paused. */
export function announce(text) {
  clearTimeout(announceTimer);
  announceTimer = setTimeout(() => {
    document.querySelector("#live").textContent = text;
  }, 150);
}
