// Small values for tests: only what a test is about is written out.
import type { Copy, FileGroup, Folder, Hit, Line, SearchReply } from "../src/ipc/backend";

export function hit(chunk: string, more: Partial<Hit> = {}): Hit {
  const why = { score: 1, words: null, meaning: 1, instant: false, signals: [], matched: [] };
  return { chunk, symbol: [], kind: null, startLine: 1, endLine: 2, lines: [], why, stale: false, copies: [], ...more };
}

/** A copy of lines 1 and 2. */
export function copy(path: string, more: Partial<Copy> = {}): Copy {
  return { root: 1, rootName: "app", path, startLine: 1, endLine: 2, exact: true, ...more };
}

export function group(path: string, ...hits: Hit[]): FileGroup {
  return { root: 1, rootName: "app", path, language: "rust", hits, more: 0 };
}

export function line(number: number, text: string, more: Partial<Line> = {}): Line {
  return { number, text, best: false, marks: [], ...more };
}

export function reply(...groups: FileGroup[]): SearchReply {
  const facets = { folders: [], languages: [], kinds: [], roles: [] };
  const total = groups.reduce((sum, it) => sum + it.hits.length, 0);
  return { total, files: null, elapsedMs: 1, groups, facets, notice: null, nearest: [], tokens: [] };
}

export function folder(more: Partial<Folder> = {}): Folder {
  return {
    id: 1,
    path: "/home/you/app",
    name: "app",
    state: "ready",
    message: null,
    paused: false,
    files: 10,
    filesDone: 10,
    chunks: 100,
    instant: 100,
    full: 100,
    skipped: 0,
    etaSeconds: null,
    watch: "native",
    watchMessage: null,
    branch: null,
    commit: null,
    ...more,
  };
}
