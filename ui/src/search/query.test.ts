import { describe, expect, it } from "vitest";
import type { QueryToken } from "../ipc/backend";
import { History } from "./history";
import { carryTokens, pieces, selection, toggled } from "./query";

const token: QueryToken = { start: 4, end: 13, kind: "lang", text: "lang:rust", valid: true };
const TEXT = "try lang:rust again";

describe("carryTokens", () => {
  it.each([
    ["unchanged", TEXT, [4, 13]],
    ["typed behind it", `${TEXT} and again`, [4, 13]],
    ["typed before it", `re${TEXT}`, [6, 15]],
    ["deleted before it", "lang:rust again", [0, 9]],
    ["changed in it", "try lang:rusty again", [4, 13]],
    ["cut in it", "try lang:rus again", null],
    ["cleared", "", null],
  ])("%s", (_, to, place) => {
    const [carried] = carryTokens([token], TEXT, to);
    expect(carried ? [carried.start, carried.end] : null).toEqual(place);
  });
});

describe("pieces", () => {
  it("cuts the text at its tokens and loses nothing", () => {
    const cut = pieces(TEXT, [token]);
    expect(cut.map((piece) => piece.text)).toEqual(["try ", "lang:rust", " again"]);
    expect(pieces("short", [token]).map((piece) => piece.text)).toEqual(["short"]);
  });
});

describe("a selection", () => {
  const check = (text: string, label: string) => expect(selection(text)).toEqual({ text, label });

  it("is asked for whole and called by its first line that says something", () => {
    check("attempt", "attempt");
    check("\n\n    if a  {\n        b();\n", "if a {");
    check(`${"x".repeat(200)}\ny`, `${"x".repeat(80)}…`);
  });
});

describe("toggled", () => {
  it("adds and takes away", () => {
    expect(toggled(["a"], "b")).toEqual(["a", "b"]);
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
  });
});

describe("History", () => {
  const visited = (...places: string[]) => {
    const history = new History<string>((a, b) => a === b);
    for (const place of places) history.visit(place);
    return history;
  };

  it("goes back and forward, and no further than it has been", () => {
    const history = visited("a", "b", "c");
    expect([history.back(), history.back(), history.back()]).toEqual(["b", "a", null]);
    expect([history.forward(), history.forward(), history.forward()]).toEqual(["b", "c", null]);
  });

  it("forgets what lay ahead when it goes elsewhere, not when it stays", () => {
    const history = visited("a", "b");
    history.back();
    history.visit("a");
    expect(history.forward()).toBe("b");
    history.back();
    history.visit("x");
    expect(history.forward()).toBeNull();
  });
});
