// What each action does.
import { tick } from "svelte";
import type { App } from "./app.svelte";
import { isEmpty } from "./search/query";
import type { Action } from "./shared/keys";
import type { Mode } from "./ipc/backend";

/** What an action needs from the parts on screen. */
export type Screen = {
  focusBox: () => void;
  focusPreview: () => void;
  /** Where the reader's cursor is in the code, from 1. */
  cursor: () => { line: number; column: number } | null;
};

const PANELS = ["box", "facets", "list", "preview", "footer"] as const;

export function performer(app: App, screen: Screen): (action: Action) => void {
  const { search, results, preview, layout } = app;

  const plain: Readonly<Record<Exclude<Action, `mode:${string}`>, () => void>> = {
    up: () => app.walk((list) => list.move(-1)),
    down: () => app.walk((list) => list.move(1)),
    fileUp: () => app.walk((list) => list.moveFile(false)),
    fileDown: () => app.walk((list) => list.moveFile(true)),
    fold: () => app.walk((list) => list.fold()),
    unfold: () => app.walk((list) => list.unfold()),
    open: () => void app.open().then(tick).then(screen.focusPreview),
    editor: () => openInEditor(),
    similar,
    palette: () => (app.overlay = "palette"),
    settings: () => (app.overlay = "settings"),
    shortcuts: () => (app.overlay = "shortcuts"),
    back: () => app.go("back"),
    forward: () => app.go("forward"),
    nextPanel: () => focusPanel(1),
    previousPanel: () => focusPanel(-1),
    escape,
    closeTab,
    larger: () => layout.resize(1),
    smaller: () => layout.resize(-1),
    resetSize: () => layout.resize(0),
    facets: () => layout.toggleFacets(),
    preview: () => layout.togglePreview(),
    focusBox: screen.focusBox,
    type: screen.focusBox,
  };

  /** From the code the cursor's place, else the match; both in the file that is seen. */
  function openInEditor() {
    const tab = inPanel("preview") ? preview.tab : null;
    const cursor = tab && screen.cursor();
    if (tab && cursor) void app.openInEditor({ ...tab, line: cursor.line }, cursor.column);
    else void app.newestTarget().then((target) => app.openInEditor(target ?? preview.tab));
  }

  /** What is selected in the code goes before the hit; its list is walked through from the box. */
  function similar() {
    if (!preview.selected) return app.findSimilar();
    app.findSimilarToSelection();
    // After the palette, which gives the focus back to where it was.
    void tick().then(screen.focusBox);
  }

  /** The next tab is in front then, or there is nothing left to read. */
  function closeTab() {
    if (preview.active) preview.close(preview.active);
    if (preview.tab) return;
    layout.previewInFront = false;
    screen.focusBox();
  }

  /** Goes one step back towards an empty box: over the code, similar code, words, filters, to the list. */
  function escape() {
    if (layout.compact && layout.facetsOver) return layout.toggleFacets();
    if (inPanel("preview") || (layout.narrow && layout.previewInFront)) {
      layout.previewInFront = false;
      return screen.focusBox();
    }
    if (search.waiting === 3) return search.cancel();
    if (search.query.similar) return search.type(search.query.text);
    if (!isEmpty(search.query)) {
      app.remember();
      return app.type("");
    }
    search.clearFilters();
    if (inPanel("box") && results.rows.length > 0) panel("list")?.focus();
    else screen.focusBox();
  }

  function focusPanel(by: 1 | -1) {
    const shown = PANELS.filter((name) => panel(name));
    const at = shown.findIndex(inPanel);
    const next = shown[(at + by + shown.length) % shown.length];
    if (next === "preview") screen.focusPreview();
    else if (next) panel(next)?.focus();
  }

  return (action) => {
    if (action.startsWith("mode:")) search.setMode(action.slice("mode:".length) as Mode);
    else plain[action as keyof typeof plain]();
  };
}

/** The panel itself, or the first control in it. */
function panel(name: string): HTMLElement | null {
  const element = document.querySelector<HTMLElement>(`[data-panel="${name}"]`);
  if (!element) return null;
  if (element.tabIndex >= 0) return element;
  return element.querySelector<HTMLElement>("button:not([tabindex='-1']), .cm-content, [tabindex='0']");
}

function inPanel(name: string): boolean {
  return document.activeElement?.closest(`[data-panel="${name}"]`) !== null && document.activeElement !== null;
}
