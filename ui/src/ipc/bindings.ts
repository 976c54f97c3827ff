// The wire between the window and the shell: commands, events and their types.
import { invoke as TAURI_INVOKE } from "@tauri-apps/api/core";
import { listen as TAURI_LISTEN, type EventCallback, type UnlistenFn } from "@tauri-apps/api/event";

export const commands = {
  search: (request: SearchRequest) => call<SearchReply>("search", { request }),
  similar: (chunk: string, limit: number) => call<SearchReply>("similar", { chunk, limit }),
  status: () => call<Status>("status"),
  addFolder: (path: string) => call<Folder>("add_folder", { path }),
  pickFolders: () => call<string[]>("pick_folders"),
  removeFolder: (id: number) => call<null>("remove_folder", { id }),
  pauseFolder: (id: number, paused: boolean) => call<null>("pause_folder", { id, paused }),
  skipped: (id: number) => call<SkippedFile[]>("skipped", { id }),
  readFile: (root: number, path: string) => call<FileText>("read_file", { root, path }),
  openInEditor: (root: number, path: string, line: number, column: number) =>
    call<null>("open_in_editor", { root, path, line, column }),
  editors: () => call<Editor[]>("editors"),
  settings: () => call<Settings>("settings"),
  saveSettings: (settings: Settings) => call<null>("save_settings", { settings }),
};

export const events = {
  statusChanged: event<Status>("status-changed"),
  indexChanged: event<string>("index-changed"),
};

export type Mode = "all" | "meaning" | "words" | "symbols" | "files" | "regex";
export type SearchRequest = {
  text: string;
  mode: Mode;
  roots: number[];
  languages: string[];
  kinds: string[];
  places: string[];
  limit: number;
};
export type SearchReply = {
  total: number;
  elapsedMs: number;
  groups: FileGroup[];
  facets: Facets;
  notice: Notice | null;
  tokens: QueryToken[];
};
export type TokenKind = "lang" | "path" | "repo" | "symbol" | "phrase";
export type QueryToken = { start: number; end: number; kind: TokenKind; text: string; valid: boolean };
export type FileGroup = {
  root: number;
  rootName: string;
  path: string;
  language: string;
  hits: Hit[];
  more: number;
};
export type Hit = {
  chunk: string;
  symbol: string[];
  kind: string | null;
  startLine: number;
  endLine: number;
  lines: Line[];
  why: Why;
  stale: boolean;
};
export type Line = { number: number; text: string; best: boolean; marks: [number, number][] };
export type Why = {
  score: number;
  words: number | null;
  meaning: number | null;
  draft: boolean;
  signals: Signal[];
  matched: string[];
};
export type Signal = { name: string; label: string; factor: number };
export type Facets = { folders: Facet[]; languages: Facet[]; kinds: Facet[]; places: Facet[] };
export type Facet = { key: string; label: string; count: number };
export type NoticeCode = "wordsOnly" | "partial" | "badRegex" | "badFilter";
export type Notice = { code: NoticeCode; message: string };
export type Status = { folders: Folder[]; model: Model; generation: string };
export type FolderState = "scanning" | "indexing" | "ready" | "missing" | "failed";
export type Folder = {
  id: number;
  path: string;
  name: string;
  state: FolderState;
  message: string | null;
  paused: boolean;
  files: number;
  filesDone: number;
  chunks: number;
  instant: number;
  full: number;
  skipped: number;
  etaSeconds: number | null;
  watch: "native" | "polling";
  watchMessage: string | null;
  branch: string | null;
  commit: string | null;
};
export type Model = {
  state: "loading" | "ready" | "missing" | "failed";
  name: string | null;
  device: string | null;
  message: string | null;
};
export type FileText = { text: string; language: string; changedSinceIndex: boolean };
export type SkippedFile = { path: string; reason: string };
export type Theme = "system" | "light" | "dark";
export type Settings = { theme: Theme; editor: string; editorTemplate: string };
export type Editor = { id: string; name: string; found: boolean };
export type ErrorCode =
  | "notFound"
  | "unreadable"
  | "nested"
  | "notAFolder"
  | "editor"
  | "model"
  | "busy"
  | "internal";
export type IpcError = { code: ErrorCode; message: string };
export type Result<T, E> = { status: "ok"; data: T } | { status: "error"; error: E };

async function call<T>(name: string, args?: Record<string, unknown>): Promise<Result<T, IpcError>> {
  try {
    return { status: "ok", data: await TAURI_INVOKE<T>(name, args) };
  } catch (e) {
    if (e instanceof Error) throw e;
    return { status: "error", error: e as IpcError };
  }
}

function event<T>(name: string) {
  return { listen: (heard: EventCallback<T>): Promise<UnlistenFn> => TAURI_LISTEN<T>(name, heard) };
}
