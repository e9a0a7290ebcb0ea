// Asking and answering: what there is already is shown while one writes, and each form says beside
// its button what became of it.

import { call } from "./api.js";
import { el, fill } from "./dom.js";
import { sentence } from "./problems.js";
import { hasMessage, t } from "./strings.js";

const PAUSE_MS = 400; // of writing, before what there is already is looked up
const SHOWN_CHARS = 400; // of an answer being written: its end says what it is about now

const page = document.querySelector(".asking");
const found = page.querySelector("#found");
const address = `/v1/questions/${encodeURIComponent(page.dataset.question ?? "")}`;

const ask = page.querySelector("#ask");
if (ask) {
  whileWriting(ask, () => ask.elements.text.value);
  sends(ask, async () => {
    const { text, details, visibility } = Object.fromEntries(new FormData(ask));
    const body = { text, details, visibility, query_id: ask.dataset.queryId || null };
    const { question } = await call("/v1/questions", { method: "POST", body });
    location.assign(question.url);
  });
}

const answer = page.querySelector("#answer");
if (answer) {
  whileWriting(answer, () => `${answer.dataset.text} ${answer.elements.text.value.slice(-SHOWN_CHARS)}`);
  sends(answer, async () => {
    const { text, document: place } = Object.fromEntries(new FormData(answer));
    const id = place.match(/d-[0-9a-f]{20}/)?.[0] ?? (place.trim() || null);
    await call(`${address}/answer`, { method: "POST", body: { text, document_id: id } });
    location.reload();
  });
}

const reopen = page.querySelector("#reopen");
if (reopen) {
  sends(reopen, async () => {
    await call(`${address}/reopen`, { method: "POST", body: { text: reopen.elements.text.value } });
    location.reload();
  });
}

for (const button of page.querySelectorAll("[data-act]")) {
  button.addEventListener("click", () => doing(button, async () => {
    const { act } = button.dataset;
    const body = { assign: { release: "release" in button.dataset }, reopen: {} }[act];
    await call(`${address}/${act}`, { method: "POST", body });
    location.reload();
  }));
}

function sends(form, send) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    doing(form.querySelector("button[type=submit]"), send);
  });
}

/** Do something once, saying beside the button why it could not be done. */
async function doing(button, act) {
  const says = button.parentElement.querySelector(".says");
  button.disabled = true;
  says.textContent = t("ask.sending");
  try {
    await act();
  } catch (cause) {
    says.textContent = sentence(cause.code);
    button.disabled = false;
  }
}

/** Show what there is already, once writing pauses; an answer that comes too late is dropped. */
function whileWriting(form, written) {
  let timer = 0;
  let asked = null;
  let last = written();
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const text = written().trim().slice(-1000);
      if (text === last || !/[\p{L}\p{N}]/u.test(text)) return;
      last = text;
      asked?.abort();
      asked = new AbortController();
      try {
        show(await call("/v1/questions/check", { method: "POST", body: { text }, signal: asked.signal }));
      } catch {
        // Nothing is lost: it can be asked without.
      }
    }, PAUSE_MS);
  });
}

function show({ questions, answers }) {
  list("[data-same]", questions.filter((one) => one.id !== page.dataset.question), (one) => [one.text, one.state]);
  list("[data-answers]", answers, (hit) => [hit.title, hit.kind]);
}

function list(part, those, told) {
  const section = found.querySelector(part);
  section.hidden = !those.length;
  fill(section.querySelector("ul"), those.map((one) => {
    const [title, kind] = told(one);
    const name = hasMessage(`ask.${kind}`) ? t(`ask.${kind}`) : "";
    return el("li", {}, el("a", { href: one.url, dir: "auto" }, title), " ", el("small", {}, name));
  }));
}
