import { describe, expect, it } from "vitest";
import type { EvaluationProgress, QuestionSet } from "../ipc/backend";
import { donePhrase, missedPhrase, notePhrase, phasePhrase, placePhrase, rankPhrase, tookPhrase } from "./phrases";

describe("progress", () => {
  const check = (progress: Partial<EvaluationProgress> | null, phase: string, done: string) => {
    const it = progress && { root: 1, phase: "reading" as const, done: 0, total: 0, ...progress };
    expect([phasePhrase(it), donePhrase(it)]).toEqual([phase, done]);
  };

  it("says the step and how far it is, as far as that is known", () => {
    check(null, "Starting", "");
    check({}, "Reading doc comments and commits, step 1 of 4", "");
    check({ done: 12 }, "Reading doc comments and commits, step 1 of 4", "12");
    check({ phase: "embedding", done: 120, total: 8060 }, "Reading the code by meaning, step 3 of 4", "120 of 8,060");
    check({ phase: "asking", total: 412 }, "Asking the questions, step 4 of 4", "0 of 412");
  });
});

describe("a set's note", () => {
  const check = (questions: number, note: string | null, expected: string | null) => {
    const set: QuestionSet = { kind: "commits", questions, note, scores: [], missed: [] };
    expect(notePhrase(set)).toBe(expected);
  };

  it("warns of few questions, and says why there are none", () => {
    check(20, null, null);
    check(19, null, "Only 19 questions: read these figures with care.");
    check(1, null, "Only 1 question: read these figures with care.");
    check(0, null, "No question could be made.");
  });

  it("is the program's own where it has one", () => {
    check(0, "The folder is not under Git.", "The folder is not under Git.");
    check(500, "The newest 500 commits.", "The newest 500 commits.");
  });
});

describe("a missed question", () => {
  it("is told with its place and its rank", () => {
    expect(placePhrase({ text: "", path: "a.rs", line: 9, rank: 2 })).toBe("a.rs:9");
    expect(placePhrase({ text: "", path: "a.rs", line: null, rank: 2 })).toBe("a.rs");
    expect([rankPhrase(4), rankPhrase(null)]).toEqual(["found at place 4", "not found in the first ten"]);
    expect([missedPhrase(1), missedPhrase(20)]).toEqual(["1 missed question", "20 of the missed questions"]);
  });
});

describe("the time taken", () => {
  it.each([
    [0.2, "1 s"],
    [59.4, "59 s"],
    [134.2, "2 min 14 s"],
    [4321, "72 min 1 s"],
  ])("%d seconds: %s", (seconds, text) => expect(tookPhrase(seconds)).toBe(text));
});
