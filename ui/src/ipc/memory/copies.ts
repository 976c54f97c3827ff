// What was copied in the invented project, and where to.
import type { Copy } from "../backend";
import { ROOTS, type MemoryChunk, type MemoryFile } from "./files";

type Place = { root: number; under: string; exact: boolean };

/** By the last segment of the symbol. The copies keep the file's own path under another folder. */
const COPIES: Record<string, Place[]> = {
  should_retry: [
    { root: 1, under: "vendor/courier-0.3/", exact: true },
    { root: 2, under: "third_party/courier/", exact: true },
    { root: 3, under: "images/worker/vendor/courier/", exact: true },
  ],
  next_delay: [
    { root: 2, under: "third_party/courier/", exact: false },
    { root: 3, under: "images/worker/vendor/courier/", exact: false },
  ],
  record_failure: [
    { root: 2, under: "crates/session/", exact: true },
    { root: 2, under: "crates/session-legacy/", exact: false },
  ],
};

export function copiesOf(file: MemoryFile, chunk: MemoryChunk): Copy[] {
  return (COPIES[chunk.symbol.at(-1) ?? ""] ?? []).map(({ root, under, exact }) => ({
    root,
    rootName: ROOTS[root - 1] ?? "",
    path: `${under}${file.path}`,
    startLine: chunk.start,
    endLine: chunk.end,
    exact,
  }));
}
