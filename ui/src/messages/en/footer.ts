// The state of the index, the model and the folders.
import { count, fixed, grouped } from "../../shared/format";

/** Coarse on purpose: an estimate to the second would claim to know. */
function left(seconds: number): string {
  if (seconds < 10) return "a few seconds left";
  if (seconds < 60) return `${Math.ceil(seconds / 10) * 10} s left`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min left`;
  const hours = seconds / 3600;
  return `${fixed(hours, hours < 10 ? 1 : 0)} h left`;
}

export const footer = {
  noFolder: "No folder yet",
  watching: (folders: number) => `Watching ${count(folders, "folder")}`,
  polled: (n: number) => `${n} by polling`,
  unwatched: (n: number) => `${n} not watched`,
  paused: (n: number) => `${n} paused`,
  lost: (n: number) => `${n} cannot be read`,
  polls: "changes are found by polling",

  sizes: (files: number, chunks: number) => `${count(files, "file")} · ${count(chunks, "chunk")}`,
  skipped: (n: number) => `${grouped(n)} skipped`,

  reading: (done: number, files: number) => `Reading ${grouped(done)} of ${count(files, "file")}`,
  looking: "Looking for files",
  wordsOnly: "Searchable by words · no model",
  searchable: "Searchable",
  quickMeaning: (share: string) => `quick meaning ${share}`,
  loadingModel: "loading the model",
  fullIndex: (share: string) => `full index ${share}`,
  stopped: "paused",
  left,
  done: "Fully indexed",

  allIndexed: (folders: number) => `${count(folders, "folder")} fully indexed`,
  indexed: (share: string) => `${share} fully indexed`,

  modelLoading: "Model is loading",
  modelFailed: "Model failed",
  model: (name: string | null, device: string | null) => `${name ?? "Model"}${device ? ` on ${device}` : ""}`,
};
