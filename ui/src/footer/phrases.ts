// The state of the index in words: short, and no better than it is.
import type { Folder, Model } from "../ipc/backend";
import { count, grouped } from "../shared/format";

function sum(folders: readonly Folder[], of: (folder: Folder) => number): number {
  return folders.reduce((total, folder) => total + of(folder), 0);
}

/** 0 to 1; a folder with nothing to read is read. Rounded down, so that 100 % means all. */
export function coverage(done: number, of: number, state: Folder["state"]): number {
  if (of === 0) return state === "ready" ? 1 : 0;
  return Math.min(done / of, 1);
}

export function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

function counting(folders: readonly Folder[]): boolean {
  return folders.some((folder) => folder.state === "scanning" || folder.filesDone < folder.files);
}

/** The share of all folders that is fully indexed. While files are still being cut up, those not yet counted are held against it. */
export function fullShare(folders: readonly Folder[]): number {
  const present = folders.filter((folder) => folder.state !== "missing" && folder.state !== "failed");
  if (present.length === 0) return 0;
  const chunks = sum(present, (folder) => folder.chunks);
  const full = sum(present, (folder) => folder.full);
  if (chunks === 0) return present.every((folder) => folder.state === "ready") ? 1 : 0;
  const files = sum(present, (folder) => folder.files);
  const filesShare = files > 0 ? Math.min(sum(present, (folder) => folder.filesDone) / files, 1) : 1;
  return Math.min(full / chunks, 1) * filesShare;
}

export function fullyIndexed(folders: readonly Folder[]): string {
  const share = fullShare(folders);
  const all = count(folders.length, "folder");
  return share >= 1 ? `${all} fully indexed` : `${percent(share)} fully indexed`;
}

export type Tone = "ok" | "warn" | "bad" | "idle";

export function watching(folders: readonly Folder[]): { text: string; tone: Tone; explains: string } {
  const paused = folders.filter((folder) => folder.paused).length;
  const lost = folders.filter((folder) => folder.state === "missing" || folder.state === "failed");
  const polled = folders.filter((folder) => folder.watch === "polling");
  const watched = folders.filter((folder) => !folder.paused && !lost.includes(folder)).length;
  const parts = [`Watching ${count(watched, "folder")}`];
  if (polled.length > 0) parts.push(`${polled.length} by polling`);
  if (paused > 0) parts.push(`${paused} paused`);
  if (lost.length > 0) parts.push(`${lost.length} cannot be read`);
  const explains = [...lost, ...polled].map((f) => `${f.name}: ${f.message ?? f.watchMessage ?? f.state}`).join("\n");
  const tone = lost.length > 0 ? "bad" : polled.length > 0 ? "warn" : watched === 0 ? "idle" : "ok";
  return { text: folders.length === 0 ? "No folder yet" : parts.join(", "), tone, explains };
}

export function sizes(folders: readonly Folder[]): string {
  const files = sum(folders, (folder) => folder.files);
  const chunks = sum(folders, (folder) => folder.chunks);
  return `${count(files, "file")} · ${count(chunks, "chunk")}`;
}

/** What each tier covers and, where there is an estimate, how long the rest takes. */
export function tiers({ folders, model }: { folders: readonly Folder[]; model: Model }): string {
  const chunks = sum(folders, (folder) => folder.chunks);
  const files = sum(folders, (folder) => folder.files);
  const done = sum(folders, (folder) => folder.filesDone);
  if (counting(folders)) {
    return files > 0 ? `Reading ${grouped(done)} of ${count(files, "file")}` : "Looking for files";
  }
  if (model.state === "missing" || model.state === "failed") return "Searchable by words · no model";
  const instant = sum(folders, (folder) => folder.instant);
  const early = instant >= chunks ? "Searchable" : `Searchable · quick meaning ${percent(instant / chunks)}`;
  if (model.state === "loading") return `${early} · loading the model`;
  const share = fullShare(folders);
  if (share >= 1) return "Fully indexed";
  const working = folders.filter((folder) => !folder.paused && folder.full < folder.chunks);
  if (working.length === 0) return `${early} · full index ${percent(share)}, paused`;
  const known = working.filter((folder) => folder.etaSeconds !== null);
  const seconds = known.length === working.length ? sum(known, (folder) => folder.etaSeconds ?? 0) : null;
  return `${early} · full index ${percent(share)}${seconds === null ? "" : `, ${left(seconds)}`}`;
}

/** Coarse on purpose: an estimate to the second would claim to know. */
export function left(seconds: number): string {
  if (seconds < 10) return "a few seconds left";
  if (seconds < 60) return `${Math.ceil(seconds / 10) * 10} s left`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min left`;
  const hours = seconds / 3600;
  return hours < 10 ? `${hours.toFixed(1)} h left` : `${Math.round(hours)} h left`;
}

export function modelPhrase(model: Model): string {
  if (model.state === "loading") return "Model is loading";
  if (model.state === "missing") return "No model";
  if (model.state === "failed") return "Model failed";
  return [model.name ?? "Model", model.device && `on ${model.device}`].filter(Boolean).join(" ");
}

export function revision(folder: Folder | undefined): string {
  if (!folder?.commit) return folder?.branch ?? "";
  const commit = folder.commit.slice(0, 6);
  return folder.branch ? `${folder.branch}@${commit}` : commit;
}
