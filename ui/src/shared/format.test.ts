import { expect, it } from "vitest";
import { bytes, count, duration, percent } from "./format";

it("counts in words", () => {
  expect([0, 1, 2914].map((n) => count(n, "hit"))).toEqual(["0 hits", "1 hit", "2,914 hits"]);
});

it("tells times no finer than they matter", () => {
  expect([0, 0.9, 1, 21.7, 999.9, 1000, 12_340].map(duration)).toEqual(["<1 ms", "<1 ms", "1 ms", "21 ms", "999 ms", "1 s", "12.3 s"]);
});

it("tells sizes in the unit that makes them short", () => {
  const sizes = [812, 1_048_576, 12_345_678, 5e12].map(bytes);
  expect(sizes).toEqual(["812 byte", "1 MB", "12.3 MB", "5,000 GB"]);
});

it("never claims all before it is all", () => {
  expect([0.9999, 1].map(percent)).toEqual(["99 %", "100 %"]);
});
