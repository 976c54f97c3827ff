import { expect, it } from "vitest";
import { count, duration } from "./format";

it("counts in words", () => {
  expect([0, 1, 2914].map((n) => count(n, "hit"))).toEqual(["0 hits", "1 hit", "2,914 hits"]);
});

it("tells times no finer than they matter", () => {
  expect([0, 0.9, 1, 21.7, 999.9, 1000, 12_340].map(duration)).toEqual(["<1 ms", "<1 ms", "1 ms", "21 ms", "999 ms", "1 s", "12.3 s"]);
});
