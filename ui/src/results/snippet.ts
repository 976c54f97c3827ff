// A hit's lines as they are drawn: without their common indentation, cut where too long, with the matched words marked.
import type { Line } from "../ipc/backend";
import type { Span } from "../shared/highlight.svelte";

export type Piece = Span & { marked: boolean };

/** No row of the list is wider than this many characters. */
const LONGEST = 240;
const BEFORE_MARK = 40;
const TAB = "    ";

/** The lines dedented and shortened; marks move along. */
export function prepare(lines: readonly Line[]): Line[] {
  const expanded = lines.map(expandTabs);
  const indents = expanded.filter((line) => line.text.trim() !== "").map((line) => line.text.search(/\S/));
  const indent = indents.length > 0 ? Math.min(...indents) : 0;
  return expanded.map((line) => shorten(shift(line, indent)));
}

/** Cuts coloured spans at the edges of the marks. */
export function mark(spans: readonly Span[], marks: readonly [number, number][]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const span of spans) {
    const end = at + span.text.length;
    const cuts = marks.flat().filter((cut) => cut > at && cut < end);
    const edges = [at, ...cuts.sort((a, b) => a - b), end];
    for (let i = 0; i + 1 < edges.length; i++) {
      const [from, to] = [edges[i] ?? at, edges[i + 1] ?? end];
      if (from === to) continue;
      const marked = marks.some(([start, stop]) => start <= from && to <= stop);
      pieces.push({ text: span.text.slice(from - at, to - at), class: span.class, marked });
    }
    at = end;
  }
  return pieces;
}

/** Leading tabs become spaces, so that lines indented either way line up. */
function expandTabs(line: Line): Line {
  const tabs = line.text.match(/^\t+/)?.[0].length ?? 0;
  if (tabs === 0) return line;
  const text = TAB.repeat(tabs) + line.text.slice(tabs);
  const moved = (at: number) => at + tabs * (TAB.length - 1);
  return { ...line, text, marks: line.marks.map(([from, to]) => [moved(from), moved(to)]) };
}

function shift(line: Line, by: number): Line {
  const moved = (at: number) => Math.max(at - by, 0);
  return { ...line, text: line.text.slice(by), marks: line.marks.map(([from, to]) => [moved(from), moved(to)]) };
}

function shorten(line: Line): Line {
  if (line.text.length <= LONGEST) return line;
  const first = line.marks[0]?.[0] ?? 0;
  const start = first > LONGEST - BEFORE_MARK ? first - BEFORE_MARK : 0;
  const cut = shift({ ...line, text: line.text.slice(0, start + LONGEST) }, start);
  const head = start > 0 ? "…" : "";
  const moved = (at: number) => Math.min(at, LONGEST) + head.length;
  return { ...cut, text: `${head}${cut.text}…`, marks: cut.marks.map(([from, to]) => [moved(from), moved(to)]) };
}
