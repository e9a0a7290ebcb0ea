// Correcting what was heard: each turn is edited in its place, heard from its second, and sent alone.

import { call } from "./api.js";
import { announce, el, fill, icon } from "./dom.js";
import { sentence } from "./problems.js";
import { t } from "./strings.js";
import { fold } from "./tags.js";

const MAX_CHARS = 10_000;

/** Let a person hear and correct the turns of a recording; `address` is the document's. */
export function enhanceTurns(section, address) {
  const player = section.querySelector("#player");
  const speakers = section.querySelector("#turn-speakers").content;
  const turns = [...section.querySelectorAll(".turn")].map((node) => new Turn(node, { address, player, speakers, revision: section.dataset.revision }));
  const box = section.querySelector("#turn-filter");
  box.addEventListener("input", () => {
    const wanted = fold(box.value.trim());
    for (const { node, text } of turns) node.hidden = !fold(text.textContent).includes(wanted);
  });
}

class Turn {
  constructor(node, { address, player, speakers, revision }) {
    Object.assign(this, { node, player, speakers, revision });
    this.address = `${address}/utterances/${node.dataset.ordinal}`;
    this.heard = node.dataset.heard;
    this.unmended = node.dataset.unmended; // as recognised, where the glossary replaced words
    this.text = node.querySelector(".turn-text");
    this.button = node.querySelector("[data-correct]");
    this.says = node.querySelector(".says");
    this.button.addEventListener("click", () => this.open());
    if (player) node.querySelector(".at").addEventListener("click", (event) => this.#play(event));
  }

  /** Put a field in the place of the text. */
  open() {
    this.field = el("textarea", { rows: 2, maxLength: MAX_CHARS, value: this.text.textContent, "aria-label": t("turns.field"), spellcheck: true });
    const heard = el("button", { type: "button", class: "quiet", on: { click: () => this.#restore(this.heard) } }, icon("refresh"), t("turns.restore"));
    const unmended = el("button", { type: "button", class: "quiet", on: { click: () => this.#restore(this.unmended) } }, icon("refresh"), t("turns.unmend"));
    this.form = el(
      "form", { class: "turn-form", on: { submit: (event) => this.#submit(event), keydown: (event) => this.#onKey(event) } },
      this.field,
      this.#speakerField(),
      el("p", { class: "turn-end" }, el("button", { type: "submit", class: "primary" }, t("turns.save")), el("button", { type: "button", class: "quiet", on: { click: () => this.close() } }, t("turns.cancel")), this.heard !== this.text.textContent ? heard : null, this.unmended ? unmended : null),
    );
    this.#say("");
    this.text.hidden = this.button.hidden = true;
    this.text.after(this.form);
    this.field.focus();
  }

  /** Return the choice of who speaks, or null where there is nobody to choose from. */
  #speakerField() {
    const label = this.speakers.cloneNode(true).firstElementChild;
    this.speaker = label.querySelector("select");
    this.speaker.value = this.node.dataset.speaker;
    if (this.speaker.options.length > 1) return label;
    this.speaker = null;
    return null;
  }

  close() {
    this.form.remove();
    this.text.hidden = this.button.hidden = false;
    this.button.focus();
  }

  async #submit(event) {
    event.preventDefault();
    const save = this.form.querySelector("button[type=submit]");
    save.disabled = true;
    try {
      const body = { text: this.field.value, revision: this.revision };
      if (this.speaker && this.speaker.value !== this.node.dataset.speaker) body.speaker_id = this.speaker.value;
      const turn = await call(this.address, { method: "PUT", body });
      this.#show(turn);
    } catch (cause) {
      save.disabled = false;
      this.#say(sentence(cause.code));
    }
  }

  #show({ correction }) {
    this.text.textContent = correction ? correction.text : this.heard;
    if (this.speaker) {
      this.node.dataset.speaker = this.speaker.value;
      this.node.querySelector(".turn-head strong").textContent = this.speaker.selectedOptions[0].textContent;
    }
    this.node.querySelector(".turn-heard")?.remove();
    if (correction) this.node.append(el("p", { class: "turn-heard" }, t("turns.corrected", { heard: correction.heard })));
    this.node.classList.remove("doubtful");
    this.node.querySelector(".badge")?.remove();
    this.close();
    this.#say(t("turns.saved"));
    announce(t("turns.saved"));
  }

  #restore(text) {
    this.field.value = text;
    this.field.focus();
  }

  #onKey(event) {
    if (event.key === "Escape") this.close();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.form.requestSubmit();
    }
  }

  #play(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab of its own, as on any link
    event.preventDefault();
    this.player.currentTime = Number(this.node.dataset.start) / 1000;
    this.player.play().catch(() => {}); // refused by the browser: the person presses play
  }

  #say(text) {
    fill(this.says, text);
  }
}
