import { describe, expect, it } from "vitest";
import { hit } from "../../tests/builders";
import type { Signal } from "../ipc/backend";
import { chips, explanation } from "./why";

const signals: Signal[] = [
  { kind: "path", factor: 1.1 },
  { kind: "sameFile", factor: 3 },
  { kind: "path", factor: 1.5 },
  { kind: "prose", factor: 0.4 },
  { kind: "tests", factor: 0.3 },
];
const found = hit("1", { why: { score: 1, words: 2, meaning: 1, instant: false, signals, matched: ["retry"] } });

describe("a hit's reasons", () => {
  it("stand beside it as chips: the ranks and the two strongest signals, without those that tell little", () => {
    expect(chips(found).map((chip) => chip.text)).toEqual(["meaning 1", "words 2", "tests", "prose"]);
  });

  it("are all explained", () => {
    expect(explanation(found)).toEqual([
      "Ranked 1 by meaning.",
      "Ranked 2 by words. Found: retry.",
      "Lowered by × 0.3: a test, and the question asks for none.",
      "Raised by × 3: other parts of this file match.",
      "Lowered by × 0.4: prose or settings, not code.",
      "Raised by × 1.65: the file or folder is named like the question.",
    ]);
  });
});
