// Why a hit is in the list.
import type { SignalKind } from "../../ipc/backend";

/** A chip's text, and what it means. */
const signals: Readonly<Record<SignalKind, { name: string; explains: string }>> = {
  defines: { name: "defines", explains: "defines the name you asked for" },
  path: { name: "path", explains: "the file or folder is named like the question" },
  reference: { name: "reference", explains: "the question names this file" },
  recent: { name: "recent", explains: "changed recently" },
  open: { name: "open", explains: "you opened this file" },
  sameFile: { name: "same file", explains: "other parts of this file match" },
  covers: { name: "covers", explains: "the file has many of the question's words" },
  tests: { name: "tests", explains: "a test, and the question asks for none" },
  example: { name: "example", explains: "an example, and the question asks for none" },
  benchmark: { name: "benchmark", explains: "a benchmark, and the question asks for none" },
  vendored: { name: "vendored", explains: "a copy of another project, or kept for compatibility" },
  prose: { name: "prose", explains: "prose or settings, not code" },
  gathering: { name: "gathering file", explains: "the file only gathers others" },
  declarations: { name: "declarations", explains: "the file only declares" },
};

export const why = {
  signals,
  raised: (factor: string, explains: string) => `Raised by ${factor}: ${explains}.`,
  lowered: (factor: string, explains: string) => `Lowered by ${factor}: ${explains}.`,

  meaning: (rank: number, instant: boolean) => `meaning ${rank}${instant ? " ~" : ""}`,
  meaningExplains: (rank: number, instant: boolean) =>
    `Ranked ${rank} by meaning.${instant ? " Ranked by quick meaning so far; the full index may move it." : ""}`,

  words: (rank: number) => `words ${rank}`,
  wordsExplains: (rank: number, matched: readonly string[]) =>
    `Ranked ${rank} by words.${matched.length > 0 ? ` Found: ${matched.join(", ")}.` : ""}`,

  stale: "changed",
  staleExplains: "The file has changed; the index is catching up.",
};
