// Colours for a few lines of code, without an editor; the editor shares the same classes.
import { highlightCode, tagHighlighter, tags as t } from "@lezer/highlight";
import { languageNow, loadLanguage } from "./languages";

/** Classes are defined in code.css. What is not named here has the colour of text. */
export const codeClasses = tagHighlighter([
  { tag: [t.keyword, t.self, t.modifier, t.operatorKeyword, t.controlKeyword, t.definitionKeyword], class: "c-keyword" },
  { tag: [t.bool, t.null, t.atom], class: "c-keyword" },
  { tag: [t.function(t.variableName), t.function(t.propertyName), t.macroName], class: "c-function" },
  { tag: [t.function(t.definition(t.variableName)), t.labelName], class: "c-function" },
  { tag: [t.typeName, t.className, t.namespace, t.tagName, t.standard(t.variableName)], class: "c-type" },
  { tag: t.constant(t.variableName), class: "c-type" },
  { tag: [t.string, t.number, t.regexp, t.character, t.special(t.string), t.url], class: "c-literal" },
  { tag: [t.comment, t.lineComment, t.blockComment, t.docComment, t.meta], class: "c-comment" },
  { tag: [t.heading, t.strong], class: "c-strong" },
  { tag: t.emphasis, class: "c-emphasis" },
  { tag: [t.link, t.attributeName], class: "c-function" },
]);

export type Span = { text: string; class: string };

const KEPT = 2000;
const cache = new Map<string, Span[][]>();
let version = $state(0);
const asked = new Set<string>();

/** The lines as coloured spans: plain ones until the language has been loaded, which makes readers run again. */
export function highlight(language: string, lines: readonly string[]): Span[][] {
  const support = languageNow(language);
  if (!support) {
    request(language);
    void version;
    return lines.map((text) => [{ text, class: "" }]);
  }
  const code = lines.join("\n");
  const key = `${language}\n${code}`;
  const known = cache.get(key);
  if (known) return known;
  const spans: Span[][] = [[]];
  highlightCode(
    code,
    support.language.parser.parse(code),
    codeClasses,
    (text, classes) => spans.at(-1)?.push({ text, class: classes }),
    () => spans.push([]),
  );
  if (cache.size >= KEPT) cache.clear();
  cache.set(key, spans);
  return spans;
}

function request(language: string): void {
  if (asked.has(language)) return;
  asked.add(language);
  void loadLanguage(language).then((support) => {
    if (support) version++;
  });
}
