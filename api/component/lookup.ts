// One lookup per text: completions and instant results at once, the full search when typing pauses,
// and tries again when the API is away. A new text ends the lookup before it, and instant results
// never follow full ones, so that a stale answer never replaces a newer one.

import { type Client, ExpiredError, RefusedError, UnreachableError } from "./client.ts";
import type { SearchResponse, Suggestion } from "./wire.ts";

export const MAX_CHARS = 1000; // of the API
const MIN_CHARS = 2; // a single letter matches nearly everything
const MAX_SUGGEST_CHARS = 80; // nobody completes a whole paragraph
const PAUSE_MS = 250; // in typing: the slowest keys of a word lie nearer, a searched word is not
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
  /** Found by words alone, while the text is being typed: the full answer follows. */
  readonly isInstant: boolean;
}

/** What is under way for one text. */
interface Turn {
  readonly q: string;
  readonly signal: AbortSignal;
  suggesting: Promise<readonly Suggestion[]>;
  isAnswered: boolean;
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

  /** Look up a text that is still being typed; a space after it ends its last word. */
  type(q: string, isSpaced: boolean): void {
    const turn = this.#begin(q, PAUSE_MS);
    if (turn) void this.#glance(turn, isSpaced ? `${q} ` : q);
  }

  /** Look up a text that stands. */
  now(q: string): void {
    this.#begin(q, 0);
  }

  /** Drop what is under way: nothing of it is reported any more. */
  stop(): void {
    this.#turn.abort();
  }

  #begin(q: string, after: number): Turn | null {
    this.stop();
    const { signal } = (this.#turn = new AbortController());
    if ([...q].length < MIN_CHARS) {
      this.#report({ name: "idle" });
      return null;
    }
    this.#report({ name: "waiting", q });
    // Typing alone must not make the page ask for a token at every key.
    const wasRefused = this.#client.isRefused;
    if (wasRefused && !after) this.#client.begin();
    const turn: Turn = { q, signal, suggesting: this.#suggest(q, signal), isAnswered: false };
    later(after, signal, () => {
      if (wasRefused && after) this.#client.begin();
      void this.#search(turn, FIRST_RETRY_MS);
    });
    return turn;
  }

  /** Show what is found by words alone; what goes wrong is left for the full search to tell. */
  async #glance(turn: Turn, typed: string): Promise<void> {
    const { q, signal } = turn;
    try {
      const answer = await this.#client.search(typed, "instant", PER_PAGE, signal);
      const suggestions = await Promise.race([turn.suggesting, none()]);
      const isEmpty = !answer.hits.length && !suggestions.length;
      if (!isEmpty && !turn.isAnswered && !signal.aborted) this.#report({ name: "found", q, suggestions, answer, isInstant: true });
    } catch {
      // See above.
    }
  }

  async #search(turn: Turn, retryMs: number): Promise<void> {
    const { q, signal } = turn;
    try {
      const answer = await this.#client.search(q, "full", PER_PAGE, signal);
      const suggestions = await Promise.race([turn.suggesting, none()]);
      turn.isAnswered = true;
      if (!signal.aborted) this.#report({ name: "found", q, suggestions, answer, isInstant: false });
    } catch (error) {
      turn.isAnswered = true;
      if (!signal.aborted) this.#fail(turn, error, retryMs);
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

  #fail(turn: Turn, error: unknown, retryMs: number): void {
    const { q, signal } = turn;
    if (error instanceof UnreachableError) {
      this.#report({ name: "unreachable", q });
      const again = Math.min(retryMs * 2, LAST_RETRY_MS);
      const retry = (): void => {
        turn.suggesting = this.#suggest(q, signal);
        void this.#search(turn, again);
      };
      later(retryMs, signal, retry, "online");
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
