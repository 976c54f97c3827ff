// What a hit's copies are called, and where in them its best lines stand.
import type { Copy, FileGroup, Hit } from "../ipc/backend";
import { m } from "../messages/messages";
import { fileKey } from "./rows";

/** "same in 3 other files", "nearly the same in 1 other file"; empty where there are none. */
export function copiesPhrase(group: FileGroup, copies: readonly Copy[]): string {
  const exact = copies.filter((copy) => copy.exact);
  const near = copies.filter((copy) => !copy.exact);
  if (copies.length === 0) return "";
  if (near.length === 0) return m.results.copies.same(where(group, exact));
  if (exact.length === 0) return m.results.copies.nearlySame(where(group, near));
  return m.results.copies.sameAndNearly(where(group, exact), where(group, near));
}

function where(group: FileGroup, copies: readonly Copy[]): string {
  const files = new Set(copies.map(fileKey));
  const here = copies.filter((copy) => fileKey(copy) === fileKey(group)).length;
  const others = files.size - (here > 0 ? 1 : 0);
  return others === 0 ? m.results.copies.inThisFile(here) : m.results.copies.inOtherFiles(others, here > 0);
}

/** The hit's best lines where they stand in the copy; where that cannot be told, the copy's first. */
export function bestIn(copy: Copy, hit: Hit): number[] {
  const moved = copy.startLine - hit.startLine;
  const best = hit.lines.filter((line) => line.best).map((line) => line.number + moved);
  const alike = copy.exact && copy.endLine - hit.endLine === moved;
  return alike && best.length > 0 ? best : [copy.startLine];
}
