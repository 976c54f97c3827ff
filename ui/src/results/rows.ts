// The list as the keyboard sees it: one row per visible hit, one per copy that is shown, and one per file that is folded.
import type { Copy, FileGroup, Hit } from "../ipc/backend";

export type Row =
  | { type: "hit"; id: string; file: string; group: FileGroup; hit: Hit }
  | { type: "copy"; id: string; file: string; group: FileGroup; hit: Hit; copy: Copy }
  | { type: "file"; id: string; file: string; group: FileGroup };

export function fileKey(group: { root: number; path: string }): string {
  return `${group.root}/${group.path}`;
}

export function rowId(group: FileGroup, hit?: Hit): string {
  return hit ? `hit-${hit.chunk}` : `file-${encodeURIComponent(fileKey(group))}`;
}

export function copyId(hit: Hit, copy: Copy): string {
  return `copy-${hit.chunk}-${encodeURIComponent(fileKey(copy))}-${copy.startLine}`;
}

/** `unfolded`: the rows of the hits whose copies are shown. */
export function rowsOf(
  groups: readonly FileGroup[],
  folded: ReadonlySet<string>,
  unfolded: ReadonlySet<string> = new Set(),
): Row[] {
  return groups.flatMap((group): Row[] => {
    const file = fileKey(group);
    if (folded.has(file) || group.hits.length === 0) {
      return [{ type: "file", id: rowId(group), file, group }];
    }
    return group.hits.flatMap((hit): Row[] => {
      const id = rowId(group, hit);
      const copies = unfolded.has(id) ? hit.copies : [];
      return [
        { type: "hit", id, file, group, hit },
        ...copies.map((copy): Row => ({ type: "copy", id: copyId(hit, copy), file, group, hit, copy })),
      ];
    });
  });
}

/** The row `by` places from the selected one, stopping at both ends. */
export function step(rows: readonly Row[], selected: string | null, by: number): string | null {
  const at = rows.findIndex((row) => row.id === selected);
  if (at < 0) return rows[0]?.id ?? null;
  return rows[Math.min(Math.max(at + by, 0), rows.length - 1)]?.id ?? null;
}

/** The first row of the next file; of this file, then of the one before, when going back. */
export function stepFile(rows: readonly Row[], selected: string | null, forward: boolean): string | null {
  const at = rows.findIndex((row) => row.id === selected);
  if (at < 0) return rows[0]?.id ?? null;
  const file = rows[at]?.file;
  if (forward) {
    const next = rows.findIndex((row, i) => i > at && row.file !== file);
    return rows[next < 0 ? rows.length - 1 : next]?.id ?? null;
  }
  const first = rows.findIndex((row) => row.file === file);
  const before = first < at ? file : rows[first - 1]?.file;
  return rows.find((row) => row.file === (before ?? file))?.id ?? null;
}

/** Where the selection goes when `rows` become `next`: the same row if it is still there, else the same file, else the same place. */
export function keep(rows: readonly Row[], next: readonly Row[], selected: string | null): string | null {
  if (next.some((row) => row.id === selected)) return selected;
  const at = rows.findIndex((row) => row.id === selected);
  const old = rows[at];
  if (!old) return next[0]?.id ?? null;
  const line = old.type === "file" ? 0 : old.hit.startLine;
  const distance = (row: Row) => (row.type === "file" ? 0 : Math.abs(row.hit.startLine - line));
  const sameFile = next.filter((row) => row.file === old.file).sort((a, b) => distance(a) - distance(b))[0];
  return (sameFile ?? next[Math.min(at, next.length - 1)])?.id ?? null;
}
