import { describe, expect, it } from "vitest";
import { copy, group, hit, reply } from "../../tests/builders";
import { Results } from "./results.svelte";
import { copyId, rowId } from "./rows";

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

describe("copies", () => {
  const [b, c] = [copy("b.rs"), copy("c.rs", { startLine: 9 })];
  const copied = hit("1", { copies: [b, c] });
  const list = reply(group("a.rs", copied, hit("2")));
  const ids = (results: Results) => results.rows.map((row) => row.id);
  const shownCopies = [copyId(copied, b), copyId(copied, c)];

  function listed(): Results {
    const results = new Results();
    results.accept(list);
    return results;
  }

  it("unfold under their hit, which stays selected, and are walked through", () => {
    const results = listed();
    results.unfold();
    expect(ids(results)).toEqual(["hit-1", ...shownCopies, "hit-2"]);
    expect(results.selected).toBe("hit-1");
    results.move(2);
    expect(results.selected).toBe(shownCopies[1]);
  });

  it("fold to their hit before the file folds", () => {
    const results = listed();
    results.unfold();
    results.move(1);
    results.fold();
    expect([results.selected, ...ids(results)]).toEqual(["hit-1", "hit-1", "hit-2"]);
    results.fold();
    expect(ids(results)).toEqual([rowId(group("a.rs"))]);
  });

  it("leave the selection where it is when another hit's are unfolded", () => {
    const results = listed();
    results.move(1);
    results.toggleCopies(group("a.rs"), copied);
    expect(results.selected).toBe("hit-2");
    results.toggleCopies(group("a.rs"), copied);
    expect([results.selected, ...ids(results)]).toEqual(["hit-2", "hit-1", "hit-2"]);
  });

  it("stay unfolded when the index changes, not for a new question, and come back with their selection", () => {
    const results = listed();
    results.unfold();
    results.move(1);
    results.accept(list, true);
    expect(results.selected).toBe(shownCopies[0]);
    results.forget();
    results.accept(list);
    expect(ids(results)).toEqual(["hit-1", "hit-2"]);
    results.restore(shownCopies[1] ?? null);
    expect(results.row).toMatchObject({ type: "copy", copy: { path: "c.rs" } });
  });

  it("are nothing to unfold where there are none", () => {
    const results = listed();
    results.move(1);
    results.unfold();
    expect(ids(results)).toEqual(["hit-1", "hit-2"]);
  });
});
