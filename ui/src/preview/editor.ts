// The read-only editor that shows a file.
import { standardKeymap } from "@codemirror/commands";
import { syntaxHighlighting, type LanguageSupport } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, RangeSet, StateEffect, StateField, type Extension } from "@codemirror/state";
import {
  Decoration,
  drawSelection,
  EditorView,
  GutterMarker,
  gutterLineClass,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  type DecorationSet,
} from "@codemirror/view";
import { m } from "../messages/messages";
import { codeClasses } from "../shared/highlight.svelte";
import { theme } from "./theme";

/** The share of the height that stays above the line gone to. */
const ABOVE = 0.34;

export const language = new Compartment();
/** Lines, from 1, to lay under the beam. */
export const setBeam = StateEffect.define<readonly number[]>();

const beamLine = Decoration.line({ class: "cm-beam" });
const beamNumber = new (class extends GutterMarker {
  override elementClass = "cm-beam";
})();

type Beam = { lines: DecorationSet; numbers: RangeSet<GutterMarker> };

const beam = StateField.define<Beam>({
  create: () => ({ lines: Decoration.none, numbers: RangeSet.empty }),
  update(value, transaction) {
    let next = value;
    if (transaction.docChanged) {
      next = { lines: next.lines.map(transaction.changes), numbers: next.numbers.map(transaction.changes) };
    }
    for (const effect of transaction.effects) {
      if (effect.is(setBeam)) next = lay(transaction.state, effect.value);
    }
    return next;
  },
  provide: (field) => [
    EditorView.decorations.from(field, (value) => value.lines),
    gutterLineClass.from(field, (value) => value.numbers),
  ],
});

function lay(state: EditorState, numbers: readonly number[]): Beam {
  const starts = [...new Set(numbers)]
    .filter((number) => number >= 1 && number <= state.doc.lines)
    .sort((a, b) => a - b)
    .map((number) => state.doc.line(number).from);
  return {
    lines: Decoration.set(starts.map((at) => beamLine.range(at))),
    numbers: RangeSet.of(starts.map((at) => beamNumber.range(at))),
  };
}

/** `onSelect` hears the selected text. */
export function stateOf(text: string, label: string, onSelect: (text: string) => void): EditorState {
  const nonce = document.querySelector<HTMLStyleElement>("style[nonce]")?.nonce;
  const extensions: Extension[] = [
    EditorState.readOnly.of(true),
    EditorState.tabSize.of(4),
    EditorState.phrases.of(m.preview.phrases),
    EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": "true" }),
    lineNumbers(),
    // What turns the direction of text unseen can make code read as what it is not.
    highlightSpecialChars(),
    drawSelection({ cursorBlinkRate: 0 }),
    highlightSelectionMatches(),
    search({ top: true }),
    keymap.of([...searchKeymap, ...standardKeymap]),
    syntaxHighlighting(codeClasses),
    language.of([]),
    beam,
    EditorView.updateListener.of(({ selectionSet, state }) => {
      const { from, to } = state.selection.main;
      if (selectionSet) onSelect(state.sliceDoc(from, to));
    }),
    theme,
    nonce ? EditorView.cspNonce.of(nonce) : [],
  ];
  return EditorState.create({ doc: text, extensions });
}

export function setLanguage(view: EditorView, support: LanguageSupport | null): void {
  view.dispatch({ effects: language.reconfigure(support ?? []) });
}

/** Puts the cursor on `number` and the line a third from the top, whole lines above it, where what follows it can be read. */
export function goToLine(view: EditorView, number: number): void {
  const line = view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines));
  const indent = line.text.search(/\S/);
  const lines = Math.floor((view.dom.clientHeight * ABOVE) / view.defaultLineHeight);
  const yMargin = lines * view.defaultLineHeight;
  view.dispatch({
    selection: { anchor: line.from + Math.max(indent, 0) },
    effects: EditorView.scrollIntoView(line.from, { y: "start", yMargin }),
  });
}

/** The cursor's line and column, from 1. */
export function cursor(view: EditorView): { line: number; column: number } {
  const { head } = view.state.selection.main;
  const line = view.state.doc.lineAt(head);
  return { line: line.number, column: head - line.from + 1 };
}
