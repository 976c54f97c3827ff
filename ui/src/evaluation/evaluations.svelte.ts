// How well things are found, as far as it was measured while the window is open. One folder is measured at a time.
import { Failure, type Backend, type Evaluation, type EvaluationProgress } from "../ipc/backend";
import { m } from "../messages/messages";
import type { Toasts } from "../shared/toasts.svelte";

export type Measured = { evaluation: Evaluation; at: Date };
export type Run = { root: number; progress: EvaluationProgress | null; stopping: boolean };

export class Evaluations {
  /** The last result of each folder. */
  results = $state.raw<ReadonlyMap<number, Measured>>(new Map());
  running = $state.raw<Run | null>(null);
  /** Why the last run brought no result; being cancelled is a reason too. */
  ended = $state.raw<{ root: number; failure: Failure } | null>(null);

  #backend: Backend;
  #toasts: Toasts;

  constructor(backend: Backend, toasts: Toasts) {
    this.#backend = backend;
    this.#toasts = toasts;
  }

  heard(progress: EvaluationProgress): void {
    if (this.running?.root === progress.root) this.running = { ...this.running, progress };
  }

  async measure(root: number): Promise<void> {
    if (this.running) return;
    this.running = { root, progress: null, stopping: false };
    this.ended = null;
    try {
      const evaluation = await this.#backend.evaluate(root);
      this.results = new Map([...this.results, [root, { evaluation, at: new Date() }]]);
    } catch (thrown) {
      this.ended = { root, failure: Failure.from(thrown) };
    }
    this.running = null;
  }

  /** It is over once the measurement has heard of it. */
  async cancel(): Promise<void> {
    if (!this.running || this.running.stopping) return;
    this.running = { ...this.running, stopping: true };
    try {
      await this.#backend.cancelEvaluation();
    } catch (thrown) {
      if (this.running) this.running = { ...this.running, stopping: false };
      this.#toasts.failed(m.evaluation.dialog.goesOn, thrown);
    }
  }

  /** A removed folder takes its figures along. */
  retain(roots: ReadonlySet<number>): void {
    if ([...this.results.keys()].every((root) => roots.has(root))) return;
    this.results = new Map([...this.results].filter(([root]) => roots.has(root)));
  }
}
