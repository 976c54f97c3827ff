import { describe, expect, it } from "vitest";
import { Failure, type Evaluation } from "../ipc/backend";
import { MemoryBackend } from "../ipc/memory";
import { Toasts } from "../shared/toasts.svelte";
import { Evaluations } from "./evaluations.svelte";

const found = (root: number): Evaluation => ({ root, model: null, seconds: 1, sets: [] });

/** A backend whose measurement ends when the test says so. */
function scripted() {
  const backend = new MemoryBackend();
  let end: { answer: (it: Evaluation) => void; fail: (it: Failure) => void } | null = null;
  backend.evaluate = () => new Promise((answer, fail) => (end = { answer, fail }));
  const toasts = new Toasts();
  return { backend, toasts, evaluations: new Evaluations(backend, toasts), end: () => end ?? expect.fail() };
}

describe("a measurement", () => {
  it("is heard of while it runs, and no other is", async () => {
    const { evaluations, end } = scripted();
    const run = evaluations.measure(1);
    evaluations.heard({ root: 2, phase: "asking", done: 1, total: 2 });
    expect(evaluations.running?.progress).toBeNull();
    evaluations.heard({ root: 1, phase: "asking", done: 1, total: 2 });
    expect(evaluations.running?.progress?.done).toBe(1);
    end().answer(found(1));
    await run;
    expect(evaluations.running).toBeNull();
    expect(evaluations.results.get(1)?.evaluation).toEqual(found(1));
  });

  it("that is cancelled leaves the result before it", async () => {
    const { evaluations, end } = scripted();
    const first = evaluations.measure(1);
    end().answer(found(1));
    await first;
    const second = evaluations.measure(1);
    await evaluations.cancel();
    expect(evaluations.running?.stopping).toBe(true);
    end().fail(new Failure("cancelled", "Measuring was cancelled."));
    await second;
    expect(evaluations.ended?.failure.code).toBe("cancelled");
    expect(evaluations.results.has(1)).toBe(true);
  });

  it("goes on where it cannot be cancelled", async () => {
    const { backend, evaluations, toasts } = scripted();
    backend.cancelEvaluation = () => Promise.reject(new Failure("internal", "It does not listen."));
    void evaluations.measure(1);
    await evaluations.cancel();
    expect(evaluations.running?.stopping).toBe(false);
    expect(toasts.list[0]?.text).toBe("Measuring goes on: It does not listen.");
  });

  it("is forgotten with its folder", async () => {
    const { evaluations, end } = scripted();
    const run = evaluations.measure(1);
    end().answer(found(1));
    await run;
    evaluations.retain(new Set([1, 2]));
    expect(evaluations.results.size).toBe(1);
    evaluations.retain(new Set([2]));
    expect(evaluations.results.size).toBe(0);
  });
});
