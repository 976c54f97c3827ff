/**
 * How well `query` matches `title`: its letters in order, more for those that begin words or follow each other.
 * Null when a letter is missing.
 */
export function score(title: string, query: string): number | null {
  const text = title.toLowerCase();
  let total = 0;
  let at = -1;
  for (const letter of query.toLowerCase().replace(/\s+/g, "")) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return null;
    if (next === at + 1) total += 2;
    if (next === 0 || text[next - 1] === " ") total += 3;
    total -= (next - at - 1) * 0.05;
    at = next;
  }
  return total;
}

/** The items that match, best first; all of them, in their order, when nothing is asked. */
export function ranked<T extends { title: string }>(items: readonly T[], query: string): T[] {
  if (query.trim() === "") return [...items];
  return items
    .flatMap((item) => {
      const points = score(item.title, query);
      return points === null ? [] : [{ item, points }];
    })
    .sort((a, b) => b.points - a.points)
    .map(({ item }) => item);
}
