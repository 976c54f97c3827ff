// How each language is parsed for colours. Parsers are loaded when a file of their language is first shown.
import { LanguageSupport, StreamLanguage, type StreamParser } from "@codemirror/language";

type Load = () => Promise<LanguageSupport>;

const legacy = (parser: StreamParser<unknown>) => new LanguageSupport(StreamLanguage.define(parser));
const javascript = (config: { jsx?: boolean; typescript?: boolean }) => async () =>
  (await import("@codemirror/lang-javascript")).javascript(config);
const cpp: Load = async () => (await import("@codemirror/lang-cpp")).cpp();
const clike = (name: "csharp" | "kotlin" | "scala" | "dart" | "objectiveC") => async () =>
  legacy((await import("@codemirror/legacy-modes/mode/clike"))[name]);

/** By the language's id, as the index names it. */
const LOAD: Readonly<Record<string, Load>> = {
  rust: async () => (await import("@codemirror/lang-rust")).rust(),
  python: async () => (await import("@codemirror/lang-python")).python(),
  javascript: javascript({ jsx: true }),
  typescript: javascript({ typescript: true }),
  tsx: javascript({ jsx: true, typescript: true }),
  go: async () => (await import("@codemirror/lang-go")).go(),
  java: async () => (await import("@codemirror/lang-java")).java(),
  c: cpp,
  cpp,
  csharp: clike("csharp"),
  ruby: async () => legacy((await import("@codemirror/legacy-modes/mode/ruby")).ruby),
  php: async () => (await import("@codemirror/lang-php")).php(),
  kotlin: clike("kotlin"),
  swift: async () => legacy((await import("@codemirror/legacy-modes/mode/swift")).swift),
  scala: clike("scala"),
  bash: async () => legacy((await import("@codemirror/legacy-modes/mode/shell")).shell),
  markdown: async () => (await import("@codemirror/lang-markdown")).markdown(),
  json: async () => (await import("@codemirror/lang-json")).json(),
  toml: async () => legacy((await import("@codemirror/legacy-modes/mode/toml")).toml),
  yaml: async () => (await import("@codemirror/lang-yaml")).yaml(),
  html: async () => (await import("@codemirror/lang-html")).html(),
  css: async () => (await import("@codemirror/lang-sass")).sass(),
  sql: async () => (await import("@codemirror/lang-sql")).sql(),
  haskell: async () => legacy((await import("@codemirror/legacy-modes/mode/haskell")).haskell),
  lua: async () => legacy((await import("@codemirror/legacy-modes/mode/lua")).lua),
  dart: clike("dart"),
  ocaml: async () => legacy((await import("@codemirror/legacy-modes/mode/mllike")).oCaml),
  julia: async () => legacy((await import("@codemirror/legacy-modes/mode/julia")).julia),
  r: async () => legacy((await import("@codemirror/legacy-modes/mode/r")).r),
  perl: async () => legacy((await import("@codemirror/legacy-modes/mode/perl")).perl),
  objectivec: clike("objectiveC"),
  protobuf: async () => legacy((await import("@codemirror/legacy-modes/mode/protobuf")).protobuf),
  dockerfile: async () => legacy((await import("@codemirror/legacy-modes/mode/dockerfile")).dockerFile),
  elixir: async () => legacy((await import("@codemirror/legacy-modes/mode/ruby")).ruby),
  vue: async () => (await import("@codemirror/lang-vue")).vue(),
  svelte: async () => (await import("@codemirror/lang-vue")).vue(),
};

const loading = new Map<string, Promise<LanguageSupport | null>>();
const loaded = new Map<string, LanguageSupport>();

/** The language's parser, or null for one that has none. Never rejects: without colours, code can still be read. */
export function loadLanguage(id: string): Promise<LanguageSupport | null> {
  const known = loading.get(id);
  if (known) return known;
  const load = LOAD[id];
  if (!load) return Promise.resolve(null);
  const support = load().then(
    (it) => {
      loaded.set(id, it);
      return it;
    },
    () => null,
  );
  loading.set(id, support);
  return support;
}

/** The parser, if it has been loaded already. */
export function languageNow(id: string): LanguageSupport | null {
  return loaded.get(id) ?? null;
}

export function canHighlight(id: string): boolean {
  return id in LOAD;
}
