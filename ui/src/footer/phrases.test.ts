import { describe, expect, it } from "vitest";
import { folder } from "../../tests/builders";
import type { Model } from "../ipc/backend";
import { m } from "../messages/messages";
import { fullShare, fullyIndexed, modelPhrase, revision, sizes, tiers, watching } from "./phrases";

const model: Model = { state: "ready", name: "MiniLM", device: "CPU", message: null };

describe("tiers", () => {
  it.each([
    ["all done", [folder()], model, "Fully indexed"],
    [
      "in the middle",
      [folder({ full: 62, etaSeconds: 340 })],
      model,
      "Searchable · full index 62 %, 6 min left",
    ],
    ["no estimate yet", [folder({ full: 1 })], model, "Searchable · full index 1 %"],
    ["paused", [folder({ full: 62, paused: true })], model, "Searchable · full index 62 %, paused"],
    ["reading", [folder({ files: 2000, filesDone: 12 })], model, "Reading 12 of 2,000 files"],
    ["looking", [folder({ state: "scanning", files: 0, filesDone: 0 })], model, "Looking for files"],
    ["static vectors missing", [folder({ instant: 50, full: 0 })], model, "Searchable · quick meaning 50 % · full index 0 %"],
    ["no model", [folder()], { ...model, state: "failed" as const }, "Searchable by words · no model"],
    ["loading", [folder({ full: 0 })], { ...model, state: "loading" as const }, "Searchable · loading the model"],
  ])("%s", (_, folders, model, expected) => expect(tiers({ folders, model })).toBe(expected));
});

describe("coverage", () => {
  it("never claims all before it is all", () => {
    expect(fullyIndexed([folder({ full: 99 })])).toBe("99 % fully indexed");
    expect(fullyIndexed([folder()])).toBe("1 folder fully indexed");
  });

  it("holds files that are not cut up yet against it, and lost folders not", () => {
    expect(fullShare([folder({ files: 20 })])).toBe(0.5);
    expect(fullShare([folder(), folder({ state: "missing", full: 0 })])).toBe(1);
    expect(fullShare([folder({ files: 0, filesDone: 0, chunks: 0, full: 0, instant: 0 })])).toBe(1);
  });
});

describe("watching", () => {
  it("counts what is watched and says what is not", () => {
    expect(watching([]).text).toBe("No folder yet");
    expect(watching([folder(), folder()])).toMatchObject({ text: "Watching 2 folders", tone: "ok" });
    const polled = folder({ watch: "polling", watchMessage: "too many folders for this system" });
    expect(watching([folder(), polled])).toMatchObject({
      text: "Watching 2 folders, 1 by polling",
      tone: "warn",
      explains: "app: too many folders for this system",
    });
    expect(watching([folder({ watch: "off" })])).toMatchObject({ text: "Watching 0 folders, 1 not watched", tone: "idle" });
    expect(watching([folder(), folder({ state: "missing" })])).toMatchObject({ tone: "bad" });
    expect(watching([folder({ paused: true })]).text).toBe("Watching 0 folders, 1 paused");
  });
});

describe("figures", () => {
  it.each([
    [3, "a few seconds left"],
    [41, "50 s left"],
    [61, "2 min left"],
    [3600 * 1.5, "1.5 h left"],
    [3600 * 30, "30 h left"],
  ])("%d seconds: %s", (seconds, text) => expect(m.footer.left(seconds)).toBe(text));

  it("are grouped by thousands", () => {
    expect(sizes([folder({ files: 2914, chunks: 31820 })])).toBe("2,914 files · 31,820 chunks");
    expect(sizes([folder({ files: 1, chunks: 1 })])).toBe("1 file · 1 chunk");
  });
});

describe("model and revision", () => {
  it("are named as far as they are known", () => {
    expect(modelPhrase(model)).toBe("MiniLM on CPU");
    expect(modelPhrase({ ...model, device: null })).toBe("MiniLM");
    expect(modelPhrase({ ...model, state: "failed" })).toBe("Model failed");
    expect(revision(folder({ branch: "main", commit: "4f1c2e9b7a" }))).toBe("main@4f1c2e");
    expect(revision(folder())).toBe("");
  });
});
