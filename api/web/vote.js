// "Was this useful?" and "keep": said at once on the page, sent behind it, put back if that fails.

import { call } from "./api.js";
import { announce, el, fill } from "./dom.js";
import { hasMessage, t } from "./strings.js";

const REASONS = ["off_topic", "outdated", "incomplete", "too_general", "too_advanced", "wrong"];
const MAX_COMMENT_CHARS = 500;

/** Let the reader vote on and keep each document below `root`; `q` is the query that led here. */
export function enhanceVotes(root, { q, queryId = null }) {
  for (const group of root.querySelectorAll(".vote")) new Vote(group, { q, queryId });
}

class Vote {
  constructor(group, search) {
    this.group = group;
    this.search = search;
    this.documentId = group.dataset.document;
    this.passageId = group.closest("[data-passage]")?.dataset.passage ?? null;
    this.verdicts = [...group.querySelectorAll("[data-verdict]")];
    this.says = group.parentElement.insertBefore(el("div", { class: "vote-says", role: "status" }), group.nextSibling);
    for (const button of this.verdicts) button.addEventListener("click", () => this.judge(button));
    const keep = group.querySelector("[data-keep]");
    keep.addEventListener("click", () => this.keep(keep));
  }

  /** Say, change or take back a verdict. */
  async judge(button) {
    const before = this.verdicts.map(isPressed);
    const value = isPressed(button) ? "withdrawn" : button.dataset.verdict;
    for (const each of this.verdicts) press(each, each === button && value !== "withdrawn");
    const isRecorded = await this.#send(() => this.#judgment({ value }), () => this.verdicts.forEach((each, i) => press(each, before[i])));
    if (!isRecorded) return;
    if (value === "not_useful") this.#askWhy();
    else this.#say(t(value === "withdrawn" ? "vote.withdrawn" : "vote.thanks"));
  }

  async keep(button) {
    const isKept = isPressed(button);
    press(button, !isKept);
    const send = () => call(`/v1/saved/${encodeURIComponent(this.documentId)}`, { method: isKept ? "DELETE" : "PUT" });
    if (await this.#send(send, () => press(button, isKept))) this.#say(t(isKept ? "vote.forgotten" : "vote.kept"));
  }

  #judgment(said) {
    const { q, queryId } = this.search;
    return call("/v1/judgments", { method: "POST", body: { document_id: this.documentId, q, query_id: q ? queryId : null, passage_id: this.passageId, ...said } });
  }

  async #send(send, putBack) {
    try {
      await send();
      return true;
    } catch (cause) {
      putBack();
      this.#say(t(hasMessage(`problem.${cause.code}`) ? `problem.${cause.code}` : "problem.other"));
      return false;
    }
  }

  #askWhy() {
    const name = `reason-${this.documentId}`;
    const choices = REASONS.map((reason) => el("label", { class: "chip" }, el("input", { type: "radio", name, value: reason }), t(`vote.reason.${reason}`)));
    const comment = el("input", { type: "text", name: "comment", maxLength: MAX_COMMENT_CHARS, "aria-label": t("vote.comment"), placeholder: t("vote.comment") });
    const form = el(
      "form", { class: "vote-why", on: { submit: (event) => this.#sendWhy(event, form, name) } },
      el("fieldset", {}, el("legend", {}, t("vote.why")), choices), comment,
      el("span", { class: "vote-why-ends" }, el("button", { type: "submit", class: "primary" }, t("vote.send")), el("button", { type: "button", class: "quiet", on: { click: () => this.#say(t("vote.thanks")) } }, t("vote.skip"))),
    );
    fill(this.says, form);
    announce(t("vote.why"));
  }

  async #sendWhy(event, form, name) {
    event.preventDefault();
    const given = new FormData(form);
    const said = { value: "not_useful", reason: given.get(name), comment: given.get("comment").trim() };
    if (await this.#send(() => this.#judgment(said), () => {})) this.#say(t("vote.sent"));
  }

  #say(text) {
    fill(this.says, text);
  }
}

function isPressed(button) {
  return button.getAttribute("aria-pressed") === "true";
}

function press(button, isOn) {
  button.setAttribute("aria-pressed", String(isOn));
}
