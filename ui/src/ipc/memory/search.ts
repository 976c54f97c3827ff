// A search over the invented project: naive, but with the shape and the manners of the real one.
import type { Facet, FileGroup, Hit, Line, QueryToken, SearchReply, SearchRequest, TokenKind } from "../backend";
import { copiesOf } from "./copies";
import { FILES, ROOTS, type MemoryChunk, type MemoryFile } from "./files";

type Found = { file: MemoryFile; chunk: MemoryChunk; id: string; words: string[]; about: number };

/** As many hits of a file as the real backend shows. */
const SHOWN_OF_FILE = 3;

const LANGUAGES: Record<string, string> = { rust: "Rust", typescript: "TypeScript", markdown: "Markdown" };

export function search(request: SearchRequest): SearchReply {
  const tokens = filters(request.text);
  const free = tokens.reduce((text, token) => text.replace(token.text, " "), request.text);
  const langs = tokens.filter((token) => token.kind === "lang");
  const lang = langs.filter((token) => token.valid).map(valueOf);
  const paths = tokens.filter((token) => token.text.startsWith("path:")).map((token) => token.text.slice(5).replaceAll('"', ""));
  const unknown = langs.find((token) => !token.valid);
  const wanted = free.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  const found = all()
    .filter(({ file }) => lang.length === 0 || lang.includes(file.language))
    .filter(({ file }) => paths.every((path) => `/${file.path}`.includes(path)))
    .map((it) => ({
      ...it,
      words: wanted.filter((word) => word.length > 2 && textOf(it.file, it.chunk).toLowerCase().includes(word)),
      about: wanted.filter((word) => it.chunk.about.split(" ").includes(word)).length,
    }))
    .filter((it) => (request.mode === "words" ? it.words.length : it.words.length + it.about) > 0);
  return reply(found, request, tokens, unknown ? { code: "badFilter", value: valueOf(unknown) } : null);
}

function valueOf(token: QueryToken): string {
  return token.text.slice("lang:".length);
}

export function similar(chunk: string, limit: number): SearchReply {
  const others = all().filter((it) => it.id !== chunk);
  return reply(others.map((it, i) => ({ ...it, about: others.length - i })), byMeaning(limit), [], null);
}

/** Text is near where it shares words. */
export function similarText(text: string, limit: number): SearchReply {
  const words = new Set(text.toLowerCase().match(/\p{L}{3,}/gu));
  const shared = (it: Found) => textOf(it.file, it.chunk).toLowerCase().match(/\p{L}{3,}/gu)?.filter((w) => words.has(w)).length;
  const found = all().map((it) => ({ ...it, about: shared(it) ?? 0 }));
  return reply(found.filter((it) => it.about > 0), byMeaning(limit), [], null);
}

function byMeaning(limit: number): SearchRequest {
  return { text: "", mode: "meaning", roots: [], languages: [], kinds: [], roles: [], limit };
}

export function all(): Found[] {
  return FILES.flatMap((file, f) =>
    file.chunks.map((chunk, c) => ({ file, chunk, id: String(f * 100 + c + 1), words: [], about: 0 })),
  );
}

function reply(found: Found[], request: SearchRequest, tokens: QueryToken[], notice: SearchReply["notice"]): SearchReply {
  const kept = found.filter(
    ({ file, chunk }) =>
      allows(request.roots, file.root) &&
      allows(request.languages, file.language) &&
      allows(request.kinds, chunk.kind) &&
      allows(request.roles, "source"),
  );
  const near = ranks(kept, (it) => (request.mode === "words" ? 0 : it.about));
  const byWords = ranks(kept, (it) => it.words.length);
  const groups = new Map<MemoryFile, FileGroup>();
  const ranked = [...kept].sort((a, b) => b.about + b.words.length / 4 - a.about - a.words.length / 4);
  for (const it of ranked.slice(0, request.limit)) {
    const group = groups.get(it.file) ?? {
      root: it.file.root,
      rootName: ROOTS[it.file.root - 1] ?? "",
      path: it.file.path,
      language: it.file.language,
      hits: [],
      more: 0,
    };
    groups.set(it.file, group);
    group.hits.push(hit(it, near.get(it.id), byWords.get(it.id)));
  }
  // A question about one file wants all of it.
  if (groups.size > 1) {
    for (const group of groups.values()) group.more = group.hits.splice(SHOWN_OF_FILE).length;
  }
  return {
    total: kept.length,
    files: null,
    elapsedMs: 9,
    groups: [...groups.values()],
    facets: {
      folders: facet(found, (it) => String(it.file.root), (key) => ROOTS[Number(key) - 1] ?? key),
      languages: facet(found, (it) => it.file.language, (key) => LANGUAGES[key] ?? key),
      kinds: facet(found, (it) => it.chunk.kind, (key) => key),
      roles: facet(found, () => "source", () => "Source"),
    },
    notice,
    nearest: [],
    tokens,
  };
}

function hit(it: Found, meaning: number | undefined, words: number | undefined): Hit {
  const lines = it.file.text.split("\n");
  const best = it.chunk.best[0] ?? it.chunk.start;
  const shown = [best - 1, best, best + 1].filter((n) => n >= it.chunk.start && n <= it.chunk.end);
  const defines = it.words.some((word) => it.chunk.symbol.join(" ").toLowerCase().includes(word));
  return {
    chunk: it.id,
    symbol: it.chunk.symbol,
    kind: it.chunk.kind,
    startLine: it.chunk.start,
    endLine: it.chunk.end,
    lines: shown.map((n) => line(n, lines[n - 1] ?? "", it.chunk.best.includes(n), it.words)),
    why: {
      score: 1 / (meaning ?? 99),
      words: words ?? null,
      meaning: meaning ?? null,
      instant: false,
      signals: defines ? [{ kind: "defines", factor: 1.4 }] : [],
      matched: it.words,
    },
    stale: false,
    copies: copiesOf(it.file, it.chunk),
  };
}

function line(number: number, text: string, best: boolean, words: string[]): Line {
  const marks = words.flatMap((word): [number, number][] => {
    const at = text.toLowerCase().indexOf(word);
    return at < 0 ? [] : [[at, at + word.length]];
  });
  return { number, text, best, marks };
}

function ranks(found: Found[], score: (it: Found) => number): Map<string, number> {
  const ranked = found.filter((it) => score(it) > 0).sort((a, b) => score(b) - score(a));
  return new Map(ranked.map((it, i) => [it.id, i + 1]));
}

function facet(found: Found[], key: (it: Found) => string, label: (key: string) => string): Facet[] {
  const counts = new Map<string, number>();
  for (const it of found) counts.set(key(it), (counts.get(key(it)) ?? 0) + 1);
  return [...counts].map(([key, count]) => ({ key, label: label(key), count })).sort((a, b) => b.count - a.count);
}

function filters(text: string): QueryToken[] {
  const pattern = /(?:^|\s)((-?path|lang|repo|symbol):\S+|"[^"]+")/g;
  return [...text.matchAll(pattern)].map((match) => {
    const token = match[1] ?? "";
    const start = match.index + match[0].length - token.length;
    const kind = (match[2]?.replace("-", "") ?? "phrase") as TokenKind;
    const valid = kind !== "lang" || token.slice("lang:".length) in LANGUAGES;
    return { start, end: start + token.length, kind, text: token, valid };
  });
}

function textOf(file: MemoryFile, chunk: MemoryChunk): string {
  return file.text.split("\n").slice(chunk.start - 1, chunk.end).join("\n");
}

function allows<T>(wanted: readonly T[], it: T): boolean {
  return wanted.length === 0 || wanted.includes(it);
}
