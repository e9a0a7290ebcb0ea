// Changing a document: each part of the page is sent by itself, and says beside its button what
// became of it.

import { call } from "./api.js";
import { enhanceHidden } from "./hidden.js";
import { sentence } from "./problems.js";
import { enhanceSpeakers } from "./speakers.js";
import { number, t } from "./strings.js";
import { chosenTags, enhanceTags } from "./tags.js";
import { enhanceTurns } from "./turns.js";

const page = document.querySelector(".editor");
const address = `/v1/documents/${encodeURIComponent(page.dataset.id)}`;

const tags = page.querySelector("#tags");
const count = tags.querySelector("[data-count]");
enhanceTags(tags.querySelector(".tag-picker"), (n) => (count.textContent = n ? number(n) : ""));
saves(tags, () => call(`${address}/tags`, { method: "PUT", body: { tags: chosenTags(tags) } }));

const visibility = page.querySelector("#visibility");
saves(
  visibility,
  () => call(`${address}/visibility`, { method: "PUT", body: { visibility: new FormData(visibility).get("visibility") } }),
  // An exchange is not opened to students by this: a copy without names is, once a mentor confirms it.
  (document) => t(document.sharing === "requested" ? "edit.sharing" : "edit.saved"),
);

const turns = page.querySelector("#turns");
if (turns) enhanceTurns(turns, address);

const speakers = page.querySelector("#speakers");
if (speakers) enhanceSpeakers(speakers, address, doing);

const hidden = page.querySelector("#hidden");
if (hidden) enhanceHidden(hidden, address, doing);

const dialog = page.querySelector("#delete-dialog");
const remove = page.querySelector("#delete");
remove.addEventListener("click", () => dialog.showModal());
dialog.addEventListener("close", async () => {
  if (dialog.returnValue !== "delete") return;
  dialog.returnValue = "";
  const isGone = await doing(remove, () => call(address, { method: "DELETE" }));
  if (isGone) location.assign("/");
});

function saves(form, send, words = () => t("edit.saved")) {
  const button = form.querySelector("button[type=submit]");
  form.addEventListener("change", () => say(button, ""));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let answer;
    const isDone = await doing(button, async () => (answer = await send()));
    if (isDone) say(button, words(answer));
  });
}

/** Do something once, saying beside the button why it could not be done; returns whether it was. */
async function doing(button, act) {
  button.disabled = true;
  say(button, t("edit.saving"));
  try {
    await act();
    return true;
  } catch (cause) {
    say(button, sentence(cause.code));
    return false;
  } finally {
    button.disabled = false;
  }
}

function say(button, text) {
  button.parentElement.querySelector(".says").textContent = text;
}
