// What every backend must do, as data. The tests run it against the one in memory; the end-to-end tests run it
// in the real window, over the same files.
import { Failure, type Backend, type ErrorCode, type SearchRequest, type Status } from "../backend";

/** A name, and a check that throws what is wrong. Folder 1 holds the invented project's first part, and so on. */
export type Clause = { name: string; check: (backend: Backend) => Promise<void> };

const FILE = "src/transport/retry.rs";

/** The most hits that a group shows of one file; `more` counts the rest. */
const SHOWN_OF_FILE = 3;

export const CONTRACT: readonly Clause[] = [
  {
    name: "the definition of a name comes first, and says so",
    check: async (backend) => {
      const { groups, total, nearest } = await backend.search(ask("should_retry"));
      const hit = groups[0]?.hits[0];
      same("the file", groups[0]?.path, FILE);
      same("the folder", groups[0]?.root, 1);
      same("a symbol", (hit?.symbol.length ?? 0) > 0, true);
      same("why", hit?.why.signals.some((signal) => signal.kind === "defines"), true);
      same("by words", hit?.why.words, 1);
      same("a total", total >= 1, true);
      same("no other spelling", nearest, []);
    },
  },
  {
    name: "lines are numbered as in the file, and marks count UTF-16 units",
    check: async (backend) => {
      const { groups } = await backend.search({ ...ask("should_retry"), mode: "words" });
      const line = groups[0]?.hits[0]?.lines.find((it) => it.text.includes("fn should_retry"));
      const { text } = await backend.readFile(1, FILE);
      same("the line", text.split("\n")[(line?.number ?? 0) - 1], line?.text);
      const [start, end] = line?.marks[0] ?? [0, 0];
      same("the mark", line?.text.slice(start, end), "should_retry");
    },
  },
  {
    name: "among others a file shows its best hits and counts the rest; alone it shows all",
    check: async (backend) => {
      const { groups } = await backend.search(ask("attempt delay policy should"));
      const group = groups.find((it) => it.path === FILE);
      same("several files", groups.length > 1, true);
      const shown = group?.hits.length ?? 0;
      same("the best", shown > 0 && shown <= SHOWN_OF_FILE, true);
      const { groups: alone } = await backend.search({ ...ask(`attempt delay policy should path:"/${FILE}"`), roots: [1] });
      same("all of them", (alone[0]?.hits.length ?? 0) >= shown + (group?.more ?? 0), true);
      same("the files and the rest", [alone.length, alone[0]?.more], [1, 0]);
    },
  },
  {
    name: "there are no more hits than asked for, and the total is over all",
    check: async (backend) => {
      const { groups, total } = await backend.search({ ...ask("attempt delay policy should"), limit: 2 });
      same("the hits", groups.flatMap((group) => group.hits).length + (groups[0]?.more ?? 0), 2);
      same("the total", total > 2, true);
    },
  },
  {
    name: "a language filters, in the text and beside it",
    check: async (backend) => {
      const typed = await backend.search(ask("lang:typescript charge"));
      const chosen = await backend.search({ ...ask("charge"), languages: ["typescript"] });
      for (const { groups } of [typed, chosen]) {
        same("the languages", [...new Set(groups.map((group) => group.language))], ["typescript"]);
      }
      const { start, end, kind, valid } = typed.tokens[0] ?? {};
      same("the token", [start, end, kind, valid], [0, "lang:typescript".length, "lang", true]);
    },
  },
  {
    name: "an unknown language is no filter, and is said",
    check: async (backend) => {
      const { notice, tokens } = await backend.search(ask("lang:klingon retry"));
      same("the notice", notice, { code: "badFilter", value: "klingon" });
      same("the token", tokens[0]?.valid, false);
    },
  },
  {
    name: "a chosen folder is the only one that answers",
    check: async (backend) => {
      const { groups } = await backend.search({ ...ask("the"), mode: "words", roots: [2] });
      same("other folders", groups.filter((group) => group.root !== 2).length, 0);
    },
  },
  {
    name: "all matches are every line, in the order of the paths",
    check: async (backend) => {
      const reply = await backend.matches({ ...ask("self.deadline"), mode: "matches" }, () => undefined);
      same("lines and files", [reply.total, reply.files, reply.groups[0]?.path], [1, 1, FILE]);
      const line = reply.groups[0]?.hits[0]?.lines.find((it) => it.best);
      const [start, end] = line?.marks[0] ?? [0, 0];
      same("the mark", line?.text.slice(start, end), "self.deadline");
    },
  },
  {
    name: "an expression that cannot be read is said, and no failure",
    check: async (backend) => {
      const { notice, total } = await backend.matches({ ...ask("retry("), mode: "regex" }, () => undefined);
      same("the notice", [notice?.code, total], ["badRegex", 0]);
    },
  },
  {
    name: "what is like a hit is not the hit itself",
    check: async (backend) => {
      const { groups } = await backend.search(ask("should_retry"));
      const chunk = groups[0]?.hits[0]?.chunk ?? "";
      const near = await backend.similar(chunk, 20);
      same("itself", near.groups.flatMap((group) => group.hits).some((hit) => hit.chunk === chunk), false);
      same("nothing near", near.groups.length > 0, true);
    },
  },
  {
    name: "a file that is not in the index is refused",
    check: (backend) => fails("unreadable", backend.readFile(1, "src/nowhere.rs")),
  },
  {
    name: "a folder within an added one is refused",
    check: async (backend) => {
      const { folders } = await backend.status();
      await fails("nested", backend.addFolder(`${folders[0]?.path}/src`));
    },
  },
  {
    name: "a folder that is not there cannot be removed or paused",
    check: async (backend) => {
      await fails("notFound", backend.removeFolder(4711));
      await fails("notFound", backend.pauseFolder(4711, true));
    },
  },
  {
    name: "a pause is seen in the status, and heard",
    check: async (backend) => {
      const paused = ({ folders }: Status) => folders.find((folder) => folder.id === 1)?.paused;
      for (const wanted of [true, false]) {
        const heard = new Promise<void>((resolve) => {
          const stop = backend.onStatus((status) => {
            if (paused(status) !== wanted) return;
            stop();
            resolve();
          });
        });
        await backend.pauseFolder(1, wanted);
        await heard;
        same("the status", paused(await backend.status()), wanted);
      }
    },
  },
  {
    name: "settings are kept",
    check: async (backend) => {
      const before = await backend.settings();
      const chosen = { theme: "dark", editor: "custom", editorTemplate: "edit {path}" } as const;
      await backend.saveSettings(chosen);
      same("the settings", await backend.settings(), chosen);
      await backend.saveSettings(before);
    },
  },
];

/** Runs every clause; what is wrong, by the clause's name. */
export async function broken(backend: Backend): Promise<string[]> {
  const wrong: string[] = [];
  for (const { name, check } of CONTRACT) {
    await check(backend).catch((thrown: unknown) => wrong.push(`${name}: ${String(thrown)}`));
  }
  return wrong;
}

function ask(text: string): SearchRequest {
  return { text, mode: "all", roots: [], languages: [], kinds: [], roles: [], limit: 60 };
}

function same(what: string, found: unknown, expected: unknown): void {
  const [a, b] = [found, expected].map((it) => JSON.stringify(it));
  if (a !== b) throw new Error(`${what} is ${a}, not ${b}`);
}

async function fails(code: ErrorCode, reply: Promise<unknown>): Promise<void> {
  const failure = await reply.then(
    () => null,
    (thrown: unknown) => Failure.from(thrown),
  );
  same("the failure", failure?.code, code);
}
