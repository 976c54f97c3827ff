import { describe, expect, it } from "vitest";
import { hit } from "../../tests/builders";
import { chips, explanation } from "./why";

const signal = (name: string, factor: number) => ({ name, label: `${name} it is`, factor });
const signals = [signal("path", 1.1), signal("same file", 3), signal("path", 1.5), signal("prose", 0.4), signal("tests", 0.3)];
const found = hit("1", { why: { score: 1, words: 2, meaning: 1, instant: false, signals, matched: ["retry"] } });

describe("a hit's reasons", () => {
  it("stand beside it as chips: the ranks and the two strongest signals, without those that tell little", () => {
    expect(chips(found).map((chip) => chip.text)).toEqual(["meaning 1", "words 2", "tests", "prose"]);
  });

  it("are all explained", () => {
    expect(explanation(found)).toEqual([
      "Ranked 1 by meaning.",
      "Ranked 2 by words. Found: retry.",
      "Lowered by × 0.3: tests it is.",
      "Raised by × 3: same file it is.",
      "Lowered by × 0.4: prose it is.",
      "Raised by × 1.65: path it is.",
    ]);
  });
});
