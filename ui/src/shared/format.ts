const number = new Intl.NumberFormat("en");

export function grouped(n: number): string {
  return number.format(n);
}

/** "<1 ms", "21 ms", "1.2 s". */
export function duration(ms: number): string {
  if (ms < 1) return "<1 ms";
  return ms < 1000 ? `${Math.floor(ms)} ms` : `${grouped(Math.round(ms / 100) / 10)} s`;
}

/** "1 file", "2,914 files". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}
