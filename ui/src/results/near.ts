// Code is drawn when its row comes near: a list of any length costs what is seen of it.
export type Near = (row: Element, comes: () => void) => () => void;

/** Rows this far outside the list's edges count as near. */
const MARGIN = "600px 0px";

/** Watches rows of the list that `list` gives once it is there. */
export function watchNear(list: () => Element | undefined): Near {
  const waiting = new WeakMap<Element, () => void>();
  let observer: IntersectionObserver | undefined;

  const begin = () =>
    new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (!entry.isIntersecting) continue;
          observer?.unobserve(entry.target);
          waiting.get(entry.target)?.();
        }
      },
      { root: list() ?? null, rootMargin: MARGIN },
    );

  return (row, comes) => {
    observer ??= begin();
    waiting.set(row, comes);
    observer.observe(row);
    return () => observer?.unobserve(row);
  };
}
