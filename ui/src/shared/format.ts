// Numbers as people of the window's language write them.
import { LANGUAGE } from "../messages/language";

const number = new Intl.NumberFormat(LANGUAGE);
const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function grouped(n: number): string {
  return number.format(n);
}

/** Always with so many decimal places. */
export function fixed(n: number, digits: number): string {
  return n.toLocaleString(LANGUAGE, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Rounded down, so that 100 % means all. */
export function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

/** "<1 ms", "21 ms", "1.2 s". */
export function duration(ms: number): string {
  if (ms < 1) return "<1 ms";
  return ms < 1000 ? `${Math.floor(ms)} ms` : `${grouped(Math.round(ms / 100) / 10)} s`;
}

/** "812 byte", "12.3 MB". */
export function bytes(n: number): string {
  const thousands = Math.min(Math.floor(Math.log10(Math.max(n, 1)) / 3), SIZES.length - 1);
  const unit = SIZES[thousands];
  return (n / 1000 ** thousands).toLocaleString(LANGUAGE, { style: "unit", unit, maximumFractionDigits: 1 });
}

/** "1 file", "2,914 files". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}
