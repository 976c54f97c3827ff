// The open files. At most one is a preview, which the next preview replaces; the others stay until closed.
export type Target = {
  root: number;
  rootName: string;
  path: string;
  language: string;
  /** From 1. */
  line: number;
  symbol: readonly string[];
  /** Lines that Descry found in this file, from 1. */
  best: readonly number[];
  chunk: string | null;
};
export type Tab = Target & {
  readonly key: string;
  readonly permanent: boolean;
  /** Grows with every request to go to the tab's line; while it stays, the reader's own place is kept. */
  readonly jump: number;
};

export function tabKey(file: { root: number; path: string }): string {
  return `${file.root}/${file.path}`;
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Shows `target` in its own tab if it has one, else in the preview's place, else in a new one at the end. */
export function showTab(tabs: readonly Tab[], target: Target, permanent: boolean, jump = 0): Tab[] {
  const key = tabKey(target);
  const own = tabs.find((tab) => tab.key === key);
  const tab: Tab = { ...target, key, jump, permanent: permanent || (own?.permanent ?? false) };
  if (own) return tabs.map((old) => (old === own ? tab : old));
  if (tabs.some((old) => !old.permanent)) return tabs.map((old) => (old.permanent ? old : tab));
  return [...tabs, tab];
}

/** Without `key`; and which tab is active then: the one that takes its place, or the last. */
export function closeTab(tabs: readonly Tab[], key: string, active: string | null): [Tab[], string | null] {
  const at = tabs.findIndex((tab) => tab.key === key);
  const rest = tabs.filter((tab) => tab.key !== key);
  if (active !== key) return [rest, active];
  return [rest, (rest[at] ?? rest.at(-1))?.key ?? null];
}
