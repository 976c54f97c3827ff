// What is asked: the words, the mode and the filters chosen beside the list.
import type { Mode, QueryToken, SearchRequest } from "../ipc/backend";

export type Filters = {
  readonly roots: readonly number[];
  readonly languages: readonly string[];
  readonly kinds: readonly string[];
  readonly roles: readonly string[];
};

/** What code is to be like: a chunk, or a text that was selected. */
export type Similar = { readonly label: string } & ({ readonly chunk: string } | { readonly text: string });

export type Query = {
  readonly text: string;
  readonly mode: Mode;
  readonly filters: Filters;
  /** Set when the question is not the words but "what is like this". */
  readonly similar: Similar | null;
};

/** In the order of their keys. */
export const MODES: readonly Mode[] = ["all", "meaning", "words", "symbols", "files", "regex", "matches"];

export const NO_FILTERS: Filters = { roots: [], languages: [], kinds: [], roles: [] };
export const EMPTY: Query = { text: "", mode: "all", filters: NO_FILTERS, similar: null };
/** Hits asked for at first, and added each time more are wanted. */
export const LIMIT = 60;
/** The same for lines that match. */
const LINES = 200;

/** True if every place is asked for, not the best ones. */
export function wantsAll(query: Query): boolean {
  return query.similar === null && (query.mode === "matches" || query.mode === "regex");
}

export function page(query: Query): number {
  return wantsAll(query) ? LINES : LIMIT;
}

export function isEmpty(query: Query): boolean {
  return query.text.trim() === "" && query.similar === null;
}

const LONGEST_LABEL = 80;

/** A selection as a question, called by its first line. */
export function selection(text: string): Similar {
  const line = text.trim().split("\n", 1)[0]?.trim().replace(/\s+/g, " ") ?? "";
  const label = line.length > LONGEST_LABEL ? `${line.slice(0, LONGEST_LABEL).trimEnd()}…` : line;
  return { text, label };
}

export function hasFilters(filters: Filters): boolean {
  return Object.values(filters).some((chosen) => chosen.length > 0);
}

export function toggled<T>(chosen: readonly T[], it: T): T[] {
  return chosen.includes(it) ? chosen.filter((other) => other !== it) : [...chosen, it];
}

export function request(query: Query, text: string, limit: number): SearchRequest {
  const { roots, languages, kinds, roles } = query.filters;
  return {
    text,
    mode: query.mode,
    roots: [...roots],
    languages: [...languages],
    kinds: [...kinds],
    roles: [...roles],
    limit,
  };
}

/**
 * The filters recognised in `from`, moved to where they now stand in `to`. The words are drawn at once and the
 * answer comes later, so a filter that the edit did not touch keeps its look, and one that it touched loses it.
 */
export function carryTokens(tokens: readonly QueryToken[], from: string, to: string): QueryToken[] {
  const most = Math.min(from.length, to.length);
  let head = 0;
  while (head < most && from[head] === to[head]) head++;
  let tail = 0;
  while (tail < most - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  const shift = to.length - from.length;
  return tokens.flatMap((token) => {
    if (token.end <= head) return [token];
    if (token.start >= from.length - tail) {
      return [{ ...token, start: token.start + shift, end: token.end + shift }];
    }
    return [];
  });
}

/** `text` cut at the tokens, in order. */
export function pieces(text: string, tokens: readonly QueryToken[]): { text: string; token: QueryToken | null }[] {
  const cut: { text: string; token: QueryToken | null }[] = [];
  let at = 0;
  for (const token of [...tokens].sort((a, b) => a.start - b.start)) {
    if (token.start < at || token.end > text.length) continue;
    if (token.start > at) cut.push({ text: text.slice(at, token.start), token: null });
    cut.push({ text: text.slice(token.start, token.end), token });
    at = token.end;
  }
  if (at < text.length) cut.push({ text: text.slice(at), token: null });
  return cut;
}
