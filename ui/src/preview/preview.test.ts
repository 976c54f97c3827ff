import { describe, expect, it, vi } from "vitest";
import { Failure, type FileText } from "../ipc/backend";
import { MemoryBackend } from "../ipc/memory";
import { Preview } from "./preview.svelte";
import { closeTab, showTab, type Target } from "./tabs";

const at = (path: string, line = 1): Target => ({
  root: 1,
  rootName: "app",
  path,
  language: "rust",
  line,
  symbol: [],
  best: [line],
  chunk: null,
});
const names = (tabs: readonly { path: string; permanent: boolean }[]) =>
  tabs.map((tab) => (tab.permanent ? tab.path : `(${tab.path})`));

describe("tabs", () => {
  it("have one preview, which the next one replaces", () => {
    let tabs = showTab([], at("a"), false);
    tabs = showTab(tabs, at("b"), false);
    expect(names(tabs)).toEqual(["(b)"]);
    tabs = showTab(tabs, at("b"), true);
    tabs = showTab(tabs, at("c"), false);
    expect(names(tabs)).toEqual(["b", "(c)"]);
    tabs = showTab(tabs, at("b", 9), false);
    expect(names(tabs)).toEqual(["b", "(c)"]);
    expect(tabs[0]?.line).toBe(9);
  });

  it("hand the front to the neighbour when closed", () => {
    const tabs = ["a", "b", "c"].reduce((all, path) => showTab(all, at(path), true), [] as ReturnType<typeof showTab>);
    expect(closeTab(tabs, "1/b", "1/b")[1]).toBe("1/c");
    expect(closeTab(tabs, "1/c", "1/c")[1]).toBe("1/b");
    expect(closeTab(tabs, "1/a", "1/c")[1]).toBe("1/c");
  });
});

describe("preview", () => {
  it("keeps the text in front until the next has been read, and ignores late ones", async () => {
    const backend = new MemoryBackend();
    const open = new Map<string, (text: FileText) => void>();
    backend.readFile = (_, path) => new Promise((answer) => open.set(path, answer));
    const text = (it: string): FileText => ({ text: it, language: "rust", encoding: "UTF-8", changedSinceIndex: false });
    const preview = new Preview(backend);

    const a = preview.show(at("a"), false);
    open.get("a")?.(text("a"));
    await a;
    const b = preview.show(at("b"), false);
    expect(preview.file?.text.text).toBe("a");
    const c = preview.show(at("c"), false);
    open.get("c")?.(text("c"));
    await c;
    open.get("b")?.(text("b"));
    await b;
    expect(preview.file?.text.text).toBe("c");
  });

  it("says why a file cannot be read, and recovers", async () => {
    const backend = new MemoryBackend();
    const read = vi.spyOn(backend, "readFile").mockRejectedValueOnce(new Failure("notFound", "It is gone."));
    const preview = new Preview(backend);
    await preview.show(at("src/auth/lockout.rs"), true);
    expect(preview.failure?.failure.message).toBe("It is gone.");
    await preview.refresh();
    expect(read).toHaveBeenCalledTimes(2);
    expect(preview.failure).toBeNull();
    expect(preview.file?.text.text).toContain("Lockout");
  });

  it("holds a selection only where it says something", () => {
    const preview = new Preview(new MemoryBackend());
    preview.select(" \n\t");
    expect(preview.selected).toBe("");
    preview.select("  let a;");
    expect(preview.selected).toBe("  let a;");
  });

  it("closes the files of a removed folder", async () => {
    const preview = new Preview(new MemoryBackend());
    await preview.open(at("src/auth/lockout.rs"));
    preview.retain(new Set([2]));
    expect(preview.tabs).toEqual([]);
    expect(preview.active).toBeNull();
  });
});
