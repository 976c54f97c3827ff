// The state of the index in words: short, and no better than it is.
import type { Folder, Model } from "../ipc/backend";
import { m } from "../messages/messages";
import { percent } from "../shared/format";

function sum(folders: readonly Folder[], of: (folder: Folder) => number): number {
  return folders.reduce((total, folder) => total + of(folder), 0);
}

/** 0 to 1; a folder with nothing to read is read. Rounded down, so that 100 % means all. */
export function coverage(done: number, of: number, state: Folder["state"]): number {
  if (of === 0) return state === "ready" ? 1 : 0;
  return Math.min(done / of, 1);
}

/** Nothing of it can be read. */
export function isLost(folder: Folder): boolean {
  return folder.state === "missing" || folder.state === "failed";
}

export function lostPhrase(folder: Folder): string {
  return folder.message ?? (folder.state === "missing" ? m.folders.missing : m.folders.failed);
}

function counting(folders: readonly Folder[]): boolean {
  return folders.some((folder) => folder.state === "scanning" || folder.filesDone < folder.files);
}

/** The share of all folders that is fully indexed. While files are still being cut up, those not yet counted are held against it. */
export function fullShare(folders: readonly Folder[]): number {
  const present = folders.filter((folder) => !isLost(folder));
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
  return share >= 1 ? m.footer.allIndexed(folders.length) : m.footer.indexed(percent(share));
}

export type Tone = "ok" | "warn" | "bad" | "idle";

export function watching(folders: readonly Folder[]): { text: string; tone: Tone; explains: string } {
  const paused = folders.filter((folder) => folder.paused).length;
  const lost = folders.filter(isLost);
  const polled = folders.filter((folder) => folder.watch === "polling");
  const unwatched = folders.filter((folder) => folder.watch === "off" && !lost.includes(folder)).length;
  const watched = folders.filter((folder) => !folder.paused && folder.watch !== "off" && !lost.includes(folder)).length;
  const parts = [m.footer.watching(watched)];
  if (polled.length > 0) parts.push(m.footer.polled(polled.length));
  if (unwatched > 0) parts.push(m.footer.unwatched(unwatched));
  if (paused > 0) parts.push(m.footer.paused(paused));
  if (lost.length > 0) parts.push(m.footer.lost(lost.length));
  const explains = [
    ...lost.map((folder) => m.shared.because(folder.name, lostPhrase(folder))),
    ...polled.map((folder) => m.shared.because(folder.name, folder.watchMessage ?? m.footer.polls)),
  ];
  const tone = lost.length > 0 ? "bad" : polled.length > 0 ? "warn" : watched === 0 ? "idle" : "ok";
  return { text: folders.length === 0 ? m.footer.noFolder : parts.join(", "), tone, explains: explains.join("\n") };
}

export function sizes(folders: readonly Folder[]): string {
  const files = sum(folders, (folder) => folder.files);
  const chunks = sum(folders, (folder) => folder.chunks);
  return m.footer.sizes(files, chunks);
}

/** What each tier covers and, where there is an estimate, how long the rest takes. */
export function tiers({ folders, model }: { folders: readonly Folder[]; model: Model }): string {
  const chunks = sum(folders, (folder) => folder.chunks);
  const files = sum(folders, (folder) => folder.files);
  const done = sum(folders, (folder) => folder.filesDone);
  if (counting(folders)) return files > 0 ? m.footer.reading(done, files) : m.footer.looking;
  if (model.state === "failed") return m.footer.wordsOnly;
  const instant = sum(folders, (folder) => folder.instant);
  const parts = [m.footer.searchable];
  if (instant < chunks) parts.push(m.footer.quickMeaning(percent(instant / chunks)));
  if (model.state === "loading") return [...parts, m.footer.loadingModel].join(" · ");
  const share = fullShare(folders);
  if (share >= 1) return m.footer.done;
  const full = [m.footer.fullIndex(percent(share)), rest(folders)].filter(Boolean).join(", ");
  return [...parts, full].join(" · ");
}

/** How long the full index still takes; empty without an estimate. */
function rest(folders: readonly Folder[]): string {
  const working = folders.filter((folder) => !folder.paused && folder.full < folder.chunks);
  if (working.length === 0) return m.footer.stopped;
  if (working.some((folder) => folder.etaSeconds === null)) return "";
  return m.footer.left(sum(working, (folder) => folder.etaSeconds ?? 0));
}

export function modelPhrase(model: Model): string {
  if (model.state === "loading") return m.footer.modelLoading;
  return model.state === "failed" ? m.footer.modelFailed : m.footer.model(model.name, model.device);
}

export function revision(folder: Folder | undefined): string {
  if (!folder?.commit) return folder?.branch ?? "";
  const commit = folder.commit.slice(0, 6);
  return folder.branch ? `${folder.branch}@${commit}` : commit;
}
