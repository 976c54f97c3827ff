import { describe, expect, it } from "vitest";
import { copy, group, hit, line } from "../../tests/builders";
import type { Copy } from "../ipc/backend";
import { bestIn, copiesPhrase } from "./copies";

const near = (path: string) => copy(path, { exact: false });

describe("the phrase for copies", () => {
  const check = (copies: Copy[], expected: string) => expect(copiesPhrase(group("a.rs"), copies)).toBe(expected);

  it("counts the files that have them", () => {
    check([], "");
    check([copy("b.rs")], "same in 1 other file");
    check([copy("b.rs"), copy("b.rs", { startLine: 9 }), copy("b.rs", { root: 2 })], "same in 2 other files");
  });

  it("claims no more than is so", () => {
    check([near("b.rs"), near("c.rs")], "nearly the same in 2 other files");
    check([copy("b.rs"), near("c.rs"), near("d.rs")], "same in 1 other file, nearly in 2 other files");
  });

  it("tells of the hit's own file", () => {
    check([copy("a.rs", { startLine: 9 })], "same in 1 other place of this file");
    check([copy("a.rs"), copy("a.rs"), copy("b.rs")], "same in 1 other file and again in this one");
  });
});

describe("the best lines of a copy", () => {
  const found = hit("1", { startLine: 41, endLine: 44, lines: [line(41, "fn"), line(42, "so", { best: true })] });
  const check = (at: Partial<Copy>, expected: number[]) => expect(bestIn(copy("b.rs", at), found)).toEqual(expected);

  it("are the hit's, moved along where the copy is exact and as long", () => {
    check({ startLine: 1, endLine: 4 }, [2]);
    check({ startLine: 1, endLine: 9 }, [1]);
    check({ startLine: 7, endLine: 10, exact: false }, [7]);
  });
});
