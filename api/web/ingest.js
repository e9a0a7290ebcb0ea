// Adding documents: for those who may. Each file says how far it is, and in plain words why it failed.

import { getJson, upload } from "./api.js";
import { el, fill, icon, link } from "./dom.js";
import { number, t } from "./i18n.js";
import { sentence } from "./states.js";

const KINDS = ["course", "replay", "workshop", "sheet", "exchange", "thread"];
const VISIBILITIES = ["students", "mentors", "participants"];
const STAGES = ["receive", "extract", "segment", "encode", "enrich", "publish"];
const POLL_MS = 1500;
const published = new Set();
let dialog = null;

/** Call `listener` after each document that this page has published. */
export function onPublished(listener) {
  published.add(listener);
}

/** Open the dialog that takes files. */
export function openIngest() {
  dialog ??= document.body.appendChild(el("dialog", { class: "ingest", "aria-labelledby": "ingest-title" }));
  if (!dialog.querySelector("li.job")) fill(dialog, contents());
  dialog.showModal();
}

/** Build the dialog anew at its next opening: the language or the person has changed. */
export function forgetIngest() {
  dialog?.close();
  dialog?.remove();
  dialog = null;
}

function contents() {
  const jobs = el("ol", { class: "jobs", "aria-label": t("ingest.jobs") });
  const form = el("form", { class: "ingest-form", on: { submit: (event) => event.preventDefault() } });
  const picker = el("input", { type: "file", multiple: true, id: "ingest-files", class: "visually-hidden", on: { change: () => take(picker.files) } });
  const zone = el("label", { class: "drop", htmlFor: "ingest-files" }, icon("upload"), el("strong", {}, t("ingest.drop")), el("span", {}, t("ingest.formats")));
  const take = (files) => {
    for (const file of files) jobs.prepend(track(file, fieldsOf(form)));
    picker.value = "";
  };
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => { event.preventDefault(); zone.classList.remove("over"); take(event.dataTransfer.files); });
  fill(form, el("div", { class: "fields" }, choice("kind", KINDS), choice("visibility", VISIBILITIES), field("title"), field("tags")), picker, zone);
  return [
    el("div", { class: "dialog-head" }, el("h2", { id: "ingest-title" }, t("ingest.title")), el("button", { type: "button", class: "turn", "aria-label": t("close"), on: { click: () => dialog.close() } }, icon("close"))),
    el("p", {}, t("ingest.lead")), form, jobs,
  ];
}

function choice(name, values) {
  const options = [el("option", { value: "" }, t("ingest.guess")), ...values.map((value) => el("option", { value }, t(`${name}.${value}`)))];
  return el("label", {}, t(`ingest.${name}`), el("select", { name }, options));
}

function field(name) {
  return el("label", {}, t(name === "title" ? "ingest.title-field" : `ingest.${name}`), el("input", { type: "text", name, maxLength: 200 }));
}

function fieldsOf(form) {
  const { tags, ...fields } = Object.fromEntries(new FormData(form));
  return { ...fields, tag: tags.split(",").map((one) => one.trim()).filter(Boolean) };
}

function track(file, fields) {
  const bar = el("progress", { max: STAGES.length, value: 0, "aria-label": file.name });
  const says = el("p", { class: "job-says", role: "status" }, t("ingest.sending", { percent: number(0, { style: "percent" }) }));
  const node = el("li", { class: "job" }, el("p", { class: "job-name" }, file.name), bar, says);
  send(file, fields, { node, bar, says }).catch((cause) => failed({ node, says }, sentence(cause)));
  return node;
}

async function send(file, fields, row) {
  const receipt = await upload(file, fields, (share) => {
    row.says.textContent = t("ingest.sending", { percent: number(share, { style: "percent" }) });
    row.bar.value = share;
  });
  show(receipt.job, row);
  if (!isOver(receipt.job)) await watch(receipt.job, (job) => show(job, row));
}

function show(job, row) {
  row.node.dataset.state = job.state;
  if (job.state === "failed") return failed(row, sentence(job.problem ?? { code: "internal" }));
  if (job.state === "succeeded") return succeeded(job, row);
  row.bar.value = 1 + Math.max(0, STAGES.indexOf(job.stage)) + job.progress;
  row.says.textContent = job.stage && job.state === "running" ? t(`stage.${job.stage}`) : t("ingest.queued");
}

function succeeded(job, row) {
  row.bar.value = STAGES.length;
  fill(row.says, icon("check"), t("ingest.done"), " ", job.document_url ? link(job.document_url, { on: { click: () => dialog.close() } }, t("ingest.open")) : null);
  if (job.warnings.length) row.node.append(el("ul", { class: "warnings" }, job.warnings.map((one) => el("li", {}, one))));
  for (const listener of published) listener();
}

function failed(row, text) {
  row.node.dataset.state = "failed";
  row.node.querySelector("progress")?.remove();
  fill(row.says, icon("warning"), text);
}

function isOver(job) {
  return job.state === "succeeded" || job.state === "failed";
}

// Server-sent events; where they break off (a proxy, a sleeping laptop) the job is polled instead.
function watch(job, onJob) {
  return new Promise((resolve, reject) => {
    const events = new EventSource(job.events_url);
    const take = (event) => {
      const next = JSON.parse(event.data);
      onJob(next);
      if (isOver(next)) done();
    };
    const done = () => { events.close(); resolve(); };
    for (const name of ["progress", "done"]) events.addEventListener(name, take);
    events.onerror = () => { events.close(); poll(job, onJob).then(resolve, reject); };
  });
}

async function poll(job, onJob) {
  for (let now = job; !isOver(now); ) {
    await new Promise((wake) => setTimeout(wake, POLL_MS));
    now = await getJson(`/v1/jobs/${encodeURIComponent(job.id)}`);
    onJob(now);
  }
}
