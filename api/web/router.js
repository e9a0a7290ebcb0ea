// Addresses of the portal. Everything a person may want to share or go back to is in the address.

const listeners = new Set();
export const FILTERS = ["kind", "tag", "mentor", "speaker"];

history.scrollRestoration = "manual";

/** Return what the address names: `{view: "home" | "results" | "document", ...}`. */
export function readRoute(url = new URL(location.href)) {
  const params = url.searchParams;
  const match = url.pathname.match(/^\/documents\/([^/]+)$/);
  const q = (params.get("q") ?? "").trim();
  if (match) {
    const place = new URLSearchParams(url.hash.slice(1));
    const whole = (name) => (/^\d+$/.test(place.get(name) ?? "") ? Number(place.get(name)) : null);
    const t = Number.parseFloat(params.get("t") ?? "");
    return {
      view: "document", id: decodeURIComponent(match[1]), q,
      t: Number.isFinite(t) && t >= 0 ? t : null,
      page: whole("page"), message: whole("message"), block: whole("block"),
    };
  }
  const filters = Object.fromEntries(FILTERS.map((name) => [name, params.getAll(name)]));
  const isNarrowed = FILTERS.some((name) => filters[name].length) || params.has("since") || params.has("until");
  if (!q && !isNarrowed) return { view: "home", q }; // filters without words browse
  return {
    view: "results", q, filters,
    since: params.get("since") ?? "", until: params.get("until") ?? "",
    page: Math.max(1, Number.parseInt(params.get("page") ?? "1", 10) || 1),
  };
}

/** Return the address of a results page; without words it lists what the filters let through. */
export function resultsUrl({ q = "", filters = {}, since = "", until = "", page = 1 }) {
  const params = new URLSearchParams(q ? { q } : {});
  for (const name of FILTERS) for (const value of filters[name] ?? []) params.append(name, value);
  if (since) params.set("since", since);
  if (until) params.set("until", until);
  if (page > 1) params.set("page", page);
  return `/?${params}`;
}

/** Return a portal address with the query added, so that the document can mark its words. */
export function withQuery(portalUrl, q) {
  const url = new URL(portalUrl, location.origin);
  if (q) url.searchParams.set("q", q);
  return url.pathname + url.search + url.hash;
}

/** Go to an address; `replace` leaves no entry in the history, nor does another place in one document. */
export function navigate(url, { replace = false } = {}) {
  const next = new URL(url, location.origin);
  const [from, to] = [readRoute(), readRoute(next)];
  const sameDocument = from.view === "document" && from.id === to.id && from.q === to.q;
  if (replace || sameDocument || next.href === location.href) {
    history.replaceState(history.state, "", next);
  } else {
    history.replaceState({ ...history.state, scroll: window.scrollY }, "");
    history.pushState({ fromResults: from.view === "results" }, "", next);
  }
  announce({ back: false });
}

/** Change the address without showing anything anew (the reader moved inside a document). */
export function noteAddress(url) {
  history.replaceState(history.state, "", url);
}

/** Call `listener({back, scroll})` whenever the address changes. */
export function onNavigate(listener) {
  listeners.add(listener);
}

function announce(how) {
  for (const listener of listeners) listener(how);
}

function followsLink(event) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && !event.defaultPrevented;
}

document.addEventListener("click", (event) => {
  const anchor = event.target.closest?.("a[data-link]");
  if (!anchor || !followsLink(event)) return;
  event.preventDefault();
  navigate(anchor.href);
});

window.addEventListener("popstate", (event) => announce({ back: true, scroll: event.state?.scroll ?? 0 }));
