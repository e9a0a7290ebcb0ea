// Talks to the HTTP API from our own pages: the session cookie says who asks.

/** An answer that is not a success; `code` is the API's own, or `offline` / `unreadable`. */
export class ApiError extends Error {
  constructor(code, status, detail) {
    super(detail || code);
    this.code = code;
    this.status = status;
    this.detail = detail;
  }
}

/** Send a request and return the decoded answer, `null` when there is none; raises `ApiError`. */
export async function call(path, { method = "GET", body, signal } = {}) {
  const response = await reach(path, {
    method, signal, credentials: "same-origin",
    headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
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

/** Return the error that a problem document describes. */
export function problem(status, text) {
  try {
    const { code, detail } = JSON.parse(text);
    return new ApiError(code ?? "unreadable", status, detail ?? "");
  } catch {
    return new ApiError("unreadable", status, "");
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
