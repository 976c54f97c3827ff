const number = new Intl.NumberFormat("en");

export function grouped(n: number): string {
  return number.format(n);
}

/** "1 file", "2,914 files". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}
