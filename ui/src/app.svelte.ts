// The window's state put together: each feature's store, and what crosses between them.
import type { Backend, Copy, FileGroup, Hit } from "./ipc/backend";
import { Evaluations } from "./evaluation/evaluations.svelte";
import { Folders } from "./folders/folders.svelte";
import { m } from "./messages/messages";
import { Preview } from "./preview/preview.svelte";
import type { Target } from "./preview/tabs";
import { bestIn } from "./results/copies";
import { Results } from "./results/results.svelte";
import { fileKey, type Row } from "./results/rows";
import { History } from "./search/history";
import { EMPTY, isEmpty, NO_FILTERS, request, selection, wantsAll, type Query, type Similar } from "./search/query";
import { Search } from "./search/search.svelte";
import { ModelChoice } from "./settings/model.svelte";
import { SettingsStore } from "./settings/settings.svelte";
import { Layout } from "./shared/layout.svelte";
import { Toasts } from "./shared/toasts.svelte";

export type Overlay = "palette" | "settings" | "shortcuts" | "why" | null;
type Place = { query: Query; selected: string | null };

/** The index may change many times a second while it grows; the list follows this often. */
const FOLLOW_INDEX_MS = 250;

export class App {
  readonly layout = new Layout();
  readonly toasts = new Toasts();
  readonly results = new Results();
  readonly search: Search;
  readonly preview: Preview;
  readonly folders: Folders;
  readonly evaluations: Evaluations;
  readonly settings: SettingsStore;
  readonly modelChoice: ModelChoice;

  overlay = $state<Overlay>(null);
  dragging = $state(false);
  walking = $state(false);

  #history = new History<Place>((a, b) => a.query === b.query);
  #returning: Place | null = null;
  #behind = false;

  constructor(readonly backend: Backend) {
    this.preview = new Preview(backend);
    this.folders = new Folders(backend, this.toasts);
    this.evaluations = new Evaluations(backend, this.toasts);
    this.settings = new SettingsStore(backend, this.toasts);
    this.modelChoice = new ModelChoice(backend);
    this.search = new Search(backend, (reply, again) => {
      this.results.accept(reply, again);
      if (this.#returning?.query === this.search.answered) this.results.restore(this.#returning.selected);
      this.#returning = null;
      if (!again) this.walking = false;
      else void this.#refreshExpanded(reply?.groups ?? []);
      this.#follow();
    });
  }

  /** Loads what the window shows first and follows the program from then on. */
  start(): () => void {
    void this.folders.refresh();
    void this.settings.load();
    void this.modelChoice.load();
    const stops = [
      this.backend.onStatus((status) => {
        this.folders.accept(status);
        const roots = new Set(status.folders.map((folder) => folder.id));
        this.preview.retain(roots);
        this.evaluations.retain(roots);
      }),
      this.backend.onIndexChanged(() => this.#indexChanged()),
      this.backend.onEvaluationProgress((progress) => this.evaluations.heard(progress)),
      this.backend.onFolderDrag((drag) => {
        this.dragging = drag.type === "over";
        if (drag.type === "drop") void this.folders.add(drag.paths);
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** The hit under the selection as a place in a file. */
  get target(): Target | null {
    return this.results.row && targetOf(this.results.row);
  }

  /** The same once the answer to what was typed last is there: who types and presses Enter means that answer. */
  async newestTarget(): Promise<Target | null> {
    await this.search.settled();
    return this.target;
  }

  type(text: string): void {
    this.walking = false;
    this.results.forget();
    this.search.type(text);
  }

  select(id: string | null): void {
    this.results.select(id);
    this.#follow();
  }

  walk(move: (results: Results) => void): void {
    this.walking = true;
    this.remember();
    move(this.results);
    this.#follow();
  }

  /** Opens the selected hit in the window, to stay. */
  async open(given?: Target): Promise<void> {
    const target = given ?? (await this.newestTarget());
    if (!target) return;
    this.remember();
    this.layout.revealPreview();
    await this.preview.open(target);
  }

  async openInEditor(target: Target | null, column = 1): Promise<void> {
    if (!target) return;
    try {
      await this.backend.openInEditor(target.root, target.path, target.line, column);
    } catch (thrown) {
      this.toasts.failed(m.window.editorFailed, thrown);
    }
  }

  findSimilar(): void {
    const chunk = this.target?.chunk ?? this.preview.tab?.chunk;
    const label = (this.target ?? this.preview.tab)?.symbol.at(-1) ?? this.target?.path ?? m.search.nameless;
    // A line that matches is no chunk.
    if (chunk && /^\d+$/.test(chunk)) this.#findLike({ chunk, label });
  }

  findSimilarToSelection(): void {
    if (this.preview.selected) this.#findLike(selection(this.preview.selected));
  }

  /** Asks for `text` in one folder, whatever was asked before. */
  ask(text: string, root: number): void {
    this.remember();
    this.walking = false;
    this.results.forget();
    this.layout.previewInFront = false;
    this.search.set({ ...EMPTY, text, filters: { ...NO_FILTERS, roots: [root] } });
  }

  /** All hits of one file, in its place; the file itself when the list has them all already. */
  async expand(group: FileGroup): Promise<void> {
    const all = await this.#allHits(group);
    if (all) this.results.expand(all);
    else await this.open(targetOf({ type: "file", id: "", file: fileKey(group), group }));
  }

  remember(): void {
    const { answered } = this.search;
    if (!isEmpty(answered)) this.#history.visit({ query: answered, selected: this.results.selected });
  }

  go(direction: "back" | "forward"): void {
    if (direction === "back") this.remember();
    const place = direction === "back" ? this.#history.back() : this.#history.forward();
    if (!place) return;
    this.#returning = place;
    this.results.forget();
    this.search.set(place.query);
  }

  #findLike(similar: Similar): void {
    this.remember();
    this.results.forget();
    this.layout.previewInFront = false;
    this.search.findSimilar(similar);
  }

  /** Null where there are no more than `group` has, or another question was asked meanwhile. */
  async #allHits(group: FileGroup): Promise<FileGroup | null> {
    const { query } = this.search;
    const text = `${query.text} path:"/${group.path}"`;
    // As many as were promised: alone in its file, a question by meaning finds all of it.
    const narrowed = { ...request(query, text, group.hits.length + group.more), roots: [group.root] };
    try {
      const reply = await (wantsAll(query)
        ? this.backend.matches(narrowed, () => undefined)
        : this.backend.search(narrowed));
      const all = reply.groups.find((it) => fileKey(it) === fileKey(group));
      return all && all.hits.length > group.hits.length && query === this.search.query ? all : null;
    } catch (thrown) {
      this.toasts.failed(m.window.hitsFailed, thrown);
      return null;
    }
  }

  #follow(): void {
    const target = this.target;
    if (target) this.preview.follow(target);
    else this.preview.clear();
  }

  async #refreshExpanded(groups: readonly FileGroup[]): Promise<void> {
    for (const group of groups.filter((it) => this.results.expanded.has(fileKey(it)))) {
      this.results.expand((await this.#allHits(group)) ?? group);
    }
  }

  #indexChanged(): void {
    if (this.#behind) return;
    this.#behind = true;
    setTimeout(() => {
      this.#behind = false;
      void this.search.again();
      void this.preview.refresh();
    }, FOLLOW_INDEX_MS);
  }
}

export function targetOf(row: Row): Target {
  if (row.type === "copy") return copyTarget(row.copy, row.hit, row.group.language);
  const { root, rootName, path, language, hits } = row.group;
  const hit = row.type === "hit" ? row.hit : hits[0];
  const best = hits.flatMap((it) => it.lines.filter((line) => line.best).map((line) => line.number));
  const own = hit?.lines.find((line) => line.best)?.number;
  return {
    root,
    rootName,
    path,
    language,
    line: own ?? hit?.startLine ?? 1,
    symbol: hit?.symbol ?? [],
    best,
    chunk: hit?.chunk ?? null,
  };
}

/** What is similar to a copy is similar to its hit. */
function copyTarget(copy: Copy, hit: Hit, language: string): Target {
  const { root, rootName, path } = copy;
  const best = bestIn(copy, hit);
  const symbol = copy.exact ? hit.symbol : [];
  return { root, rootName, path, language, line: best[0] ?? copy.startLine, symbol, best, chunk: hit.chunk };
}
