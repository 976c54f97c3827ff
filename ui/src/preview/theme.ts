import { EditorView } from "@codemirror/view";

/** The tokens, as CodeMirror takes them. */
export const theme = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--bg)", color: "var(--text)", fontSize: "var(--fs-code)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "var(--code-line)", overflow: "auto" },
  ".cm-content": { padding: "8px 0 40vh", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 16px 0 0" },
  ".cm-gutters": { backgroundColor: "var(--bg)", color: "var(--faint)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.6rem", padding: "0 10px 0 6px" },
  ".cm-line.cm-beam": { backgroundColor: "var(--beam-wash)", "--quiet": "var(--dim)" },
  ".cm-lineNumbers .cm-gutterElement.cm-beam": {
    backgroundColor: "var(--beam-wash)",
    boxShadow: "inset 2px 0 var(--beam)",
    color: "var(--text)",
  },
  ".cm-cursor": { borderLeftColor: "var(--beam)", borderLeftWidth: "1.5px" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--words) 26%, transparent)",
  },
  ".cm-selectionMatch": { backgroundColor: "color-mix(in srgb, var(--words) 14%, transparent)" },
  ".cm-searchMatch": { backgroundColor: "color-mix(in srgb, var(--words) 22%, transparent)" },
  ".cm-searchMatch-selected": { outline: "1px solid var(--words)" },
  ".cm-panels": { backgroundColor: "var(--panel)", color: "var(--text)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "6px 12px", fontFamily: "var(--sans)" },
  ".cm-panel.cm-search label": { fontSize: "var(--fs-small)" },
  ".cm-textfield": {
    backgroundColor: "var(--raise)",
    border: "1px solid var(--line)",
    borderRadius: "var(--r-chip)",
    padding: "2px 6px",
    fontSize: "var(--fs-small)",
  },
  ".cm-button": {
    backgroundColor: "var(--raise)",
    backgroundImage: "none",
    border: "1px solid var(--line)",
    borderRadius: "var(--r-chip)",
    fontSize: "var(--fs-small)",
  },
});
