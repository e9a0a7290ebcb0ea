// Talks to the HTTP API. Reads ride on the session cookie; what changes state carries the token.

const TOKEN_KEY = "cordee.token";

/** An answer that is not a success; `code` is the API's own, or `offline` / `unreadable`. */
export class ApiError extends Error {
  constructor(code, status, detail) {
    super(detail || code);
    this.code = code;
    this.status = status;
    this.detail = detail;
  }
}

/** Keep the bearer token for as long as this tab lives. */
export function rememberToken(token) {
  if (token) sessionStorage.setItem(TOKEN_KEY, token);
  else sessionStorage.removeItem(TOKEN_KEY);
}

/** Return the bearer header, empty when this tab has no token. */
export function authorization() {
  const token = sessionStorage.getItem(TOKEN_KEY);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** Return the decoded answer of a GET; raises `ApiError`, or `AbortError` when `signal` fires. */
export function getJson(path, { params, signal } = {}) {
  const query = params ? `?${new URLSearchParams(params)}` : "";
  return request(path + query, { signal });
}

/** Send a JSON body and return the decoded answer. */
export function postJson(path, body, { headers = {} } = {}) {
  return request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

async function request(path, options) {
  const response = await reach(path, {
    credentials: "same-origin",
    ...options,
    headers: { Accept: "application/json", ...authorization(), ...options.headers },
  });
  if (!response.ok) throw problem(response.status, await response.text());
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch (cause) {
    if (cause.name === "AbortError") throw cause;
    throw new ApiError("unreadable", response.status, "");
  }
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (cause) {
    if (cause.name === "AbortError") throw cause;
    throw new ApiError("offline", 0, "");
  }
}

/** Return the error that a problem document describes. */
export function problem(status, text) {
  try {
    const { code, detail } = JSON.parse(text);
    return new ApiError(code ?? "unreadable", status, detail ?? "");
  } catch {
    return new ApiError("unreadable", status, "");
  }
}

/** Upload one document; `onProgress` gets the share sent, 0 to 1. Returns the receipt. */
export function upload(file, fields, onProgress) {
  const form = new FormData();
  for (const [name, values] of Object.entries(fields)) for (const value of [values].flat()) if (value) form.append(name, value);
  form.append("file", file);
  return new Promise((resolve, reject) => {
    // XMLHttpRequest, because fetch does not say how much has been sent.
    const sender = new XMLHttpRequest();
    sender.open("POST", "/v1/documents");
    for (const [name, value] of Object.entries(authorization())) sender.setRequestHeader(name, value);
    sender.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    sender.addEventListener("load", () => settle(sender, resolve, reject));
    sender.addEventListener("error", () => reject(new ApiError("offline", 0, "")));
    sender.send(form);
  });
}

function settle(sender, resolve, reject) {
  if (sender.status >= 200 && sender.status < 300) resolve(JSON.parse(sender.responseText));
  else reject(problem(sender.status, sender.responseText));
}

/** Runs one request at a time: a newer one aborts the older, whose answer is then never seen. */
export class Latest {
  #controller = null;
  #sequence = 0;

  /** Return the answer of `work(signal)`, or `undefined` when a newer run has overtaken it. */
  async run(work) {
    this.cancel();
    const mine = this.#sequence;
    this.#controller = new AbortController();
    try {
      const answer = await work(this.#controller.signal);
      return mine === this.#sequence ? answer : undefined;
    } catch (cause) {
      if (mine !== this.#sequence || cause.name === "AbortError") return undefined;
      throw cause;
    }
  }

  /** Forget whatever is under way. */
  cancel() {
    this.#sequence += 1;
    this.#controller?.abort();
  }
}
