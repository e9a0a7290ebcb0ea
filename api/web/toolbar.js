// The right end of the header: adding documents, the language, and who is asking.

import { el, fill, icon } from "./dom.js";
import { currentLanguage, setLanguage, t } from "./i18n.js";
import { openIngest } from "./ingest.js";
import { becomePersona, session, signIn } from "./session.js";
import { announce, notice, sentence } from "./states.js";

/** Draw the tools for the present language and caller. */
export function drawToolbar() {
  const focused = document.activeElement?.id; // drawn anew, the tool in use keeps the focus
  fill(document.querySelector("#tools"), ingestButton(), languageButton(), whoAmI());
  if (focused === "persona" || focused === "language") document.getElementById(focused)?.focus();
}

function ingestButton() {
  if (!session.caller?.may_ingest) return null;
  return el("button", { type: "button", class: "quiet deposit", on: { click: openIngest }, "aria-label": t("ingest.title") }, icon("upload"), el("span", {}, t("ingest.button")));
}

function languageButton() {
  const other = currentLanguage() === "fr" ? "en" : "fr";
  return el("button", { type: "button", id: "language", class: "quiet language", lang: other, "aria-label": t("language.switch"), on: { click: () => setLanguage(other) } }, other.toUpperCase());
}

function whoAmI() {
  if (!session.personas.length) return session.caller ? el("span", { class: "who" }, icon("person"), session.caller.name || session.caller.person_id) : null;
  const options = session.personas.map((one) => el("option", { value: one.id, selected: one.id === session.caller?.person_id }, `${one.name}, ${t(`role.${one.role}`)}`));
  const menu = el("select", { id: "persona", "aria-label": t("persona"), title: t("persona.hint"), on: { change: () => become(menu.value) } }, options);
  return el("label", { class: "who" }, icon("person"), menu);
}

function become(id) {
  return becomePersona(id).catch((cause) => {
    announce(sentence(cause));
    drawToolbar(); // the menu shows again who is still asking
  });
}

/** Return the form that takes an access token, for those whom nobody has signed in. */
export function signInForm() {
  const says = el("p", { role: "alert" });
  const token = el("input", { type: "password", name: "token", required: true, autocomplete: "off", "aria-label": t("signin.token"), placeholder: t("signin.token") });
  const submit = async (event) => {
    event.preventDefault();
    await signIn(token.value.trim()).catch((cause) => (says.textContent = sentence(cause)));
  };
  return notice("signin", t("signin.title"), t("signin.text"), el("form", { class: "signin", on: { submit } }, token, el("button", { class: "primary", type: "submit" }, t("signin.submit")), says));
}
