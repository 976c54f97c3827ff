// Which model the next start uses: a file of the user's, or the bundled one.
import { Failure, type Backend } from "../ipc/backend";

export class ModelChoice {
  /** The chosen file; null for the bundled model. */
  chosen = $state.raw<string | null>(null);
  /** A file is being chosen and tried. */
  picking = $state(false);
  /** A file was tried and can be run, even if it is the one that was chosen before. */
  picked = $state(false);
  /** Why the last try changed nothing. */
  failure = $state.raw<Failure | null>(null);

  /** What was chosen when the window opened; undefined until that is known. */
  #before = $state.raw<string | null | undefined>();
  #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The next start uses another file than this one did. */
  get changed(): boolean {
    return this.#before !== undefined && this.chosen !== this.#before;
  }

  /** Asked again later, it finds what was chosen in the terminal meanwhile. */
  async load(): Promise<void> {
    await this.#try(async () => {
      this.chosen = await this.#backend.chosenModel();
      if (this.#before === undefined) this.#before = this.chosen;
    });
  }

  async pick(): Promise<void> {
    if (this.picking) return;
    this.picking = true;
    this.failure = null;
    await this.#try(async () => {
      const path = await this.#backend.pickModel();
      if (path === null) return;
      this.chosen = path;
      this.picked = true;
    });
    this.picking = false;
  }

  async reset(): Promise<void> {
    if (this.picking) return;
    this.failure = null;
    await this.#try(async () => {
      await this.#backend.resetModel();
      this.chosen = null;
      this.picked = false;
    });
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      this.failure = Failure.from(thrown);
    }
  }
}
