// How keys are called here: Cmd on a Mac, Ctrl elsewhere.
export const isMac = /mac/i.test(navigator.platform);

const MAC: Readonly<Record<string, string>> = { Mod: "⌘", Alt: "⌥", Shift: "⇧" };
const PC: Readonly<Record<string, string>> = { Mod: "Ctrl" };
const NAMED: Readonly<Record<string, string>> = {
  Enter: "↵",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
};

/** "Mod+Enter" as it is written on the user's keys. */
export function keyLabel(keys: string, mac = isMac): string {
  const parts = split(keys).map((key) => (mac ? MAC : PC)[key] ?? NAMED[key] ?? key);
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
