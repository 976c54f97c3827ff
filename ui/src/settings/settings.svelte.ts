// The user's choices. They apply at once and are saved behind.
import type { Backend, Editor, Settings } from "../ipc/backend";
import { m } from "../messages/messages";
import type { Toasts } from "../shared/toasts.svelte";

const DEFAULT: Settings = { theme: "system", editor: "auto", editorTemplate: "" };

export class SettingsStore {
  value = $state.raw<Settings>(DEFAULT);
  editors = $state.raw<readonly Editor[]>([]);

  #backend: Backend;
  #toasts: Toasts;

  constructor(backend: Backend, toasts: Toasts) {
    this.#backend = backend;
    this.#toasts = toasts;
  }

  async load(): Promise<void> {
    await this.#try(m.settings.notRead, async () => {
      this.value = await this.#backend.settings();
    });
  }

  /** Looks for installed editors; only the settings dialog needs to know. */
  async findEditors(): Promise<void> {
    await this.#try(m.settings.editorsNotListed, async () => {
      this.editors = await this.#backend.editors();
    });
  }

  async change(change: Partial<Settings>): Promise<void> {
    this.value = { ...this.value, ...change };
    await this.#try(m.settings.notSaved, () => this.#backend.saveSettings(this.value));
  }

  async #try(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      this.#toasts.failed(what, thrown);
    }
  }
}
