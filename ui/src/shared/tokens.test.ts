// The colours can be read: WCAG 2 AA for every text colour on every surface that it is drawn on, in both themes.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync("src/shared/tokens.css", "utf8");
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map((m) => [m[1], [m[2], m[3]] as const]),
);

const SURFACES = ["bg", "panel", "raise", "hover"];
const WASHES = ["sel", "beam-wash", "beam-wash-sel"];
const TEXTS: [string, string[]][] = [
  ...["text", "dim", "meaning", "words", "defines", "literal"].map((it): [string, string[]] => [it, [...SURFACES, ...WASHES]]),
  ["quiet", SURFACES],
  ["bad", [...SURFACES, "sel"]],
  ["words", ["token-wash"]],
];

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(text: string, surface: string, theme: 0 | 1): number {
  const [a, b] = [text, surface].map((name) => luminance(tokens.get(name)?.[theme] ?? "#000000")) as [number, number];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

describe.each(["light", "dark"] as const)("%s", (theme) => {
  const at = theme === "light" ? 0 : 1;

  it.each(TEXTS)("%s can be read", (text, surfaces) => {
    for (const surface of surfaces) expect(contrast(text, surface, at), `on ${surface}`).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["beam", "ok", "bad", "meaning"])("%s can be seen as a mark", (mark) => {
    for (const surface of ["bg", "panel", "raise"]) expect(contrast(mark, surface, at)).toBeGreaterThanOrEqual(3);
  });
});
