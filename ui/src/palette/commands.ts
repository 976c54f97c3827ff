// Everything that can be done, by name: for the palette and the list of shortcuts.
import type { App } from "../app.svelte";
import type { Folder, Theme } from "../ipc/backend";
import { m } from "../messages/messages";
import { MODES } from "../search/query";
import type { Action } from "../shared/keys";

export type Command = { title: string; keys?: string | undefined; run: () => void };

const { commands: titles, shortcuts } = m.palette;
const THEMES: readonly Theme[] = ["system", "light", "dark"];

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
        { title: titles.open, keys: "Enter", run: () => act("open") },
        { title: m.preview.editor.explains, keys: "Mod+Enter", run: () => act("editor") },
        { title: m.preview.similar.explains, keys: selected ? undefined : "Mod+.", run: () => app.findSimilar() },
      ]
    : [];
  if (selected) {
    hit.unshift({ title: m.preview.similarToSelection.explains, keys: "Mod+.", run: () => act("similar") });
  }
  const { row } = results;
  if (row?.type === "hit") hit.push({ title: m.shared.why, run: () => (app.overlay = "why") });
  if (row && row.type !== "file" && row.hit.copies.length > 0) {
    const shown = row.type === "copy" || results.unfolded.has(row.id);
    const title = shown ? titles.hideCopies : titles.showCopies;
    hit.push({ title, run: () => results.toggleCopies(row.group, row.hit) });
  }
  return [
    ...hit,
    { title: m.folders.add, run: () => void folders.pick() },
    ...MODES.map((mode, i) => ({
      title: titles.mode(m.search.modes[mode].label),
      keys: `Mod+${i + 1}`,
      run: () => search.setMode(mode),
    })),
    { title: titles.clearFilters, run: () => search.clearFilters() },
    { title: titles.back, keys: "Alt+ArrowLeft", run: () => act("back") },
    { title: titles.forward, keys: "Alt+ArrowRight", run: () => act("forward") },
    ...list.map((folder) => ({
      title: titles.onlyIn(folder.name),
      run: () => search.setFilters({ ...search.query.filters, roots: [folder.id] }),
    })),
    ...list.map((folder) => ({
      title: (folder.paused ? titles.resume : titles.pause)(folder.name),
      run: () => void folders.pause(folder, !folder.paused),
    })),
    { title: m.shared.folderActions.rules, run: () => ask.skipped(list) },
    ...list.map((folder) => ({ title: titles.model(folder.name), run: () => ask.model(folder) })),
    ...list.map((folder) => ({
      title: titles.evaluate(folder.name),
      run: () => ask.evaluation(folder),
    })),
    ...list.map((folder) => ({ title: m.folders.remove.label(folder.name), run: () => ask.remove(folder) })),
    { title: titles.facets, keys: "Mod+B", run: () => act("facets") },
    { title: titles.preview, keys: "Mod+J", run: () => act("preview") },
    { title: titles.larger, keys: "Mod++", run: () => act("larger") },
    { title: titles.smaller, keys: "Mod+-", run: () => act("smaller") },
    { title: titles.resetSize, keys: "Mod+0", run: () => act("resetSize") },
    ...THEMES.map((theme) => ({ title: titles.themes[theme], run: () => void settings.change({ theme }) })),
    { title: m.shared.settings, keys: "Mod+,", run: () => act("settings") },
    { title: m.palette.shortcutList, keys: "F1", run: () => act("shortcuts") },
  ];
}

/** The list of shortcuts. */
export const KEYS: readonly { keys: readonly string[]; what: string }[] = [
  { keys: ["ArrowUp", "ArrowDown"], what: shortcuts.hits },
  { keys: ["PageUp", "PageDown"], what: shortcuts.files },
  { keys: ["ArrowLeft", "ArrowRight"], what: shortcuts.fold },
  { keys: ["Enter"], what: titles.open },
  { keys: ["Mod+Enter"], what: m.preview.editor.explains },
  { keys: ["Mod+."], what: shortcuts.similar },
  { keys: ["Escape"], what: shortcuts.escape },
  { keys: ["Mod+L"], what: shortcuts.box },
  { keys: ["Mod+K"], what: m.palette.label },
  { keys: ["Mod+1", `Mod+${MODES.length}`], what: shortcuts.modes },
  { keys: ["Alt+ArrowLeft", "Alt+ArrowRight"], what: shortcuts.history },
  { keys: ["F6", "Shift+F6"], what: shortcuts.panels },
  { keys: ["Mod+F"], what: shortcuts.find },
  { keys: ["Mod+W"], what: shortcuts.closeTab },
  { keys: ["Mod+B", "Mod+J"], what: shortcuts.sidePanels },
  { keys: ["Mod++", "Mod+-", "Mod+0"], what: shortcuts.textSize },
  { keys: ["?", "F1"], what: shortcuts.list },
];
