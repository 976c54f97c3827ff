// A backend without a program behind it, for the browser and for tests. It is not part of the shipped window.
import {
  Failure,
  type Backend,
  type EvaluationProgress,
  type Folder,
  type Model,
  type SearchReply,
  type Settings,
  type SkipReason,
  type Status,
} from "./backend";
import { evaluation, STEPS } from "./memory/evaluation";
import { FILES, ROOTS, type MemoryFile } from "./memory/files";
import { hard, HARD_MODEL, HARD_ROOTS, HARD_TEXT } from "./memory/hard";
import { matches } from "./memory/matches";
import { search, similar, similarText } from "./memory/search";

const SKIP_REASONS: readonly SkipReason[] = [
  { code: "binary" },
  { code: "tooLarge", size: 5_242_880, limit: 1_048_576 },
  { code: "generated" },
];

/** Which state of affairs it plays. */
export type Scenario = "working" | "first-run" | "words-only" | "search-fails" | "slow" | "many" | "hard" | "broken";

export class MemoryBackend implements Backend {
  readonly #heardStatus = new Set<(status: Status) => void>();
  readonly #heardProgress = new Set<(progress: EvaluationProgress) => void>();
  readonly #heardIndex = new Set<(generation: string) => void>();
  #folders: Folder[];
  #settings: Settings;
  #chosenModel: string | null = null;
  #scenario: Scenario;
  #generation = 1;
  #measuring = false;
  #cancelled = false;
  /** How long each step of a measurement takes. */
  stepMs = 130;

  constructor(scenario: Scenario = "working", settings: Partial<Settings> = {}) {
    this.#scenario = scenario;
    this.#folders = scenario === "first-run" ? [] : [folder(1, 1), folder(2, 0.55), folder(3, 0.21)];
    if (scenario === "hard") this.#chosenModel = HARD_MODEL;
    if (scenario === "hard") this.#folders = HARD_ROOTS.map((name, i) => folder(i + 1, 0.5, `/home/you/src/${name}`));
    this.#settings = { theme: "system", editor: "auto", editorTemplate: "", ...settings };
  }

  async search(request: Parameters<Backend["search"]>[0]) {
    if (this.#scenario === "search-fails") throw new Failure("internal", "The index cannot be read.");
    if (this.#scenario === "slow") await new Promise((resolve) => setTimeout(resolve, 4000));
    if (this.#scenario === "hard") return hard(request.text);
    const reply = search(this.#scenario === "words-only" ? { ...request, mode: "words" } : request);
    if (this.#scenario === "many") reply.groups = Array.from({ length: 12 }, (_, i) => reply.groups.map((g) => copy(g, i))).flat();
    if (this.#scenario !== "words-only") return reply;
    return { ...reply, notice: reply.notice ?? { code: "wordsOnly" as const, reason: "there is no model" } };
  }

  async matches(request: Parameters<Backend["matches"]>[0], soFar: (reply: SearchReply) => void) {
    const reply = matches(request);
    const first = reply.groups.slice(0, 1);
    if (first.length > 0) soFar({ ...reply, groups: first, total: first[0]?.hits.length ?? 0, files: 1 });
    return reply;
  }

  async similar(chunk: string, limit: number) {
    return similar(chunk, limit);
  }

  async similarText(text: string, limit: number) {
    return this.#scenario === "hard" ? hard(text) : similarText(text, limit);
  }

  async status(): Promise<Status> {
    if (this.#scenario === "broken") throw new Failure("internal", "The catalog cannot be opened.");
    return { folders: this.#folders, model: this.#model(), generation: String(this.#generation) };
  }

  async addFolder(path: string): Promise<Folder> {
    if (this.#folders.some((it) => path.startsWith(`${it.path}/`))) {
      throw new Failure("nested", "it lies inside a folder that is already added.");
    }
    const added = folder(this.#folders.length + 1, 0.4, path);
    this.#folders = [...this.#folders, added];
    await this.#changed();
    return added;
  }

  async pickFolders() {
    const path = `/home/you/src/${ROOTS[this.#folders.length % ROOTS.length] ?? "project"}`;
    await this.addFolder(path);
    return [path];
  }

  async removeFolder(id: number) {
    this.#require(id);
    this.#folders = this.#folders.filter((it) => it.id !== id);
    await this.#changed();
  }

  async pauseFolder(id: number, paused: boolean) {
    this.#require(id);
    this.#folders = this.#folders.map((it) => (it.id === id ? { ...it, paused } : it));
    await this.#changed();
  }

  async skipped(id: number) {
    const count = this.#folders.find((it) => it.id === id)?.skipped ?? 0;
    return Array.from({ length: count }, (_, i) => ({
      path: `assets/picture-${i + 1}.png`,
      reason: SKIP_REASONS[i % SKIP_REASONS.length] ?? { code: "binary" as const },
    }));
  }

  async readFile(root: number, path: string) {
    if (this.#scenario === "hard") return { text: HARD_TEXT, language: "rust", encoding: "windows-1252", changedSinceIndex: true };
    const copied = (it: MemoryFile) => path.endsWith(it.path);
    const file = FILES.find((it) => it.root === root && copied(it)) ?? FILES.find(copied);
    if (!file) throw new Failure("unreadable", `${path} cannot be shown: it is not in the index.`);
    return { text: file.text, language: file.language, encoding: "UTF-8", changedSinceIndex: false };
  }

  async openInEditor(): Promise<void> {
    throw new Failure("editor", "No editor was found. Choose one in the settings.");
  }

  async editors() {
    return [
      { id: "vscode", name: "VS Code", found: true },
      { id: "zed", name: "Zed", found: false },
      { id: "vim", name: "Vim", found: true },
    ];
  }

  async settings() {
    return this.#settings;
  }

  async saveSettings(settings: Settings) {
    this.#settings = settings;
  }

  async chosenModel() {
    return this.#chosenModel;
  }

  async pickModel(): Promise<string | null> {
    if (this.#scenario === "hard") throw new Failure("model", `Cannot load the model ${HARD_MODEL}: it is not a GGUF file.`);
    return (this.#chosenModel = "/home/you/models/code-embed-small-q8_0.gguf");
  }

  async resetModel() {
    this.#chosenModel = null;
  }

  async evaluate(root: number) {
    if (this.#measuring) throw new Failure("busy", "Another folder is being measured.");
    this.#measuring = true;
    this.#cancelled = false;
    try {
      for (const step of STEPS) {
        for (const heard of this.#heardProgress) heard({ root, ...step });
        await new Promise((resolve) => setTimeout(resolve, this.stepMs));
        if (this.#cancelled) throw new Failure("cancelled", "Measuring was cancelled.");
      }
      return evaluation(root, this.#scenario);
    } finally {
      this.#measuring = false;
    }
  }

  async cancelEvaluation() {
    this.#cancelled = true;
  }

  onEvaluationProgress(heard: (progress: EvaluationProgress) => void) {
    this.#heardProgress.add(heard);
    return () => void this.#heardProgress.delete(heard);
  }

  onStatus(heard: (status: Status) => void) {
    this.#heardStatus.add(heard);
    return () => void this.#heardStatus.delete(heard);
  }

  onIndexChanged(heard: (generation: string) => void) {
    this.#heardIndex.add(heard);
    return () => void this.#heardIndex.delete(heard);
  }

  onFolderDrag() {
    return () => undefined;
  }

  #model(): Model {
    return this.#scenario === "words-only"
      ? { state: "failed", name: null, device: null, message: "The model file is missing. Reinstall Descry to bring it back." }
      : { state: "ready", name: "descry-code-22m", device: "CPU", message: null };
  }

  #require(id: number) {
    if (!this.#folders.some((it) => it.id === id)) throw new Failure("notFound", `No such folder is added: ${id}.`);
  }

  async #changed() {
    const status = await this.status();
    this.#generation++;
    for (const heard of this.#heardStatus) heard(status);
    for (const heard of this.#heardIndex) heard(String(this.#generation));
  }
}

function folder(id: number, full: number, path = `/home/you/src/${ROOTS[id - 1] ?? "project"}`): Folder {
  const chunks = [15_060, 11_900, 4_860][id - 1] ?? 3_000;
  const files = [1_310, 1_184, 420][id - 1] ?? 240;
  return {
    id,
    path,
    name: path.slice(path.lastIndexOf("/") + 1),
    state: full === 1 ? "ready" : "indexing",
    message: null,
    paused: false,
    files,
    filesDone: files,
    chunks,
    instant: chunks,
    full: Math.round(chunks * full),
    skipped: [7, 5, 0][id - 1] ?? 0,
    etaSeconds: full === 1 ? null : 180,
    watch: "native",
    watchMessage: null,
    branch: "main",
    commit: "4f1c2e9b7a",
  };
}

function copy(group: Awaited<ReturnType<Backend["search"]>>["groups"][number], i: number) {
  if (i === 0) return group;
  return { ...group, path: `copy${i}/${group.path}`, hits: group.hits.map((hit) => ({ ...hit, chunk: `${hit.chunk}-${i}` })) };
}
