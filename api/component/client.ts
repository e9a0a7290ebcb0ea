// Requests to the API, in the name of whoever uses the page.

import type { Done, SearchResponse, SuggestResponse } from "./wire.ts";

/** The page's own way to a bearer token; asked again when the API no longer takes the last one. */
export type GetToken = () => Promise<string> | string;

/** The API cannot be reached, or not now: worth another try. */
export class UnreachableError extends Error {}

/** Nobody is signed in, or no longer. */
export class ExpiredError extends Error {}

/** The API answered with a problem that another try would not solve. */
export class RefusedError extends Error {
  /** What the school's team finds in its logs. */
  readonly reference: string;

  constructor(reference: string) {
    super(reference);
    this.reference = reference;
  }
}

const PATIENCE_MS = 10_000;
const MAY_PASS = new Set([408, 425, 429, 502, 503, 504]);

export class Client {
  readonly #base: string;
  readonly #getToken: GetToken | null;
  #token: Promise<string> | null = null;
  #renewed: Promise<string> | null = null; // asked for after a refusal, and not accepted yet
  #refused: Promise<string> | null = null; // a renewed one that did not do either

  /**
   * @param base Address of the API, without a slash at its end.
   * @param getToken Null where the session cookie says who asks.
   */
  constructor(base: string, getToken: GetToken | null) {
    this.#base = base;
    this.#getToken = getToken;
  }

  /** Whether the page's renewed token did not do either: nothing more is asked with it. */
  get isRefused(): boolean {
    return this.#refused !== null;
  }

  /** Let the next request ask for a token again, where the last one was refused. */
  begin(): void {
    if (this.#refused) this.#forget(this.#refused);
    this.#refused = null;
    this.#renewed = null;
  }

  suggest(q: string, limit: number, signal: AbortSignal): Promise<SuggestResponse> {
    const query = new URLSearchParams({ q, limit: String(limit) });
    return this.#send(`/v1/suggest?${query}`, {}, signal) as Promise<SuggestResponse>;
  }

  /** Search by POST: what is looked for then stands in no address and no log. */
  search(q: string, mode: "full" | "instant", perPage: number, signal: AbortSignal): Promise<SearchResponse> {
    const init = {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ q, mode, per_page: perPage, surface: "component" }),
    };
    return this.#send("/v1/search", init, signal) as Promise<SearchResponse>;
  }

  /** Tell what was done with a hit, also while the page is being left: what is lost is lost. */
  report(done: Done): void {
    const headers = new Headers({ "Content-Type": "application/json" });
    const send = async (): Promise<void> => {
      const bearer = this.#bearer();
      if (bearer) headers.set("Authorization", `Bearer ${await bearer}`);
      const credentials = bearer ? "omit" : "same-origin";
      await fetch(`${this.#base}/v1/events`, { method: "POST", headers, body: JSON.stringify({ events: [done] }), credentials, keepalive: true });
    };
    send().catch(() => {});
  }

  async #send(path: string, init: RequestInit, signal: AbortSignal): Promise<unknown> {
    let used = this.#bearer();
    if (used && used === this.#refused) throw new ExpiredError();
    let answer = await this.#fetch(path, init, used, signal);
    if (answer.status === 401 && used && used !== this.#renewed) {
      // Two requests may meet the same expired token: only the first asks for another.
      if (this.#forget(used)) this.#renewed = this.#bearer();
      used = this.#bearer();
      answer = await this.#fetch(path, init, used, signal);
    }
    if (answer.status === 401) {
      this.#refused = used;
      throw new ExpiredError();
    }
    if (used === this.#renewed) this.#renewed = null;
    if (MAY_PASS.has(answer.status)) throw new UnreachableError();
    if (!answer.ok) throw new RefusedError(answer.headers.get("X-Request-ID") ?? "");
    try {
      return await answer.json();
    } catch {
      signal.throwIfAborted();
      throw new UnreachableError(); // cut off half-way
    }
  }

  async #fetch(path: string, init: RequestInit, bearer: Promise<string> | null, signal: AbortSignal): Promise<Response> {
    const headers = new Headers(init.headers);
    if (bearer) headers.set("Authorization", `Bearer ${await bearer}`);
    signal.throwIfAborted();
    try {
      return await fetch(this.#base + path, {
        ...init,
        headers,
        cache: "no-store",
        credentials: bearer ? "omit" : "same-origin", // the cookie goes to its own origin only
        signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
      });
    } catch {
      signal.throwIfAborted();
      throw new UnreachableError();
    }
  }

  /** Return the token that requests share, or null where the session cookie speaks. */
  #bearer(): Promise<string> | null {
    if (!this.#getToken) return null;
    if (!this.#token) {
      const asked = ask(this.#getToken);
      asked.catch(() => this.#forget(asked));
      this.#token = asked;
    }
    return this.#token;
  }

  /** Return whether it was the one in use, which the next request will ask for anew. */
  #forget(token: Promise<string>): boolean {
    if (this.#token !== token) return false;
    this.#token = null;
    return true;
  }
}

async function ask(getToken: GetToken): Promise<string> {
  let token = "";
  try {
    token = await Promise.race([getToken(), late()]);
  } catch {
    if (!navigator.onLine) throw new UnreachableError(); // no network is no expired session
  }
  if (!token) throw new ExpiredError();
  return token;
}

/** A page that never answers must not leave a search waiting for ever. */
function late(): Promise<string> {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, ""));
}
