// What the API answers: the parts of schemas/wire.py that the search box reads.

/** Counted in Unicode code points; `end` is the first one after. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Snippet {
  readonly text: string;
  /** Sorted and disjoint. */
  readonly highlights: readonly Span[];
}

export interface Passage {
  readonly passage_id: string;
  readonly snippet: Snippet;
  readonly url: string;
  readonly start_ms: number | null;
  readonly moment: { readonly start_ms: number } | null;
  readonly page: number | null;
  readonly message: number | null;
}

export interface Hit {
  readonly document_id: string;
  readonly kind: "exchange" | "course" | "replay" | "workshop" | "sheet" | "thread";
  readonly media_kind: "video" | "audio" | "pdf" | "messages" | "text" | "transcript";
  readonly title: string;
  readonly url: string;
  readonly language: string;
  readonly visibility: "participants" | "mentors" | "students";
  /** Best first. */
  readonly passages: readonly Passage[];
  readonly explanation: { readonly grounds: readonly Ground[] };
}

/** One thing that put a hit where it is. */
export interface Ground {
  readonly code: string;
  readonly n_people: number | null;
}

export interface FacetValue {
  readonly value: string;
  readonly label: string;
  readonly count: number;
}

/** What was done with a hit of an answer. */
export interface Done {
  readonly query_id: string;
  readonly document_id: string;
  readonly action: "click";
  readonly passage_id: string | null;
}

export interface SearchResponse {
  readonly query_id: string;
  /** Best first. */
  readonly hits: readonly Hit[];
  readonly facets: Readonly<Record<string, readonly FacetValue[]>>;
  readonly total: number;
  readonly total_relation: "exact" | "at-least";
  /** Whether nothing really answers: the hits are only the nearest. */
  readonly is_doubtful: boolean;
  /** What was perhaps meant. */
  readonly suggestion: string | null;
}

export interface Suggestion {
  readonly text: string;
  readonly type: "document" | "tag" | "mentor" | "query";
  readonly id: string;
  /** Null for what is a filter or a query. */
  readonly url: string | null;
}

export interface SuggestResponse {
  readonly suggestions: readonly Suggestion[];
}
