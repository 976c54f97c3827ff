import { describe, expect, it } from "vitest";
import { group, hit } from "../../tests/builders";
import { keep, rowId, rowsOf, step, stepFile } from "./rows";

const groups = [group("a.rs", hit("1"), hit("2")), group("b.rs", hit("3")), group("c.rs", hit("4"), hit("5"))];
const open = rowsOf(groups, new Set());
const folded = rowsOf(groups, new Set(["1/a.rs"]));
const fileA = rowId(group("a.rs"));

describe("rows", () => {
  it("are the hits, or the file where it is folded or was itself found", () => {
    expect(open.map((row) => row.id)).toEqual(["hit-1", "hit-2", "hit-3", "hit-4", "hit-5"]);
    expect(folded.map((row) => row.id)).toEqual([fileA, "hit-3", "hit-4", "hit-5"]);
    expect(rowsOf([group("a.rs")], new Set()).map((row) => row.id)).toEqual([fileA]);
  });
});

describe("step", () => {
  it.each([
    ["hit-1", 1, "hit-2"],
    ["hit-2", 1, "hit-3"],
    ["hit-5", 1, "hit-5"],
    ["hit-1", -1, "hit-1"],
    [null, 1, "hit-1"],
    ["gone", -1, "hit-1"],
  ])("from %s by %i is %s", (from, by, to) => expect(step(open, from, by)).toBe(to));

  it("has nowhere to go in an empty list", () => expect(step([], "hit-1", 1)).toBeNull());
});

describe("stepFile", () => {
  it.each([
    ["hit-1", true, "hit-3"],
    ["hit-2", true, "hit-3"],
    ["hit-4", true, "hit-5"],
    ["hit-5", false, "hit-4"],
    ["hit-4", false, "hit-3"],
    ["hit-3", false, "hit-1"],
    ["hit-1", false, "hit-1"],
  ])("from %s forward %s is %s", (from, forward, to) => expect(stepFile(open, from, forward)).toBe(to));
});

describe("keep", () => {
  it("stays on the hit that survives, wherever it moved", () => {
    const next = rowsOf([group("b.rs", hit("3")), group("a.rs", hit("2"), hit("1"))], new Set());
    expect(keep(open, next, "hit-1")).toBe("hit-1");
  });

  it("goes to the nearest hit of the same file when the hit is gone", () => {
    const before = rowsOf([group("a.rs", hit("1", { startLine: 40 }))], new Set());
    const after = [group("a.rs", hit("8", { startLine: 3 }), hit("9", { startLine: 42 }))];
    expect(keep(before, rowsOf(after, new Set()), "hit-1")).toBe("hit-9");
  });

  it("stays at the same place when the file is gone", () => {
    const next = rowsOf([group("x.rs", hit("6"), hit("7"), hit("8"), hit("9"))], new Set());
    expect(keep(open, next, "hit-3")).toBe("hit-8");
    expect(keep(open, next, "hit-5")).toBe("hit-9");
    expect(keep(open, [], "hit-5")).toBeNull();
  });
});
