// The list of results: what is shown, folded and selected.
import type { FileGroup, Hit, SearchReply } from "../ipc/backend";
import { fileKey, keep, rowId, rowsOf, step, stepFile, type Row } from "./rows";

export class Results {
  groups = $state.raw<readonly FileGroup[]>([]);
  folded = $state.raw<ReadonlySet<string>>(new Set());
  /** Rows of the hits whose copies are shown. */
  unfolded = $state.raw<ReadonlySet<string>>(new Set());
  /** Files of which all hits are shown. */
  expanded: ReadonlySet<string> = new Set();
  selected = $state<string | null>(null);
  /** The user chose the selected row, so it stays selected while the list changes around it. */
  chosen = $state(false);

  readonly rows: readonly Row[] = $derived(rowsOf(this.groups, this.folded, this.unfolded));
  readonly row: Row | null = $derived(this.rows.find((row) => row.id === this.selected) ?? null);

  /** Takes a whole new list. `again`: the same question, asked because the index changed. */
  accept(reply: SearchReply | null, again = false): void {
    const before = this.rows;
    const old = new Map(this.groups.map((group) => [fileKey(group), group]));
    if (!again) {
      this.folded = new Set();
      this.unfolded = new Set();
      this.expanded = new Set();
    }
    // An expanded file stays so; whoever expanded it asks for its new hits.
    this.groups = (reply?.groups ?? []).map((group) => {
      const key = fileKey(group);
      return (this.expanded.has(key) && old.get(key)) || group;
    });
    const top = this.rows[0]?.id ?? null;
    this.selected = again || this.chosen ? keep(before, this.rows, this.selected) : top;
    if (this.rows.length === 0) this.chosen = false;
  }

  select(id: string | null): void {
    if (id === null) return;
    this.selected = id;
    this.chosen = true;
  }

  /** Selects what was selected when the list was left, also where that takes unfolding. */
  restore(id: string | null): void {
    const all = new Set(this.groups.flatMap((group) => group.hits.map((hit) => rowId(group, hit))));
    const row = rowsOf(this.groups, new Set(), all).find((it) => it.id === id);
    if (row?.type === "copy") this.unfolded = new Set([...this.unfolded, rowId(row.group, row.hit)]);
    this.select(id);
  }

  /** The next list starts at its top. */
  forget(): void {
    this.chosen = false;
  }

  move(by: number): void {
    this.select(step(this.rows, this.selected, by));
  }

  moveFile(forward: boolean): void {
    this.select(stepFile(this.rows, this.selected, forward));
  }

  fold(): void {
    const row = this.row;
    if (!row || row.type === "file") return;
    if (row.type === "copy" || this.unfolded.has(row.id)) return this.toggleCopies(row.group, row.hit);
    this.folded = new Set([...this.folded, row.file]);
    this.select(rowId(row.group));
  }

  unfold(): void {
    const row = this.row;
    if (row?.type === "hit" && !this.unfolded.has(row.id)) return this.toggleCopies(row.group, row.hit);
    if (row?.type !== "file") return;
    this.folded = without(this.folded, row.file);
    this.select(rowId(row.group, row.group.hits[0]));
  }

  toggle(group: FileGroup): void {
    const file = fileKey(group);
    const folded = this.folded.has(file);
    this.folded = folded ? without(this.folded, file) : new Set([...this.folded, file]);
    this.select(rowId(group, folded ? group.hits[0] : undefined));
  }

  /** Shows the copies of a hit, or puts them away. What is selected stays so; of what is put away, the hit is. */
  toggleCopies(group: FileGroup, hit: Hit): void {
    if (hit.copies.length === 0) return;
    const id = rowId(group, hit);
    if (this.row?.type === "copy" && rowId(this.row.group, this.row.hit) === id) this.select(id);
    this.unfolded = this.unfolded.has(id) ? without(this.unfolded, id) : new Set([...this.unfolded, id]);
  }

  /** Shows all hits of one file, in its place. */
  expand(group: FileGroup): void {
    const file = fileKey(group);
    this.expanded = new Set([...this.expanded, file]);
    this.groups = this.groups.map((old) => (fileKey(old) === file ? group : old));
  }
}

function without(set: ReadonlySet<string>, it: string): ReadonlySet<string> {
  return new Set([...set].filter((other) => other !== it));
}
