// The files beside the list: their tabs, and the text of the one in front.
import { Failure, type Backend, type FileText } from "../ipc/backend";
import { closeTab, showTab, tabKey, type Tab, type Target } from "./tabs";

/** Moving through the list fast reads only the file where the movement ends. */
const FOLLOW_MS = 40;
const KEPT_FILES = 16;

export class Preview {
  tabs = $state.raw<readonly Tab[]>([]);
  active = $state<string | null>(null);
  /** The text in front and whose it is; the previous one stays until the next has been read. */
  file = $state.raw<{ tab: Tab; text: FileText } | null>(null);
  failure = $state.raw<{ tab: Tab; failure: Failure } | null>(null);

  /** What is selected in the code; empty where that is nothing to ask for. */
  selected = $state("");

  readonly tab: Tab | null = $derived(this.tabs.find((tab) => tab.key === this.active) ?? null);

  #backend: Backend;
  #texts = new Map<string, FileText>();
  #asked = 0;
  #jumps = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Shows the selected hit as a preview, once the selection rests. */
  follow(target: Target | null): void {
    clearTimeout(this.#timer);
    if (!target) return;
    this.#timer = setTimeout(() => void this.show(target, false), FOLLOW_MS);
  }

  /** Opens `target` at its line, to stay. */
  open(target: Target): Promise<void> {
    return this.show(target, true);
  }

  show(target: Target, permanent: boolean): Promise<void> {
    clearTimeout(this.#timer);
    this.tabs = showTab(this.tabs, target, permanent, ++this.#jumps);
    this.active = tabKey(target);
    return this.#read();
  }

  activate(key: string): void {
    clearTimeout(this.#timer);
    this.active = key;
    void this.#read();
  }

  select(text: string): void {
    this.selected = text.trim() === "" ? "" : text;
  }

  keep(key: string): void {
    this.tabs = this.tabs.map((tab) => (tab.key === key ? { ...tab, permanent: true } : tab));
  }

  close(key: string): void {
    [this.tabs, this.active] = closeTab(this.tabs, key, this.active);
    void this.#read();
  }

  /** Nothing was found: the preview goes, opened files stay. */
  clear(): void {
    clearTimeout(this.#timer);
    const preview = this.tabs.find((tab) => !tab.permanent);
    if (preview) this.close(preview.key);
  }

  /** A removed folder takes its files along. */
  retain(roots: ReadonlySet<number>): void {
    for (const tab of this.tabs) if (!roots.has(tab.root)) this.close(tab.key);
  }

  /** The files on disk may have changed: what is in front is read again, without moving. */
  refresh(): Promise<void> {
    this.#texts.clear();
    return this.#read();
  }

  async #read(): Promise<void> {
    const tab = this.tab;
    const number = ++this.#asked;
    this.failure = null;
    if (!tab) {
      this.file = null;
      return;
    }
    try {
      const text = this.#texts.get(tab.key) ?? (await this.#backend.readFile(tab.root, tab.path));
      this.#remember(tab.key, text);
      if (number === this.#asked) this.file = { tab, text };
    } catch (thrown) {
      if (number === this.#asked) this.failure = { tab, failure: Failure.from(thrown) };
    }
  }

  #remember(key: string, text: FileText): void {
    this.#texts.delete(key);
    this.#texts.set(key, text);
    const oldest = this.#texts.keys().next();
    if (this.#texts.size > KEPT_FILES && !oldest.done) this.#texts.delete(oldest.value);
  }
}
