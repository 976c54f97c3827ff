// Words that more than one part of the window uses.
export const shared = {
  cancel: "Cancel",
  close: "Close",
  dismiss: "Dismiss",
  done: "Done",
  tryAgain: "Try again",

  folderActions: {
    evaluate: "How well does it find things…",
    model: "Model and coverage",
    rules: "Rules and skipped files",
  },
  facets: "Folders and filters",
  settings: "Settings",
  why: "Why this hit is in the list",

  /** Keys whose names differ between languages; others are called what the platform calls them. */
  keys: {
    Mod: "Ctrl",
    Alt: "Alt",
    Shift: "Shift",
    Escape: "Esc",
    PageUp: "PageUp",
    PageDown: "PageDown",
  } as Readonly<Record<string, string>>,

  /** A control's tooltip names its keys. */
  withKeys: (what: string, keys: string) => `${what} (${keys})`,
  /** What did not work, and why. */
  because: (what: string, reason: string) => `${what}: ${reason}`,
};
