// Where options lead: the exact place of a hit, and pages of results.

const HOLE = "{q}";

/** A field of the page's own form that holds the query. */
export interface Field {
  readonly form: HTMLFormElement;
  readonly name: string;
}

export class Addresses {
  readonly #portal: string;
  readonly #results: (q: string) => URL;

  /**
   * @param base Address of the API, without a slash at its end: the portal stands there as well.
   * @param portal Of the portal where that is elsewhere; with `{q}` it is the address of a page of
   *   results, and hits stay at `base`. Empty for neither.
   * @param field A form of the page to go by where `portal` is empty.
   */
  constructor(base: string, portal: string, field: Field | null) {
    const isTemplate = portal.includes(HOLE);
    this.#portal = portal && !isTemplate ? withoutSlash(new URL(portal, document.baseURI)) : base;
    if (isTemplate) this.#results = (q) => new URL(portal.replaceAll(HOLE, encodeURIComponent(q)), document.baseURI);
    else if (field && !portal) this.#results = (q) => ofForm(field, q);
    else this.#results = (q) => new URL(`${this.#portal}/?q=${encodeURIComponent(q)}`);
  }

  /** Return the page of results of a query, narrowed if need be; an empty query is left out. */
  results(q: string, narrowed: Readonly<Record<string, string>> = {}): string {
    const url = this.#results(q);
    if (!q) for (const [name, value] of [...url.searchParams]) if (!value) url.searchParams.delete(name);
    for (const [name, value] of Object.entries(narrowed)) url.searchParams.set(name, value);
    return url.href;
  }

  /**
   * Return the address of a place, carrying the query along so that its page can mark the words, and
   * the answer that it stands in, so that what is done there counts for this search.
   */
  place(path: string, q: string, queryId = ""): string {
    const url = new URL(path.startsWith("/") ? this.#portal + path : path, `${this.#portal}/`);
    // Only what opens a page: an answer must not be able to run a script.
    if (!/^https?:$/.test(url.protocol)) return this.results(q);
    if (q) url.searchParams.set("q", q);
    if (q && queryId) url.searchParams.set("from", queryId);
    return url.href;
  }
}

/** Return an address to which paths can be joined. */
export function withoutSlash(url: URL): string {
  return (url.origin + url.pathname).replace(/\/+$/, "");
}

function ofForm({ form, name }: Field, q: string): URL {
  const url = new URL(form.getAttribute("action") || location.pathname, document.baseURI);
  for (const [field, value] of new FormData(form)) if (typeof value === "string") url.searchParams.append(field, value);
  url.searchParams.set(name, q);
  return url;
}
