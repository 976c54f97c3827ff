// The question and its newest answer. Requests are numbered; an answer that is not the newest one's is ignored.
import { Failure, type Backend, type Mode, type SearchReply } from "../ipc/backend";
import {
  EMPTY,
  isEmpty,
  NO_FILTERS,
  page,
  request,
  toggled,
  wantsAll,
  type Filters,
  type Query,
  type Similar,
} from "./query";

/** Keys that come faster than this are one question. */
const DEBOUNCE_MS = 20;
/** From here on a wait shows itself: as a skeleton, as a bar, as a way out. */
const SHOWS_MS = [150, 1000, 3000] as const;

export class Search {
  query = $state.raw<Query>(EMPTY);
  reply = $state.raw<SearchReply | null>(null);
  /** The question that `reply` answers. */
  answered = $state.raw<Query>(EMPTY);
  failure = $state.raw<Failure | null>(null);
  /** 0: nothing to show yet; 1: skeleton; 2: progress bar; 3: also a cancel. */
  waiting = $state<0 | 1 | 2 | 3>(0);

  #backend: Backend;
  #onReply: (reply: SearchReply | null, again: boolean) => void;
  #asked = 0;
  #pages = 1;
  /** A part of the newest answer is there, and the rest is awaited. */
  #partial = false;
  #newest: Promise<void> = Promise.resolve();
  #debounce: ReturnType<typeof setTimeout> | undefined;
  #shows: ReturnType<typeof setTimeout>[] = [];

  constructor(backend: Backend, onReply: (reply: SearchReply | null, again: boolean) => void) {
    this.#backend = backend;
    this.#onReply = onReply;
  }

  type(text: string): void {
    this.#change({ text, similar: null }, DEBOUNCE_MS);
  }

  setMode(mode: Mode): void {
    this.#change({ mode, similar: null });
  }

  setFilters(filters: Filters): void {
    this.#change({ filters });
  }

  toggle<K extends keyof Filters>(kind: K, key: Filters[K][number]): void {
    const chosen = toggled(this.query.filters[kind] as readonly unknown[], key);
    this.setFilters({ ...this.query.filters, [kind]: chosen });
  }

  /** No longer asks for only these. */
  exclude<K extends keyof Filters>(kind: K, keys: readonly Filters[K][number][]): void {
    const rest = (this.query.filters[kind] as readonly Filters[K][number][]).filter((key) => !keys.includes(key));
    this.setFilters({ ...this.query.filters, [kind]: rest });
  }

  clearFilters(): void {
    this.setFilters(NO_FILTERS);
  }

  findSimilar(similar: Similar): void {
    this.#change({ similar });
  }

  /** Goes to a whole question at once, as when going back. */
  set(query: Query): void {
    this.#change(query);
  }

  /** Asks the same again because the index changed; nothing moves until the new list is whole. */
  again(): Promise<void> {
    // A list that still grows has what changed meanwhile, or nearly; asked for anew each time, it would never be whole.
    return this.#partial ? this.#newest : this.#ask();
  }

  /** Asks for a longer list. */
  more(): void {
    this.#pages++;
    void this.#ask();
  }

  /** Until what is in the box has been answered, or could not be. */
  settled(): Promise<void> {
    return this.query === this.answered ? Promise.resolve() : this.#debounce ? this.#ask() : this.#newest;
  }

  /** Stops waiting; the old list stays. */
  cancel(): void {
    this.#asked++;
    this.#calm();
    this.#settle();
  }

  #change(change: Partial<Query>, delay = 0): void {
    this.query = { ...this.query, ...change };
    this.#pages = 1;
    this.#calm();
    if (delay === 0 || isEmpty(this.query)) void this.#ask();
    else this.#debounce = setTimeout(() => void this.#ask(), delay);
  }

  #ask(): Promise<void> {
    this.#newest = this.#exchange();
    return this.#newest;
  }

  async #exchange(): Promise<void> {
    const query = this.query;
    const number = ++this.#asked;
    this.#calm();
    if (isEmpty(query)) return this.#accept(query, null);
    if (query !== this.answered) this.#wait();
    const soFar = (reply: SearchReply) => {
      if (number !== this.#asked) return;
      this.#accept(query, reply);
      this.#partial = true;
      this.waiting = 2;
    };
    try {
      const reply = await this.#answer(query, soFar);
      if (number === this.#asked) this.#accept(query, reply);
    } catch (thrown) {
      if (number !== this.#asked) return;
      this.#settle();
      this.failure = Failure.from(thrown);
    }
  }

  #answer(query: Query, soFar: (reply: SearchReply) => void): Promise<SearchReply> {
    const { similar } = query;
    const limit = this.#pages * page(query);
    if (wantsAll(query)) return this.#backend.matches(request(query, query.text, limit), soFar);
    if (!similar) return this.#backend.search(request(query, query.text, limit));
    if ("text" in similar) return this.#backend.similarText(similar.text, limit);
    return this.#backend.similar(similar.chunk, limit);
  }

  #accept(query: Query, reply: SearchReply | null): void {
    const again = query === this.answered;
    this.#settle();
    this.failure = null;
    this.reply = reply;
    this.answered = query;
    this.#onReply(reply, again);
  }

  #wait(): void {
    // A question that follows another while that one waits does not start the clock anew.
    if (this.#shows.length > 0) return;
    this.#shows = SHOWS_MS.map((ms, i) => setTimeout(() => (this.waiting = (i + 1) as 1 | 2 | 3), ms));
  }

  #calm(): void {
    clearTimeout(this.#debounce);
    this.#debounce = undefined;
  }

  #settle(): void {
    this.#shows.forEach(clearTimeout);
    this.#shows = [];
    this.#partial = false;
    this.waiting = 0;
  }
}
