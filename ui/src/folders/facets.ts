// The rows beside the list: what was counted, plus what is chosen though nothing was counted for it.
import type { Facet, Facets, Folder } from "../ipc/backend";
import { m } from "../messages/messages";
import type { Filters } from "../search/query";

export type FacetRow = { key: string; label: string; count: number; chosen: boolean };
export type FacetKind = "languages" | "kinds" | "roles";

export function rows(counted: readonly Facet[], chosen: readonly string[]): FacetRow[] {
  const missing = chosen.filter((key) => !counted.some((facet) => facet.key === key));
  return [
    ...counted.map((facet) => ({ ...facet, chosen: chosen.includes(facet.key) })),
    ...missing.map((key) => ({ key, label: key, count: 0, chosen: true })),
  ];
}

export function folderCount(facets: Facets | undefined, folder: Folder): number | null {
  if (!facets) return null;
  return facets.folders.find((facet) => facet.key === String(folder.id))?.count ?? 0;
}

export type Chosen = { kind: keyof Filters; key: string | number; text: string; label: string };

/** Every chosen filter as it reads in the box. */
export function chosenFilters(filters: Filters, folders: readonly Folder[], facets: Facets | undefined): Chosen[] {
  const label = (kind: FacetKind, key: string) => facets?.[kind].find((facet) => facet.key === key)?.label ?? key;
  const named = (kind: FacetKind, prefix: string) =>
    filters[kind].map((key) => ({ kind, key, text: `${prefix}:${key}`, label: label(kind, key) }));
  return [
    ...filters.roots.map((key) => {
      const name = folders.find((folder) => folder.id === key)?.name ?? String(key);
      return { kind: "roots" as const, key, text: `folder:${name}`, label: name };
    }),
    ...named("languages", "lang"),
    ...named("kinds", "kind"),
    ...named("roles", "where"),
  ];
}

/** More of one kind than these are one thing in the box: they would leave no room for words. */
const MOST_APART = 2;

/** The chosen filters as the box shows them: one by one while they are few, else by number. */
export function gathered(
  chosen: readonly Chosen[],
): { kind: keyof Filters; keys: Chosen["key"][]; text: string; label: string }[] {
  return [...new Set(chosen.map((it) => it.kind))].flatMap((kind) => {
    const these = chosen.filter((it) => it.kind === kind);
    if (these.length <= MOST_APART) return these.map(({ key, text, label }) => ({ kind, keys: [key], text, label }));
    const label = these.map((it) => it.label).join(", ");
    return [{ kind, keys: these.map((it) => it.key), text: m.folders.many[kind](these.length), label }];
  });
}
