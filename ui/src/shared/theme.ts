import type { Theme } from "../ipc/backend";

/** Tells the style sheet which theme holds; without a choice it follows the system. */
export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
