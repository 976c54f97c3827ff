// The commands by name, and the list of shortcuts.
import type { Theme } from "../../ipc/backend";

const themes: Readonly<Record<Theme, string>> = {
  system: "Theme: as the system",
  light: "Theme: light",
  dark: "Theme: dark",
};

const commands = {
  open: "Open the file at the match",
  showCopies: "Show the copies of this hit",
  hideCopies: "Hide the copies of this hit",

  mode: (label: string) => `Search: ${label}`,
  clearFilters: "Clear all filters",
  back: "Go back",
  forward: "Go forward",

  onlyIn: (folder: string) => `Only in ${folder}`,
  pause: (folder: string) => `Pause ${folder}`,
  resume: (folder: string) => `Resume ${folder}`,
  model: (folder: string) => `Model and coverage of ${folder}`,
  evaluate: (folder: string) => `How well does it find things in ${folder}`,

  facets: "Show or hide folders and filters",
  preview: "Show or hide the preview",
  larger: "Larger text",
  smaller: "Smaller text",
  resetSize: "Reset text size",
  themes,
};

/** What keys do, as the list of shortcuts says it. */
const shortcuts = {
  hits: "Previous and next hit",
  files: "Previous and next file",
  fold: "Fold and unfold the file, or a hit's copies, once the arrows have moved",
  similar: "Find code similar to the hit, or to what is selected in the preview",
  escape: "Clear the search; from the code, back to the list",
  box: "Focus the search box; typing anywhere does, too",
  modes: "The ways to search",
  history: "Back and forward",
  panels: "Next and previous panel",
  find: "Find in the file, in the preview",
  closeTab: "Close the file",
  sidePanels: "Toggle side panels",
  textSize: "Size of text",
  list: "This list",
};

export const palette = {
  label: "All commands",
  command: "Command",
  commandList: "Commands",
  placeholder: "Type a command or a folder",
  none: "No command matches.",
  shortcutList: "Keyboard shortcuts",
  commands,
  shortcuts,
};
