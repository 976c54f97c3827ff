// What is hard to draw: everything too long, too many, too few or the other way round.
import type { Copy, FileGroup, Hit, Line, SearchReply, Signal, Why } from "../backend";
import { FILES } from "./files";

export const HARD_ROOTS = [
  "a-folder-whose-name-goes-on-for-longer-than-anyone-would-write-by-hand",
  "מנוע-חיפוש",
  ...Array.from({ length: 28 }, (_, i) => `service-${i + 1}`),
];

export const HARD_MODEL = `/home/you/${"models/of/every/kind/".repeat(6)}an-embedding-model-with-a-name-to-remember-f16.gguf`;

const ALL: Signal[] = [
  { kind: "sameFile", factor: 1.2 },
  { kind: "gathering", factor: 0.5 },
  { kind: "declarations", factor: 0.7 },
  { kind: "path", factor: 2 },
];
const NESTED = ["class SecureCookieSessionInterface", "impl Iterator for Sessions", "def should_set_cookie"];

const GROUPS = [
  group("src/sessions.py", [
    hit(NESTED, { words: 2, signals: ALL.slice(0, 1) }),
    hit(NESTED.slice(0, 2), { words: 16, instant: true, signals: ALL }, true),
    copied(64, hit([...NESTED, "def an_inner_function_whose_name_says_all_that_it_does_in_one_breath_without_a_stop"], { signals: ALL })),
    copied(1, hit([], { words: 64 })),
    copied(2, hit(["f"], {})),
  ]),
  group(`${"very/deep/folder/".repeat(6)}a_file_whose_name_is_as_long_as_a_sentence_and_has_no_place_to_break.generated.test.py`, [
    hit(["x".repeat(140)], { words: 1, signals: ALL }),
  ]),
  group("תיקיה/קובץ ראשי.py", [hit(["class מחלקה", "def חפש"], { words: 3 })], 2),
];

/** One hit where `text` is "one"; otherwise thousands. */
export function hard(text: string): SearchReply {
  const one = text.trim() === "one";
  const groups = one ? [group("src/sessions.py", [hit([], {})])] : GROUPS;
  const folders = HARD_ROOTS.map((label, i) => ({ key: String(i + 1), label, count: one ? Number(i === 0) : 12_345 - i }));
  const facets = { folders, languages: [{ key: "python", label: "Python", count: one ? 1 : 12_345 }], kinds: [], roles: [] };
  return { total: one ? 1 : 12_345, files: null, elapsedMs: one ? 0.2 : 987, groups, facets, notice: null, nearest: [], tokens: [] };
}

function group(path: string, hits: Hit[], root = 1): FileGroup {
  const chunk = (i: number) => `${path.length}${root}${i}`;
  const known = hits.map((it, i) => ({ ...it, chunk: chunk(i) }));
  return { root, rootName: HARD_ROOTS[root - 1] ?? "", path, language: "python", hits: known, more: 0 };
}

function hit(symbol: string[], why: Partial<Why>, stale = false): Hit {
  const lines = [
    line(9_998, `\t\tkey = "${"0123456789abcdef".repeat(60)}"`),
    line(9_999, '\ttitle = "שלום עולם, מה שלומך"  # rtl', true),
    line(123_456, ""),
  ];
  const nothing = { score: 1, words: null, meaning: 1, instant: false, signals: [], matched: [] };
  return { chunk: "", symbol, kind: null, startLine: 9_998, endLine: 123_456, lines, why: { ...nothing, ...why }, stale, copies: [] };
}

/** Every third copy is not exact; the first lies as deep as can be, the second in the hit's own file. */
function copied(count: number, hit: Hit): Hit {
  const path = (i: number) =>
    i === 0 ? `${"third_party/vendored/".repeat(5)}sessions_of_the_old_and_the_new_kind.py` : i === 1 ? "src/sessions.py" : `תיקיה/${i}/s.py`;
  const copies = Array.from({ length: count }, (_, i): Copy => {
    const root = i === 1 ? 1 : (i % HARD_ROOTS.length) + 1;
    const startLine = i * 1_000 + 1;
    return { root, rootName: HARD_ROOTS[root - 1] ?? "", path: path(i), startLine, endLine: startLine + 40, exact: i % 3 !== 2 };
  });
  return { ...hit, copies };
}

function line(number: number, text: string, best = false): Line {
  return { number, text, best, marks: best ? [[1, 6]] : [] };
}

/** Every file reads alike. */
export const HARD_TEXT = `${FILES[0]?.text ?? ""}\nconst LONG: &str = "${"0123456789abcdef".repeat(400)}";\nlet title = "שלום עולם";\n`;
