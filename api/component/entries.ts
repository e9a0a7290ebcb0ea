// What the list offers, as values: from an answer of the API, or from what this device remembers.

import type { Addresses } from "./addresses.ts";
import type { IconName } from "./icons.ts";
import type { Found } from "./lookup.ts";
import { excerpt, typedIn } from "./marks.ts";
import type { Key, Texts } from "./strings.ts";
import type { Hit, Passage, Snippet, Span, Suggestion } from "./wire.ts";

/** One option. */
export interface Entry {
  readonly type: "spelling" | "query" | "suggestion" | "hit" | "mentor" | "all" | "remembered";
  readonly url: string;
  readonly icon: IconName;
  readonly title: string;
  /** Language of the title and the snippet where it is not the box's own. */
  readonly language: string | null;
  readonly marks: readonly Span[];
  readonly facts: readonly string[];
  /** Who alone may see it, when that is not everybody. */
  readonly seenBy: string | null;
  readonly snippet: Snippet | null;
  /** The hit that it is, where what is done with it counts for a search. */
  readonly hit: { readonly queryId: string; readonly documentId: string; readonly passageId: string | null } | null;
}

/** Options under one heading. */
export interface Group {
  readonly name: "spelling" | "queries" | "suggestions" | "passages" | "nearest" | "videos" | "sheets" | "exchanges" | "mentors" | "all" | "favourites" | "recent";
  readonly entries: readonly Entry[];
}

const N_BEST = 3; // hits that show the text of their passage
const N_PER_KIND = 3;
const N_MENTORS = 3;
const GROUP_OF = { course: "videos", replay: "videos", workshop: "videos", sheet: "sheets", exchange: "exchanges", thread: "exchanges" } as const;
const KINDS = ["videos", "sheets", "exchanges"] as const;

/** Return what an answer offers, best passages first; empty when nothing was found. */
export function found({ q, suggestions, answer, isInstant }: Found, to: Addresses, t: Texts): Group[] {
  const { hits, facets, suggestion, total, total_relation, is_doubtful } = answer;
  // What is found while the text is being typed is no search yet: the log does not know it.
  const queryId = isInstant ? "" : answer.query_id;
  const shown = new Set(hits.map((hit) => hit.document_id));
  const fresh = suggestions.filter(({ type, id }) => type === "tag" || (type === "document" && !shown.has(id)));
  const named = suggestions.filter(({ type }) => type === "mentor").map((one) => completion(one, q, to, t));
  const rest = hits.slice(N_BEST);
  const count = isInstant ? [] : [t.of(`all.${total_relation}`, { n: total })];
  const all = { ...plain("all", to.results(q), "search", t.of("all", { q })), facts: count };
  const groups: Group[] = [
    { name: "spelling", entries: suggestion ? [plain("spelling", to.results(suggestion), "search", suggestion)] : [] },
    { name: "queries", entries: suggestions.filter(({ type }) => type === "query").map((one) => completion(one, q, to, t)) },
    { name: "suggestions", entries: fresh.map((one) => completion(one, q, to, t)) },
    { name: "mentors", entries: named },
    { name: is_doubtful ? "nearest" : "passages", entries: hits.slice(0, N_BEST).map((hit) => place(hit, q, queryId, to, t, true)) },
    ...KINDS.map((name) => ({
      name,
      entries: rest.filter(({ kind }) => (GROUP_OF[kind] ?? "sheets") === name).slice(0, N_PER_KIND).map((hit) => place(hit, q, queryId, to, t, false)),
    })),
    {
      name: "mentors",
      // Whoever is called as was typed stands further up, and alone.
      entries: (hits.length && !named.length ? (facets["mentor"] ?? []) : []).slice(0, N_MENTORS).map(({ value, label, count }) => ({
        ...plain("mentor", to.results(q, { mentor: value }), "person", label),
        facts: [t.of("documents", { n: count })],
      })),
    },
    { name: "all", entries: hits.length ? [all] : [] },
  ];
  return groups.filter(({ entries }) => entries.length);
}

/** Return the searches that this device remembers. */
export function remembered(recent: readonly string[], favourites: readonly string[], to: Addresses): Group[] {
  const groups: Group[] = [
    { name: "favourites", entries: favourites.map((q) => plain("remembered", to.results(q), "star", q)) },
    { name: "recent", entries: recent.map((q) => plain("remembered", to.results(q), "clock", q)) },
  ];
  return groups.filter(({ entries }) => entries.length);
}

function plain(type: Entry["type"], url: string, icon: IconName, title: string): Entry {
  return { type, url, icon, title, language: null, marks: [], facts: [], seenBy: null, snippet: null, hit: null };
}

function completion({ text, type, id, url }: Suggestion, q: string, to: Addresses, t: Texts): Entry {
  const marks = typedIn(text, q);
  if (type === "query") return { ...plain("query", to.results(text), "search", text), marks };
  if (type === "mentor") return { ...plain("mentor", to.results("", { mentor: id }), "person", text), marks };
  if (type === "tag" || url === null) return { ...plain("suggestion", to.results("", { tag: id }), "tag", text), marks, facts: [t.of("tag")] };
  return { ...plain("suggestion", to.place(url, q), "text", text), marks };
}

function place(hit: Hit, q: string, queryId: string, to: Addresses, t: Texts, withText: boolean): Entry {
  const best = hit.passages[0];
  return {
    ...plain("hit", to.place(best?.url ?? hit.url, q, queryId), hit.media_kind, hit.title),
    language: hit.language,
    facts: [t.of(`kind.${hit.kind}` as Key), ...(best ? where(best, t) : []), ...useful(hit, t)],
    seenBy: hit.visibility === "students" ? null : t.of(`visibility.${hit.visibility}`),
    snippet: best && withText ? excerpt(best.snippet) : null,
    hit: queryId ? { queryId, documentId: hit.document_id, passageId: best?.passage_id ?? null } : null,
  };
}

/** Tell how many people found the hit useful for this very question, where the service says so. */
function useful({ explanation }: Hit, t: Texts): string[] {
  const n = explanation.grounds.find(({ code }) => code === "useful")?.n_people;
  return n ? [t.of("ground.useful", { n })] : [];
}

function where({ moment, start_ms, page, message }: Passage, t: Texts): string[] {
  const at = moment?.start_ms ?? start_ms;
  if (at !== null) return [t.of("place.time", { time: clock(at) })];
  if (page !== null) return [t.of("place.page", { page })];
  if (message !== null) return [t.of("place.message", { message: message + 1 })];
  return [];
}

/** Return a moment as players show it: `1:02:03`, `2:03`. */
function clock(ms: number): string {
  const s = Math.floor(ms / 1000);
  const [hours, minutes, seconds] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60), s % 60];
  const padded = (n: number): string => String(n).padStart(2, "0");
  return hours ? `${hours}:${padded(minutes)}:${padded(seconds)}` : `${minutes}:${padded(seconds)}`;
}
