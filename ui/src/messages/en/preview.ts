// The code beside the list.
export const preview = {
  label: "Preview",
  back: "Back to the results",
  tabs: "Open files",
  tab: (path: string, permanent: boolean) => (permanent ? path : `${path} (preview)`),
  closeTab: (name: string) => `Close ${name}`,
  place: "Place of the match",

  stillWorks: "The list and the other files still work; the index notices the change by itself.",
  changed: "This file changed since it was indexed; the beam may be a few lines off.",
  encoding: (name: string) => `Read as ${name}.`,

  /** Beside their keys, above the code. */
  open: { label: "open", explains: "Open, to stay" },
  editor: { label: "editor", explains: "Open in the editor" },
  similar: { label: "similar", explains: "Find similar code" },
  similarToSelection: { label: "similar to selection", explains: "Find code similar to the selection" },

  /** What the editor itself says, by its own English words. */
  phrases: {
    Find: "Find",
    next: "next",
    previous: "previous",
    all: "all",
    "match case": "match case",
    regexp: "regexp",
    "by word": "by word",
    close: "close",
    "current match": "current match",
    "on line": "on line",
    "Go to line": "Go to line",
    go: "go",
    "Control character": "Control character",
  },
};
