// Adding documents. Files are chosen first, said something about, then sent one after the other;
// from its receipt on, a file is a job, whose card the server draws.

import { ApiError, problem } from "./api.js";
import { announce, el, fill, icon } from "./dom.js";
import { jobs } from "./jobs.js";
import { sentence } from "./problems.js";
import { sendInPieces, unfinished } from "./resumable.js";
import { number, t } from "./strings.js";
import { chosenTags, enhanceTags } from "./tags.js";

const MAX_PEEK_BYTES = 8 * 1024 ** 2; // a larger JSON is no exchange
const HOPELESS = ["empty-file", "limit-exceeded", "too-large"]; // the same file again would fail again
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

class AddForm {
  constructor(form) {
    this.form = form;
    this.list = form.querySelector("#chosen-files");
    this.picker = form.querySelector("#files");
    this.zone = form.querySelector(".drop");
    this.button = form.querySelector("button[type=submit]");
    this.label = form.querySelector("#add-submit");
    this.idle = this.label.textContent;
    this.limits = { maxBytes: Number(form.dataset.maxBytes), piecesFrom: Number(form.dataset.piecesFrom) };
    this.chosen = [];
    this.picker.addEventListener("change", () => {
      this.take([...this.picker.files]);
      this.picker.value = "";
    });
    this.#takeDrops();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    const count = form.querySelector("#tag-count");
    enhanceTags(form.querySelector(".tag-picker"), (n) => (count.textContent = n ? number(n) : ""));
    this.#show();
    this.#sayUnfinished();
  }

  /** Add files to what is chosen; an exchange finds its recordings among them. */
  async take(files) {
    const taken = await Promise.all(files.map(async (file) => ({ file, media: (await recordingsOf(file)).map((name) => ({ name, file: null })) })));
    this.chosen.push(...taken.filter(({ file }) => !this.chosen.some((each) => isSame(each.file, file))));
    for (const wanted of this.chosen.flatMap(({ media }) => media).filter(({ file }) => !file)) {
      const index = this.chosen.findIndex(({ file }) => file.name === wanted.name);
      if (index >= 0) [{ file: wanted.file }] = this.chosen.splice(index, 1);
    }
    this.#show();
  }

  /** Send what is chosen, one file after the other. */
  async send() {
    const fields = this.#fields();
    const rows = this.chosen.map((each) => new Row(each, fields));
    for (const row of rows) jobs.prepend(row.node);
    this.chosen = [];
    this.form.reset();
    this.#show();
    rows[0]?.node.scrollIntoView({ block: "nearest" });
    for (const row of rows) await row.send(this.limits);
    this.#sayUnfinished();
  }

  #fields() {
    const given = new FormData(this.form);
    const title = this.chosen.length === 1 ? given.get("title") : "";
    return { kind: given.get("kind"), visibility: given.get("visibility"), title, tag: chosenTags(this.form) };
  }

  #show() {
    const n = this.chosen.length;
    fill(this.list, this.chosen.map((each) => this.#line(each)));
    this.list.hidden = n === 0;
    this.button.disabled = n === 0;
    this.label.textContent = n ? t("add.submit", { n }) : this.idle;
    this.form.elements.title.disabled = n > 1;
  }

  #sayUnfinished() {
    const names = unfinished();
    const line = this.form.querySelector("#unfinished");
    line.hidden = names.length === 0;
    line.textContent = names.length ? t("add.unfinished", { names: names.join(", ") }) : "";
  }

  #line(each) {
    const name = each.file.name;
    return el(
      "li", {},
      el("span", { class: "file-name" }, name), el("span", { class: "file-size" }, size(each.file.size)),
      el("button", { type: "button", class: "quiet", "aria-label": t("add.remove", { name }), on: { click: () => this.#drop(each) } }, icon("close")),
      ...each.media.map((wanted) => this.#recordingLine(wanted)),
    );
  }

  #recordingLine(wanted) {
    if (wanted.file) {
      const { name } = wanted.file;
      const detach = () => this.#attach(wanted, null);
      return el("p", { class: "file-media" }, icon("link"), t("add.attached", { name }), el("button", { type: "button", class: "quiet", "aria-label": t("add.detach", { name }), on: { click: detach } }, icon("close")));
    }
    const picker = el("input", { type: "file", class: "visually-hidden", on: { change: () => this.#attach(wanted, picker.files[0]) } });
    return el("p", { class: "file-media" }, icon("warning"), t("add.wants", { name: wanted.name }), el("label", { class: "chip" }, picker, t("add.attach")));
  }

  #attach(wanted, file) {
    wanted.file = file ?? null;
    this.#show();
  }

  #drop(each) {
    this.chosen = this.chosen.filter((other) => other !== each);
    this.#show();
    this.picker.focus();
  }

  // On the whole page: a file that misses the zone must not replace the page.
  #takeDrops() {
    const isFile = (event) => event.dataTransfer?.types.includes("Files");
    addEventListener("dragover", (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      this.zone.classList.add("over");
    });
    addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) this.zone.classList.remove("over");
    });
    addEventListener("drop", (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      this.zone.classList.remove("over");
      this.take([...event.dataTransfer.files]);
    });
  }
}

/** One file on its way to the server, until its job takes its place. */
class Row {
  constructor({ file, media }, fields) {
    Object.assign(this, { file, media: media.filter((each) => each.file), fields });
    this.bar = el("progress", { max: 1, value: 0, "aria-label": file.name });
    this.says = el("p", { class: "job-facts" }, t("add.waiting"));
    this.node = el("article", { class: "card job sending" }, el("h3", { class: "job-title" }, file.name), this.bar, this.says);
  }

  async send(limits) {
    this.node.classList.remove("refused");
    try {
      const receipt = await this.#upload(limits);
      const card = await jobs.show(receipt.job.id, this.node);
      if (!receipt.is_new) card.append(el("p", { class: "job-note" }, t("add.known")));
      announce(t("add.sent", { name: this.file.name }));
    } catch (cause) {
      this.#refuse(cause, limits);
    }
  }

  #upload({ maxBytes, piecesFrom }) {
    // A server that refuses a body by its length closes the connection, which looks like a lost one.
    if ([this, ...this.media].some((each) => each.file.size > maxBytes)) throw new ApiError("limit-exceeded", 0, "");
    if (this.file.size === 0) throw new ApiError("empty-file", 0, "");
    const sent = el("span");
    const onShare = (share) => {
      this.bar.value = share;
      sent.textContent = share < 1 ? t("add.sending", { percent: number(share, { style: "percent" }) }) : t("add.received");
    };
    if (this.media.length || this.file.size < piecesFrom) {
      fill(this.says, sent);
      return upload(this.file, this.media, this.fields, onShare);
    }
    const stopper = new AbortController();
    fill(this.says, sent, el("button", { type: "button", class: "quiet", on: { click: () => stopper.abort() } }, icon("pause"), t("add.pause")));
    return sendInPieces(this.file, this.fields, { onShare, signal: stopper.signal });
  }

  #refuse(cause, limits) {
    const again = el("button", { type: "button", class: "quiet", on: { click: () => this.send(limits) } }, icon("refresh"), t("add.again"));
    const forget = el("button", { type: "button", class: "quiet", on: { click: () => this.node.closest("li").remove() } }, icon("close"), t("add.forget"));
    if (cause.code === "paused") {
      const on = el("button", { type: "button", class: "quiet", on: { click: () => this.send(limits) } }, icon("refresh"), t("add.resume"));
      fill(this.says, el("span", {}, t("add.paused", { percent: number(this.bar.value, { style: "percent" }) })), on);
      return on.focus();
    }
    this.node.classList.add("refused");
    const mayPass = !HOPELESS.includes(cause.code);
    fill(this.says, el("span", { class: "job-problem", role: "alert" }, icon("warning"), el("span", {}, sentence(cause.code))), mayPass ? again : "", forget);
  }
}

/** Send one document; `onShare` gets the share that is sent, 0 to 1. Returns the receipt. */
function upload(file, media, fields, onShare) {
  const form = new FormData();
  for (const [name, values] of Object.entries(fields)) for (const value of [values].flat()) if (value) form.append(name, value);
  form.append("file", file);
  for (const each of media) form.append("media", each.file, each.name); // under the name that the exchange gives it
  return new Promise((resolve, reject) => {
    const sender = new XMLHttpRequest(); // fetch does not say how much has been sent
    sender.open("POST", "/v1/documents");
    sender.upload.addEventListener("progress", (event) => event.lengthComputable && onShare(event.loaded / event.total));
    sender.addEventListener("load", () => (sender.status < 300 ? resolve(JSON.parse(sender.responseText)) : reject(problem(sender.status, sender.responseText))));
    sender.addEventListener("error", () => reject(new ApiError("offline", 0, "")));
    sender.send(form);
  });
}

/** Return the base names of the recordings that an exchange JSON names, none for any other file. */
async function recordingsOf(file) {
  if (!/\.json$/i.test(file.name) || file.size > MAX_PEEK_BYTES) return [];
  try {
    const { media } = JSON.parse(await file.text());
    const names = [media ?? []].flat().map((each) => each.file ?? each);
    return names.filter((name) => typeof name === "string" && name).map((name) => name.split(/[/\\]/).at(-1));
  } catch {
    return []; // the job will say what is wrong with it, and where
  }
}

function isSame(one, other) {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}

function size(bytes) {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes || 1) / 10));
  const options = { style: "unit", unit: UNITS[unit], unitDisplay: "short", maximumFractionDigits: unit > 1 ? 1 : 0 };
  return number(bytes / 1024 ** unit, options);
}

new AddForm(document.querySelector("#add"));
