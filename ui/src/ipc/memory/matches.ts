// Every line of the invented project that matches, in the shape of the real answer.
import type { FileGroup, Hit, SearchReply, SearchRequest } from "../backend";
import { FILES, ROOTS } from "./files";

export function matches(request: SearchRequest): SearchReply {
  const reply: SearchReply = {
    total: 0,
    files: 0,
    elapsedMs: 9,
    groups: [],
    facets: { folders: [], languages: [], kinds: [], roles: [] },
    notice: null,
    nearest: [],
    tokens: [],
  };
  const pattern = expression(request);
  if (!pattern) {
    return { ...reply, notice: { code: "badRegex", reason: "a bracket is not closed" } };
  }
  let room = request.limit;
  for (const file of FILES) {
    if (request.roots.length > 0 && !request.roots.includes(file.root)) continue;
    if (request.languages.length > 0 && !request.languages.includes(file.language)) continue;
    const lines = file.text.split("\n").flatMap((text, i): Hit[] => {
      const marks = [...text.matchAll(pattern)].map((it): [number, number] => [it.index, it.index + it[0].length]);
      return marks.length > 0 ? [line(`line-${file.root}-${file.path}-${i}`, i + 1, text, marks)] : [];
    });
    if (lines.length === 0) continue;
    const { root, path, language } = file;
    const hits = lines.slice(0, room);
    const group: FileGroup = { root, rootName: ROOTS[root - 1] ?? "", path, language, hits, more: lines.length - hits.length };
    if (hits.length > 0) reply.groups.push(group);
    room -= hits.length;
    reply.total += lines.length;
    reply.files = (reply.files ?? 0) + 1;
  }
  return reply;
}

function expression({ text, mode }: SearchRequest): RegExp | null {
  const written = mode === "regex" ? text : text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  try {
    return new RegExp(written, /\p{Lu}/u.test(text) ? "gu" : "giu");
  } catch {
    return null;
  }
}

function line(chunk: string, number: number, text: string, marks: [number, number][]): Hit {
  return {
    chunk,
    symbol: [],
    kind: null,
    startLine: number,
    endLine: number,
    lines: [{ number, text, best: true, marks }],
    why: { score: 0, words: null, meaning: null, instant: false, signals: [], matched: [] },
    copies: [],
    stale: false,
  };
}
