import { describe, expect, it } from "vitest";
import { MemoryBackend } from "../memory";
import { CONTRACT } from "./contract";

describe("the backend in memory", () => {
  for (const { name, check } of CONTRACT) {
    it(name, async () => {
      await expect(check(new MemoryBackend())).resolves.toBeUndefined();
    });
  }
});
