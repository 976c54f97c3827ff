// Everything that can be done, by name: for the palette and the list of shortcuts.
import type { App } from "../app.svelte";
import type { Folder, Theme } from "../ipc/backend";
import { MODES } from "../search/query";
import type { Action } from "../shared/keys";

export type Command = { title: string; keys?: string | undefined; run: () => void };

const THEMES: { theme: Theme; title: string }[] = [
  { theme: "system", title: "Theme: as the system" },
  { theme: "light", title: "Theme: light" },
  { theme: "dark", title: "Theme: dark" },
];

export function commands(
  app: App,
  act: (action: Action) => void,
  ask: {
    remove: (folder: Folder) => void;
    skipped: (folders: Folder[]) => void;
    model: (folder: Folder) => void;
    evaluation: (folder: Folder) => void;
  },
): Command[] {
  const { folders, results, search, settings } = app;
  const list = [...folders.list];
  const selected = app.preview.selected !== "";
  const hit: Command[] = app.target
    ? [
        { title: "Open the file at the match", keys: "Enter", run: () => act("open") },
        { title: "Open in the editor", keys: "Mod+Enter", run: () => act("editor") },
        { title: "Find similar code", keys: selected ? undefined : "Mod+.", run: () => app.findSimilar() },
      ]
    : [];
  if (selected) {
    hit.unshift({ title: "Find code similar to the selection", keys: "Mod+.", run: () => act("similar") });
  }
  const { row } = results;
  if (row?.type === "hit") hit.push({ title: "Why this hit is in the list", run: () => (app.overlay = "why") });
  if (row && row.type !== "file" && row.hit.copies.length > 0) {
    const shown = row.type === "copy" || results.unfolded.has(row.id);
    const title = `${shown ? "Fold" : "Show"} the copies of this hit`;
    hit.push({ title, run: () => results.toggleCopies(row.group, row.hit) });
  }
  return [
    ...hit,
    { title: "Add a folder", run: () => void folders.pick() },
    ...MODES.map(({ mode, label }, i) => ({
      title: `Search: ${label}`,
      keys: `Mod+${i + 1}`,
      run: () => search.setMode(mode),
    })),
    { title: "Clear all filters", run: () => search.clearFilters() },
    { title: "Go back", keys: "Alt+ArrowLeft", run: () => act("back") },
    { title: "Go forward", keys: "Alt+ArrowRight", run: () => act("forward") },
    ...list.map((folder) => ({
      title: `Only in ${folder.name}`,
      run: () => search.setFilters({ ...search.query.filters, roots: [folder.id] }),
    })),
    ...list.map((folder) => ({
      title: `${folder.paused ? "Resume" : "Pause"} ${folder.name}`,
      run: () => void folders.pause(folder, !folder.paused),
    })),
    { title: "Rules and skipped files", run: () => ask.skipped(list) },
    ...list.map((folder) => ({ title: `Model and coverage of ${folder.name}`, run: () => ask.model(folder) })),
    ...list.map((folder) => ({
      title: `How well does it find things in ${folder.name}`,
      run: () => ask.evaluation(folder),
    })),
    ...list.map((folder) => ({ title: `Remove ${folder.name}`, run: () => ask.remove(folder) })),
    { title: "Show or hide folders and filters", keys: "Mod+B", run: () => act("facets") },
    { title: "Show or hide the preview", keys: "Mod+J", run: () => act("preview") },
    { title: "Larger text", keys: "Mod++", run: () => act("larger") },
    { title: "Smaller text", keys: "Mod+-", run: () => act("smaller") },
    { title: "Reset text size", keys: "Mod+0", run: () => act("resetSize") },
    ...THEMES.map(({ theme, title }) => ({ title, run: () => void settings.change({ theme }) })),
    { title: "Settings", keys: "Mod+,", run: () => act("settings") },
    { title: "Keyboard shortcuts", keys: "F1", run: () => act("shortcuts") },
  ];
}

/** Keys that are not commands of the palette, for the list of shortcuts. */
export const KEYS: readonly { keys: readonly string[]; what: string }[] = [
  { keys: ["ArrowUp", "ArrowDown"], what: "Previous and next hit" },
  { keys: ["PageUp", "PageDown"], what: "Previous and next file" },
  { keys: ["ArrowLeft", "ArrowRight"], what: "Fold and unfold the file, or a hit's copies, once the arrows have moved" },
  { keys: ["Enter"], what: "Open the file at the match" },
  { keys: ["Mod+Enter"], what: "Open in the editor" },
  { keys: ["Mod+."], what: "Find code similar to the hit, or to what is selected in the preview" },
  { keys: ["Escape"], what: "Clear the search; from the code, back to the list" },
  { keys: ["Mod+L"], what: "Focus the search box; typing anywhere does, too" },
  { keys: ["Mod+K"], what: "All commands" },
  { keys: ["Mod+1", "Mod+6"], what: "The six ways to search" },
  { keys: ["Alt+ArrowLeft", "Alt+ArrowRight"], what: "Back and forward" },
  { keys: ["F6", "Shift+F6"], what: "Next and previous panel" },
  { keys: ["Mod+F"], what: "Find in the file, in the preview" },
  { keys: ["Mod+W"], what: "Close the file" },
  { keys: ["Mod+B", "Mod+J"], what: "Toggle side panels" },
  { keys: ["Mod++", "Mod+-", "Mod+0"], what: "Size of text" },
  { keys: ["?", "F1"], what: "This list" },
];
