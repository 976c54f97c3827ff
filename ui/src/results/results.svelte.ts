// The list of results: what is shown, folded and selected.
import type { FileGroup, SearchReply } from "../ipc/backend";
import { fileKey, keep, rowId, rowsOf, step, stepFile, type Row } from "./rows";

export class Results {
  groups = $state.raw<readonly FileGroup[]>([]);
  folded = $state.raw<ReadonlySet<string>>(new Set());
  /** Files of which all hits are shown. */
  expanded: ReadonlySet<string> = new Set();
  selected = $state<string | null>(null);
  /** The user chose the selected row, so it stays selected while the list changes around it. */
  chosen = $state(false);

  readonly rows: readonly Row[] = $derived(rowsOf(this.groups, this.folded));
  readonly row: Row | null = $derived(this.rows.find((row) => row.id === this.selected) ?? null);

  /** Takes a whole new list. `again`: the same question, asked because the index changed. */
  accept(reply: SearchReply | null, again = false): void {
    const before = this.rows;
    const old = new Map(this.groups.map((group) => [fileKey(group), group]));
    if (!again) {
      this.folded = new Set();
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
    this.folded = new Set([...this.folded, row.file]);
    this.select(rowId(row.group));
  }

  unfold(): void {
    const row = this.row;
    if (row?.type !== "file") return;
    this.folded = new Set([...this.folded].filter((file) => file !== row.file));
    this.select(rowId(row.group, row.group.hits[0]));
  }

  toggle(group: FileGroup): void {
    this.select(rowId(group, this.folded.has(fileKey(group)) ? undefined : group.hits[0]));
    if (this.folded.has(fileKey(group))) this.unfold();
    else this.fold();
  }

  /** Shows all hits of one file, in its place. */
  expand(group: FileGroup): void {
    const file = fileKey(group);
    this.expanded = new Set([...this.expanded, file]);
    this.groups = this.groups.map((old) => (fileKey(old) === file ? group : old));
  }
}
