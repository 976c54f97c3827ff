import { expect, it } from "vitest";
import type { Notice, SkipReason } from "../ipc/backend";
import { en } from "./en";

it.each<[Notice, string]>([
  [{ code: "wordsOnly", reason: "there is no model" }, "Searched by words only: there is no model."],
  [{ code: "wordsOnly", reason: "It is gone." }, "Searched by words only: It is gone."],
  [{ code: "badRegex", reason: "unclosed group" }, "Invalid expression: unclosed group."],
  [{ code: "badFilter", value: "ruts" }, "“ruts” is not a known value; filter ignored."],
  [
    { code: "noExactMatch", name: "retyr", nearest: ["retry", "retries"] },
    "No exact match for “retyr”. Did you mean retry, retries? Results are near by meaning.",
  ],
  [{ code: "noExactMatch", name: "x", nearest: [] }, "No exact match for “x”. Results are near by meaning."],
  [{ code: "partial" }, "Stopped early; there may be more."],
  [
    { code: "ownerSilent" },
    "Another Descry owns the index and does not answer; this is what it has stored.",
  ],
  [{ code: "unread", files: 1, path: "a.rs", reason: "it is locked" }, "a.rs was not searched: it is locked."],
  [
    { code: "unread", files: 3, path: "a.rs", reason: "it is locked" },
    "3 files were not searched, a.rs among them: it is locked.",
  ],
])("%o is told as a sentence", (notice, text) => expect(en.results.notice(notice)).toBe(text));

it.each<[SkipReason, string]>([
  [{ code: "tooLarge", size: 12_345_678, limit: 1_048_576 }, "larger than the limit (12.3 MB, limit 1 MB)"],
  [{ code: "ignoredFromAbove", pattern: "*.log", file: ".gitignore" }, "ignored by the line `*.log` of .gitignore"],
  [{ code: "unreadable", message: "permission denied" }, "cannot be read: permission denied"],
])("%o is told as a reason", (reason, text) => expect(en.folders.skipped.reason(reason)).toBe(text));
