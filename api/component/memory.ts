// Searches that this device remembers: the last ones, and those that somebody chose to keep.

const MAX_RECENT = 5;
const MAX_FAVOURITES = 10;

interface Kept {
  readonly recent: readonly string[];
  readonly favourites: readonly string[];
}

const NOTHING: Kept = { recent: [], favourites: [] };

export class Memory {
  readonly #key: string;
  #kept = NOTHING;

  /** @param key Where in localStorage. */
  constructor(key: string) {
    this.#key = key;
  }

  /** Last first. Favourites are not repeated among the recent searches. */
  get recent(): readonly string[] {
    const { recent, favourites } = this.#read();
    return recent.filter((q) => !favourites.includes(q));
  }

  get favourites(): readonly string[] {
    return this.#read().favourites;
  }

  /** Remember a search as the last one. */
  add(q: string): void {
    if (!q) return;
    const { recent, favourites } = this.#read();
    this.#write({ recent: first(q, recent, MAX_RECENT), favourites });
  }

  /** Keep a search, or keep it no longer. */
  toggle(q: string): void {
    const { recent, favourites } = this.#read();
    this.#write({ recent, favourites: favourites.includes(q) ? without(q, favourites) : first(q, favourites, MAX_FAVOURITES) });
  }

  /** Forget a search altogether. */
  remove(q: string): void {
    const { recent, favourites } = this.#read();
    this.#write({ recent: without(q, recent), favourites: without(q, favourites) });
  }

  /** Forget every search, kept ones included. */
  clear(): void {
    this.#kept = NOTHING;
    try {
      localStorage.removeItem(this.#key);
    } catch {
      // Then it never held anything of ours.
    }
  }

  // Read anew each time: another tab may have written. Anything may stand there, or be refused.
  #read(): Kept {
    try {
      const found: unknown = JSON.parse(localStorage.getItem(this.#key) ?? "{}");
      const { recent, favourites } = found as Record<string, unknown>;
      this.#kept = { recent: texts(recent), favourites: texts(favourites) };
    } catch {
      // Private mode, blocked or damaged: what this page remembers itself will do.
    }
    return this.#kept;
  }

  #write(kept: Kept): void {
    this.#kept = kept;
    try {
      localStorage.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // As above; or full.
    }
  }
}

function without(q: string, list: readonly string[]): readonly string[] {
  return list.filter((other) => other !== q);
}

function first(q: string, list: readonly string[], limit: number): readonly string[] {
  return [q, ...without(q, list)].slice(0, limit);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string" && one !== "") : [];
}
