// Sends a large file in pieces (tus 1.0.0), so that a lost line, a pause or a closed page loses
// nothing: whoever chooses the same file again goes on where it stopped.

import { ApiError, problem } from "./api.js";

const PIECE_BYTES = 8 * 1024 ** 2;
const PAUSES_MS = [1000, 3000, 8000, 20000]; // after each loss of the line without a piece between
const REMEMBERED = "cordee-upload:";
const GIVEN_UP = [404, 410]; // of an upload that is not there any more

/** Send a file; `onShare` gets the share that is there, 0 to 1. Returns what became of it. */
export async function sendInPieces(file, fields, { onShare, signal }) {
  const key = REMEMBERED + JSON.stringify([file.name, file.size, file.lastModified]);
  let at = (await known(key, signal)) ?? (await begin(key, file, fields, signal));
  let losses = 0;
  while (!at.receipt) {
    onShare(at.offset / file.size);
    try {
      at = await add(at, file, onShare, signal);
      losses = 0;
    } catch (cause) {
      const isPassing = cause.code === "offline" || ["locked", "conflict", "checksum-mismatch"].includes(cause.code);
      if (!isPassing || losses >= PAUSES_MS.length) throw cause;
      await pause(PAUSES_MS[losses++], signal);
      at = await stateOf(at.url, signal).catch((other) => (other.code === "offline" ? at : Promise.reject(other)));
    }
  }
  onShare(1);
  localStorage.removeItem(key);
  return at.receipt;
}

/** Return the names of the files whose sending was left before its end in this browser. */
export function unfinished() {
  return Object.keys(localStorage).filter((key) => key.startsWith(REMEMBERED)).map((key) => JSON.parse(key.slice(REMEMBERED.length))[0]);
}

async function known(key, signal) {
  const url = localStorage.getItem(key);
  if (!url) return null;
  try {
    return await stateOf(url, signal);
  } catch (cause) {
    if (!GIVEN_UP.includes(cause.status)) throw cause;
    localStorage.removeItem(key);
    return null;
  }
}

async function begin(key, file, fields, signal) {
  const said = { ...fields, filename: file.name, tag: [fields.tag].flat().filter(Boolean).join(",") };
  const metadata = Object.entries(said).filter(([, value]) => value).map(([name, value]) => `${name} ${base64(value)}`).join(",");
  const sent = await exchange("POST", "/v1/uploads", { "Upload-Length": file.size, "Upload-Metadata": metadata }, { signal });
  const url = sent.getResponseHeader("Location");
  localStorage.setItem(key, url);
  return placeOf(url, sent);
}

async function add({ url, offset }, file, onShare, signal) {
  const headers = { "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" };
  const onSent = (bytes) => onShare(Math.min(1, (offset + bytes) / file.size));
  return placeOf(url, await exchange("PATCH", url, headers, { body: file.slice(offset, offset + PIECE_BYTES), onSent, signal }));
}

async function stateOf(url, signal) {
  return placeOf(url, await exchange("HEAD", url, {}, { signal }));
}

function placeOf(url, sent) {
  const id = sent.getResponseHeader("Cordee-Job");
  const receipt = id && { job: { id }, is_new: sent.getResponseHeader("Cordee-New") === "true" };
  return { url, offset: Number(sent.getResponseHeader("Upload-Offset")), receipt };
}

function exchange(method, url, headers, { body = null, onSent, signal }) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new ApiError("paused", 0, ""));
    const sender = new XMLHttpRequest(); // fetch does not say how much has been sent
    sender.open(method, url);
    for (const [name, value] of Object.entries({ "Tus-Resumable": "1.0.0", ...headers })) sender.setRequestHeader(name, value);
    if (onSent) sender.upload.addEventListener("progress", (event) => onSent(event.loaded));
    sender.addEventListener("load", () => (sender.status < 300 ? resolve(sender) : reject(problem(sender.status, sender.responseText))));
    sender.addEventListener("error", () => reject(new ApiError("offline", 0, "")));
    sender.addEventListener("abort", () => reject(new ApiError("paused", 0, "")));
    signal.addEventListener("abort", () => sender.abort(), { once: true });
    sender.send(body);
  });
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(new ApiError("paused", 0, ""))), { once: true });
  });
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
