// What a hit's copies are called, and where in them its best lines stand.
import type { Copy, FileGroup, Hit } from "../ipc/backend";
import { count } from "../shared/format";
import { fileKey } from "./rows";

/** "same in 3 other files", "nearly the same in 1 other file"; empty where there are none. */
export function copiesPhrase(group: FileGroup, copies: readonly Copy[]): string {
  const exact = copies.filter((copy) => copy.exact);
  const near = copies.filter((copy) => !copy.exact);
  if (copies.length === 0) return "";
  if (near.length === 0) return `same ${where(group, exact)}`;
  if (exact.length === 0) return `nearly the same ${where(group, near)}`;
  return `same ${where(group, exact)}, nearly ${where(group, near)}`;
}

function where(group: FileGroup, copies: readonly Copy[]): string {
  const files = new Set(copies.map(fileKey));
  const here = copies.filter((copy) => fileKey(copy) === fileKey(group)).length;
  const others = files.size - (here > 0 ? 1 : 0);
  if (others === 0) return `in ${count(here, "other place", "other places")} of this file`;
  return `in ${count(others, "other file")}${here > 0 ? " and again in this one" : ""}`;
}

/** "line 41", "lines 41 to 44". */
export function linesPhrase({ startLine, endLine }: Copy): string {
  return startLine === endLine ? `line ${startLine}` : `lines ${startLine} to ${endLine}`;
}

/** The hit's best lines where they stand in the copy; where that cannot be told, the copy's first. */
export function bestIn(copy: Copy, hit: Hit): number[] {
  const moved = copy.startLine - hit.startLine;
  const best = hit.lines.filter((line) => line.best).map((line) => line.number + moved);
  const alike = copy.exact && copy.endLine - hit.endLine === moved;
  return alike && best.length > 0 ? best : [copy.startLine];
}
