// The user's choices. They apply at once and are saved behind.
import { Failure, type Backend, type Editor, type Settings } from "../ipc/backend";
import type { Messages } from "../shared/messages.svelte";

const DEFAULT: Settings = { theme: "system", editor: "auto", editorTemplate: "" };

export class SettingsStore {
  value = $state.raw<Settings>(DEFAULT);
  editors = $state.raw<readonly Editor[]>([]);

  #backend: Backend;
  #messages: Messages;

  constructor(backend: Backend, messages: Messages) {
    this.#backend = backend;
    this.#messages = messages;
  }

  async load(): Promise<void> {
    await this.#try("Settings cannot be read, the defaults hold", async () => {
      this.value = await this.#backend.settings();
    });
  }

  /** Looks for installed editors; only the settings dialog needs to know. */
  async findEditors(): Promise<void> {
    await this.#try("Editors cannot be listed", async () => {
      this.editors = await this.#backend.editors();
    });
  }

  async change(change: Partial<Settings>): Promise<void> {
    this.value = { ...this.value, ...change };
    await this.#try("Settings cannot be saved", () => this.#backend.saveSettings(this.value));
  }

  async #try(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      this.#messages.show(`${what}: ${Failure.from(thrown).message}`);
    }
  }
}
