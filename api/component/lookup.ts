// One lookup per text: completions and results on a short pause, and tries again when the API is
// away. A new text ends the lookup before it, so that a stale answer never replaces a newer one.

import { type Client, ExpiredError, RefusedError, UnreachableError } from "./client.ts";
import type { SearchResponse, Suggestion } from "./wire.ts";

export const MAX_CHARS = 1000; // of the API
const MIN_CHARS = 2; // a single letter matches nearly everything
const MAX_SUGGEST_CHARS = 80; // nobody completes a whole paragraph
const PAUSE_MS = 130; // in typing: shorter ones flicker, longer ones feel like waiting
const SUGGESTIONS_MAY_LAG_MS = 200; // behind the results; later ones would push them from under the pointer
const N_SUGGESTIONS = 6;
const PER_PAGE = 12;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export interface Found {
  readonly name: "found";
  readonly q: string;
  readonly suggestions: readonly Suggestion[];
  readonly answer: SearchResponse;
}

export type State =
  | { readonly name: "idle" }
  | { readonly name: "waiting"; readonly q: string }
  | Found
  | { readonly name: "unreachable"; readonly q: string }
  | { readonly name: "expired"; readonly q: string }
  | { readonly name: "failed"; readonly q: string; readonly reference: string };

export class Lookup {
  readonly #client: Client;
  readonly #report: (state: State) => void;
  #turn = new AbortController();

  constructor(client: Client, report: (state: State) => void) {
    this.#client = client;
    this.#report = report;
  }

  /** Look up a text that is still being typed. */
  type(q: string): void {
    this.#begin(q, PAUSE_MS);
  }

  /** Look up a text that stands. */
  now(q: string): void {
    this.#begin(q, 0);
  }

  /** Drop what is under way: nothing of it is reported any more. */
  stop(): void {
    this.#turn.abort();
  }

  #begin(q: string, after: number): void {
    this.stop();
    const { signal } = (this.#turn = new AbortController());
    if ([...q].length < MIN_CHARS) {
      this.#report({ name: "idle" });
      return;
    }
    this.#report({ name: "waiting", q });
    this.#client.begin();
    later(after, signal, () => void this.#search(q, signal, FIRST_RETRY_MS));
  }

  async #search(q: string, signal: AbortSignal, retryMs: number): Promise<void> {
    const suggesting = this.#suggest(q, signal);
    try {
      const answer = await this.#client.search(q, PER_PAGE, signal);
      const suggestions = await Promise.race([suggesting, none()]);
      if (!signal.aborted) this.#report({ name: "found", q, suggestions, answer });
    } catch (error) {
      if (!signal.aborted) this.#fail(q, signal, error, retryMs);
    }
  }

  /** A search without completions is still a search, and it says itself what is wrong. */
  async #suggest(q: string, signal: AbortSignal): Promise<readonly Suggestion[]> {
    if ([...q].length > MAX_SUGGEST_CHARS) return [];
    try {
      return (await this.#client.suggest(q, N_SUGGESTIONS, signal)).suggestions;
    } catch {
      return [];
    }
  }

  #fail(q: string, signal: AbortSignal, error: unknown, retryMs: number): void {
    if (error instanceof UnreachableError) {
      this.#report({ name: "unreachable", q });
      const again = Math.min(retryMs * 2, LAST_RETRY_MS);
      later(retryMs, signal, () => void this.#search(q, signal, again), "online");
    } else if (error instanceof ExpiredError) {
      this.#report({ name: "expired", q });
    } else {
      this.#report({ name: "failed", q, reference: error instanceof RefusedError ? error.reference : "" });
    }
  }
}

function none(): Promise<readonly Suggestion[]> {
  return new Promise((resolve) => setTimeout(resolve, SUGGESTIONS_MAY_LAG_MS, []));
}

/** Do something once: after a while, or as soon as the window says so; never after the signal. */
function later(ms: number, signal: AbortSignal, act: () => void, event?: string): void {
  const once = new AbortController();
  const either = { signal: AbortSignal.any([signal, once.signal]) };
  const run = (): void => {
    once.abort();
    clearTimeout(timer);
    if (!signal.aborted) act();
  };
  const timer = setTimeout(run, ms);
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true, signal: once.signal });
  if (event) addEventListener(event, run, either);
}
