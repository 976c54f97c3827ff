import { describe, expect, it } from "vitest";
import { line } from "../../tests/builders";
import { mark, prepare } from "./snippet";

describe("prepare", () => {
  it("takes away the common indentation and moves the marks along", () => {
    const lines = prepare([line(1, "    if a {", { marks: [[7, 8]] }), line(2, ""), line(3, "        b();")]);
    expect(lines.map((it) => it.text)).toEqual(["if a {", "", "    b();"]);
    expect(lines[0]?.marks).toEqual([[3, 4]]);
  });

  it("counts a tab as four spaces", () => {
    expect(prepare([line(1, "\tif a", { marks: [[4, 5]] }), line(2, "    b")])).toMatchObject([
      { text: "if a", marks: [[3, 4]] },
      { text: "b" },
    ]);
  });

  it("cuts a very long line around its first mark", () => {
    const [it_] = prepare([line(1, `${"x".repeat(5000)}needle${"y".repeat(5000)}`, { marks: [[5000, 5006]] })]);
    expect(it_?.text.length).toBeLessThan(250);
    const [[from, to] = [0, 0]] = it_?.marks ?? [];
    expect(it_?.text.slice(from, to)).toBe("needle");
  });
});

describe("mark", () => {
  it("cuts spans where a mark begins and ends", () => {
    const spans = [
      { text: "MAX_", class: "c-type" },
      { text: "FAILED", class: "" },
    ];
    expect(mark(spans, [[2, 6]])).toEqual([
      { text: "MA", class: "c-type", marked: false },
      { text: "X_", class: "c-type", marked: true },
      { text: "FA", class: "", marked: true },
      { text: "ILED", class: "", marked: false },
    ]);
  });
});
