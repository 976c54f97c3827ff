// The keyboard as a pure function: which action a key means, given where the focus is.
import { MODES } from "../search/query";
import type { Mode } from "../ipc/backend";

/** Where the focus is. `control`: a button or the like, which has its own use for Enter, Space and arrows. */
export type Zone = "box" | "list" | "preview" | "control" | "field" | "none";

export type Key = { key: string; mod: boolean; alt: boolean; shift: boolean };

export type Focus = {
  zone: Zone;
  boxEmpty: boolean;
  /** The arrows have been used to walk through the list since the last typed character. */
  walking: boolean;
};

export type Action =
  | "up" | "down" | "fileUp" | "fileDown" | "fold" | "unfold" | "open" | "editor" | "similar" | "palette"
  | "back" | "forward" | "nextPanel" | "previousPanel" | "shortcuts" | "escape" | "settings" | "closeTab"
  | "larger" | "smaller" | "resetSize" | "facets" | "preview" | "focusBox" | "type" | `mode:${Mode}`;

/** Combinations that hold everywhere; `Mod` is Ctrl, or Cmd on a Mac. */
export const GLOBAL: Readonly<Record<string, Action>> = {
  "Mod+Enter": "editor",
  "Mod+.": "similar",
  "Mod+k": "palette",
  "Mod+l": "focusBox",
  "Mod+,": "settings",
  "Mod+b": "facets",
  "Mod+j": "preview",
  "Mod+w": "closeTab",
  "Mod++": "larger",
  "Mod+=": "larger",
  "Mod+-": "smaller",
  "Mod+0": "resetSize",
  "Alt+ArrowLeft": "back",
  "Alt+ArrowRight": "forward",
  F6: "nextPanel",
  "Shift+F6": "previousPanel",
  F1: "shortcuts",
  ...Object.fromEntries(MODES.map((mode, i) => [`Mod+${i + 1}`, `mode:${mode}` as const])),
};

const LIST: Readonly<Record<string, Action>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  PageUp: "fileUp",
  PageDown: "fileDown",
  Enter: "open",
};

export function actionFor(key: Key, focus: Focus): Action | null {
  const name = key.key.length === 1 ? key.key.toLowerCase() : key.key;
  // A typed character carries its own Shift: Ctrl + + is one key on some keyboards and two on others.
  const shift = key.shift && key.key.length > 1;
  const combined = [key.mod && "Mod", key.alt && "Alt", shift && "Shift", name].filter(Boolean).join("+");
  const everywhere = GLOBAL[combined];
  if (everywhere) return everywhere;
  if (key.mod || key.alt) return null;
  if (name === "Escape") return "escape";
  if (focus.zone === "field") return null;
  if (focus.zone === "box" || focus.zone === "list" || focus.zone === "none") {
    const action = key.shift ? undefined : LIST[name];
    if (action) return action;
    const folds = focus.zone !== "box" || focus.walking;
    if (folds && name === "ArrowLeft") return "fold";
    if (folds && name === "ArrowRight") return "unfold";
  }
  if (name === "?" && (focus.zone !== "box" || focus.boxEmpty)) return "shortcuts";
  if (focus.zone === "box" || key.key.length !== 1) return null;
  if (key.key === " " && focus.zone === "control") return null;
  return "type";
}

/** The zone that an element belongs to. */
export function zoneOf(element: Element | null): Zone {
  if (!element || element === document.body) return "none";
  if (element.matches("[data-testid=search-box]")) return "box";
  if (element.closest(".cm-content")) return "preview";
  if (element.matches("input, textarea, select")) return "field";
  if (element.matches("[role=tree]")) return "list";
  if (element.closest("button, a[href], [role=radio], [role=separator], [role=tab], summary")) return "control";
  return "none";
}
