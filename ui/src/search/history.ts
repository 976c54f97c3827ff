/** Where the user has been: going somewhere new forgets what lay ahead. */
export class History<T> {
  #past: T[] = [];
  #ahead: T[] = [];

  constructor(
    private readonly same: (a: T, b: T) => boolean,
    private readonly limit = 100,
  ) {}

  visit(place: T): void {
    const last = this.#past.at(-1);
    if (last !== undefined && this.same(last, place)) {
      this.#past[this.#past.length - 1] = place;
      return;
    }
    this.#past.push(place);
    if (this.#past.length > this.limit) this.#past.shift();
    this.#ahead = [];
  }

  back(): T | null {
    const here = this.#past.pop();
    const before = this.#past.at(-1);
    if (here === undefined) return null;
    if (before === undefined) {
      this.#past.push(here);
      return null;
    }
    this.#ahead.push(here);
    return before;
  }

  forward(): T | null {
    const next = this.#ahead.pop();
    if (next === undefined) return null;
    this.#past.push(next);
    return next;
  }
}
