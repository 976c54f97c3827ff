import { describe, expect, it } from "vitest";
import { actionFor, type Action, type Focus, type Key, type Zone } from "./keys";
import { ariaKeys, keyLabel } from "./platform";

function pressed(keys: string): Key {
  const parts = keys.split("+");
  const has = (name: string) => parts.includes(name);
  return { key: parts.at(-1) ?? "", mod: has("Mod"), alt: has("Alt"), shift: has("Shift") };
}

function check(keys: string, zone: Zone, expected: Action | null, focus: Partial<Focus> = {}) {
  expect(actionFor(pressed(keys), { zone, boxEmpty: false, walking: false, ...focus }), `${keys} in ${zone}`).toBe(
    expected,
  );
}

describe("keys", () => {
  it("walk through the list from the box and from the list", () => {
    for (const zone of ["box", "list", "none"] as const) {
      check("ArrowDown", zone, "down");
      check("ArrowUp", zone, "up");
      check("PageDown", zone, "fileDown");
      check("Enter", zone, "open");
    }
  });

  it("leave the caret its arrows until the list has been walked", () => {
    check("ArrowLeft", "box", null);
    check("ArrowLeft", "box", "fold", { walking: true });
    check("ArrowRight", "list", "unfold");
    check("Shift+ArrowDown", "box", null);
  });

  it("belong to a control, a field or the code that has the focus", () => {
    check("Enter", "control", null);
    check(" ", "control", null);
    check("ArrowDown", "control", null);
    check("ArrowDown", "preview", null);
    check("Enter", "field", null);
    check("a", "field", null);
  });

  it("go to the box when they are letters, from anywhere else", () => {
    check("a", "preview", "type");
    check("A", "list", "type");
    check("a", "control", "type");
    check("a", "box", null);
    check("Tab", "list", null);
  });

  it("show the shortcuts for a question mark, unless it is typed", () => {
    check("?", "list", "shortcuts");
    check("?", "box", null);
    check("?", "box", "shortcuts", { boxEmpty: true });
    check("F1", "box", "shortcuts");
  });

  it("mean the same everywhere when combined", () => {
    for (const zone of ["box", "list", "preview", "control", "field"] as const) {
      check("Mod+Enter", zone, "editor");
      check("Mod+.", zone, "similar");
      check("Mod+k", zone, "palette");
      check("Mod+1", zone, "mode:all");
      check("Mod+6", zone, "mode:regex");
      check("Alt+ArrowLeft", zone, "back");
      check("Alt+ArrowRight", zone, "forward");
      check("F6", zone, "nextPanel");
      check("Shift+F6", zone, "previousPanel");
    }
    check("Mod+c", "preview", null);
  });
});

describe("names of keys", () => {
  it.each([
    ["Mod+Enter", false, "Ctrl ↵"],
    ["Mod+Enter", true, "⌘↵"],
    ["Alt+ArrowLeft", false, "Alt ←"],
    ["Escape", false, "Esc"],
    ["Mod++", false, "Ctrl +"],
    ["Mod+-", true, "⌘-"],
  ])("%s on a Mac %s is %s", (keys, mac, label) => expect(keyLabel(keys, mac)).toBe(label));

  it("are told to assistive technology in its own words", () => expect(ariaKeys("Mod+1", false)).toBe("Control+1"));
});
