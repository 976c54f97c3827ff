import { describe, expect, it } from "vitest";
import { group, hit, reply } from "../../tests/builders";
import { Results } from "./results.svelte";
import { rowId } from "./rows";

const first = reply(group("a.rs", hit("1"), hit("2")), group("b.rs", hit("3")));
const moved = reply(group("b.rs", hit("3")), group("a.rs", hit("2"), hit("1")));

function shown(): Results {
  const results = new Results();
  results.accept(first);
  return results;
}

describe("the selection", () => {
  it("starts at the top and stays there until the user chooses", () => {
    const results = shown();
    expect(results.selected).toBe("hit-1");
    results.accept(moved);
    expect(results.selected).toBe("hit-3");
  });

  it("stays on the chosen hit while the list changes", () => {
    const results = shown();
    results.move(1);
    results.accept(moved);
    expect(results.selected).toBe("hit-2");
  });

  it("stays on the same hit when the index changes, chosen or not", () => {
    const results = shown();
    results.accept(moved, true);
    expect(results.selected).toBe("hit-1");
  });

  it("is none in an empty list and the top of the next", () => {
    const results = shown();
    results.move(1);
    results.accept(reply());
    expect(results.selected).toBeNull();
    results.accept(first);
    expect(results.selected).toBe("hit-1");
  });
});

describe("an expanded file", () => {
  it("stays expanded when the index changes, not for a new question", () => {
    const results = shown();
    results.expand(group("a.rs", hit("1"), hit("2"), hit("9")));
    expect(results.rows).toHaveLength(4);
    results.accept(moved, true);
    expect(results.rows.map((row) => row.id)).toEqual(["hit-3", "hit-1", "hit-2", "hit-9"]);
    results.accept(first);
    expect(results.rows).toHaveLength(3);
  });
});

describe("folding", () => {
  it("leaves the file selected, and its first hit after unfolding", () => {
    const results = shown();
    results.move(1);
    results.fold();
    expect(results.selected).toBe(rowId(group("a.rs")));
    expect(results.rows).toHaveLength(2);
    results.unfold();
    expect(results.selected).toBe("hit-1");
    expect(results.rows).toHaveLength(3);
  });

  it("outlives a change of the index, not a new question", () => {
    const results = shown();
    results.fold();
    results.accept(moved, true);
    expect(results.folded.size).toBe(1);
    results.accept(first);
    expect(results.folded.size).toBe(0);
  });
});
