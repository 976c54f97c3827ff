// What the window asks of the program behind it. Nothing outside this folder knows how the answers come.
import type {
  Editor,
  ErrorCode,
  Evaluation,
  EvaluationProgress,
  FileText,
  Folder,
  SearchReply,
  SearchRequest,
  Settings,
  SkippedFile,
  Status,
} from "./bindings";

export type * from "./bindings";

export type Unlisten = () => void;

/** Folders dragged over the window: they hover, are dropped, or leave. */
export type FolderDrag = { type: "over" } | { type: "leave" } | { type: "drop"; paths: string[] };

/** Every method rejects with a `Failure`, whose message is a sentence for the user. */
export interface Backend {
  search(request: SearchRequest): Promise<SearchReply>;
  /** Every line that matches, in files as they are now: the first `limit` lines, and counts over all. `soFar` hears
   * what is found until then; the next search gives this one up. */
  matches(request: SearchRequest, soFar: (reply: SearchReply) => void): Promise<SearchReply>;
  /** Chunks near in meaning to `chunk`, nearest first. */
  similar(chunk: string, limit: number): Promise<SearchReply>;
  /** Chunks near in meaning to any `text`, nearest first. */
  similarText(text: string, limit: number): Promise<SearchReply>;
  status(): Promise<Status>;
  addFolder(path: string): Promise<Folder>;
  /** Lets the user choose folders and adds them; the added paths, empty when cancelled. */
  pickFolders(): Promise<string[]>;
  removeFolder(id: number): Promise<void>;
  pauseFolder(id: number, paused: boolean): Promise<void>;
  skipped(id: number): Promise<SkippedFile[]>;
  readFile(root: number, path: string): Promise<FileText>;
  /** `line` and `column` count from 1. */
  openInEditor(root: number, path: string, line: number, column: number): Promise<void>;
  editors(): Promise<Editor[]>;
  settings(): Promise<Settings>;
  saveSettings(settings: Settings): Promise<void>;
  /** The file of the model that the next start uses; null for the bundled one. */
  chosenModel(): Promise<string | null>;
  /** Lets the user choose a model's file and tries it, which may take seconds; its path, null when cancelled. */
  pickModel(): Promise<string | null>;
  resetModel(): Promise<void>;
  /** Measures how well things are found in a folder, which may take minutes; one folder at a time. */
  evaluate(root: number): Promise<Evaluation>;
  /** The measurement that runs rejects with the code "cancelled". */
  cancelEvaluation(): Promise<void>;

  onStatus(heard: (status: Status) => void): Unlisten;
  /** The index has a new generation: earlier answers may no longer hold. */
  onIndexChanged(heard: (generation: string) => void): Unlisten;
  onEvaluationProgress(heard: (progress: EvaluationProgress) => void): Unlisten;
  onFolderDrag(heard: (drag: FolderDrag) => void): Unlisten;
}

export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }

  /** Whatever was thrown, as a failure with a sentence in it. */
  static from(thrown: unknown): Failure {
    if (thrown instanceof Failure) return thrown;
    return new Failure("internal", thrown instanceof Error ? thrown.message : String(thrown));
  }
}
