// How keys are called here: Cmd on a Mac, Ctrl elsewhere.
import { m } from "../messages/messages";

export const isMac = /mac/i.test(navigator.platform);

const MAC: Readonly<Record<string, string>> = { Mod: "⌘", Alt: "⌥", Shift: "⇧" };
const SIGNS: Readonly<Record<string, string>> = {
  Enter: "↵",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
};

/** "Mod+Enter" as it is written on the user's keys. */
export function keyLabel(keys: string, mac = isMac): string {
  const names = { ...m.shared.keys, ...SIGNS, ...(mac ? MAC : {}) };
  const parts = split(keys).map((key) => names[key] ?? key);
  return parts.join(mac ? "" : " ");
}

/** "Mod++" is two keys. */
function split(keys: string): string[] {
  return keys.endsWith("++") ? [...split(keys.slice(0, -2)), "+"] : keys.split("+");
}

/** The same for `aria-keyshortcuts`. */
export function ariaKeys(keys: string, mac = isMac): string {
  return keys.replace("Mod", mac ? "Meta" : "Control");
}
