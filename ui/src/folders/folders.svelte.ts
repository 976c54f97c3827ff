// The added folders and the model, as the program last told.
import { Failure, type Backend, type Folder, type Model, type Status } from "../ipc/backend";
import { m } from "../messages/messages";
import type { Toasts } from "../shared/toasts.svelte";

const NO_MODEL: Model = { state: "loading", name: null, device: null, message: null };

export class Folders {
  list = $state.raw<readonly Folder[]>([]);
  model = $state.raw<Model>(NO_MODEL);
  /** Until the first status has come, the window does not claim that there are no folders. */
  known = $state(false);
  /** Why even the first status did not come. */
  failure = $state.raw<Failure | null>(null);

  #accepted = 0;
  #backend: Backend;
  #toasts: Toasts;

  constructor(backend: Backend, toasts: Toasts) {
    this.#backend = backend;
    this.#toasts = toasts;
  }

  accept(status: Status): void {
    this.#accepted++;
    this.list = status.folders;
    this.model = status.model;
    this.known = true;
    this.failure = null;
  }

  async refresh(): Promise<void> {
    const before = this.#accepted;
    try {
      const status = await this.#backend.status();
      // Every change is told: what was told while the answer was on its way is newer than the answer.
      if (this.#accepted === before) this.accept(status);
    } catch (thrown) {
      this.failure = Failure.from(thrown);
      if (this.known) this.#toasts.failed(m.folders.notListed, thrown);
    }
  }

  async pick(): Promise<void> {
    await this.#try(m.folders.notPicked, async () => void (await this.#backend.pickFolders()));
    await this.refresh();
  }

  async add(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await this.#try(m.folders.notAdded(path), async () => void (await this.#backend.addFolder(path)));
    }
    await this.refresh();
  }

  async remove(folder: Folder): Promise<void> {
    await this.#try(m.folders.notRemoved(folder.name), () => this.#backend.removeFolder(folder.id));
    await this.refresh();
  }

  async pause(folder: Folder, paused: boolean): Promise<void> {
    const failed = paused ? m.folders.notPaused : m.folders.notResumed;
    await this.#try(failed(folder.name), () => this.#backend.pauseFolder(folder.id, paused));
    await this.refresh();
  }

  async #try(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      this.#toasts.failed(what, thrown);
    }
  }
}
