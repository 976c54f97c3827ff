// Where the panels are and how large the text is; kept on this computer only.
const KEY = "descry.layout";
const SCALES = [0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2] as const;

type Saved = { facets: number; list: number; facetsOpen: boolean; previewOpen: boolean; scale: number };
const DEFAULT: Saved = { facets: 212, list: 452, facetsOpen: true, previewOpen: true, scale: 1 };

export const FACETS = { min: 160, max: 360 } as const;
export const LIST = { min: 320, max: 900 } as const;
const PREVIEW_MIN = 240;

export class Layout {
  #saved = $state(load());
  /** The window's inner width in CSS pixels. */
  windowWidth = $state(1360);
  /** While the window is narrow: the preview is in front of the list. */
  previewInFront = $state(false);
  /** While the facets are folded away for want of room: they are shown over the list. */
  facetsOver = $state(false);

  /** The width in units of unscaled text: twice the text leaves half the room. */
  readonly width = $derived(this.windowWidth / this.#saved.scale);
  readonly compact = $derived(this.width < 1000);
  readonly narrow = $derived(this.width < 760);
  readonly facets = $derived(this.#saved.facets);
  readonly scale = $derived(this.#saved.scale);
  readonly facetsShown = $derived(this.compact ? this.facetsOver : this.#saved.facetsOpen);
  readonly previewShown = $derived(this.narrow ? this.previewInFront : this.#saved.previewOpen);
  readonly listShown = $derived(!(this.narrow && this.previewInFront));
  /** The list gives way so that the preview keeps its least width. */
  readonly list = $derived(
    clamp(this.#saved.list, LIST.min, Math.max(LIST.min, this.width - this.#facetsWidth() - PREVIEW_MIN)),
  );

  setFacets(width: number): void {
    this.#save({ facets: clamp(width, FACETS.min, FACETS.max) });
  }

  setList(width: number): void {
    this.#save({ list: clamp(width, LIST.min, LIST.max) });
  }

  toggleFacets(): void {
    if (this.compact) this.facetsOver = !this.facetsOver;
    else this.#save({ facetsOpen: !this.#saved.facetsOpen });
  }

  togglePreview(): void {
    if (this.narrow) this.previewInFront = !this.previewInFront;
    else this.#save({ previewOpen: !this.#saved.previewOpen });
  }

  /** The preview can be seen, whatever the width. */
  revealPreview(): void {
    if (this.narrow) this.previewInFront = true;
    else this.#save({ previewOpen: true });
  }

  /** 1: larger text, -1: smaller, 0: as designed. */
  resize(by: -1 | 0 | 1): void {
    const at = SCALES.findIndex((scale) => scale === this.#saved.scale);
    const scale = by === 0 ? 1 : SCALES[clamp((at < 0 ? 2 : at) + by, 0, SCALES.length - 1)];
    this.#save({ scale: scale ?? 1 });
  }

  #facetsWidth(): number {
    return !this.compact && this.#saved.facetsOpen ? this.#saved.facets : 0;
  }

  #save(change: Partial<Saved>): void {
    Object.assign(this.#saved, change);
    localStorage.setItem(KEY, JSON.stringify(this.#saved));
  }
}

function clamp(it: number, low: number, high: number): number {
  return Math.min(Math.max(it, low), high);
}

/** What was saved, as far as it makes sense. */
function load(): Saved {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const is = (key: string, it: unknown) => typeof it === typeof DEFAULT[key as keyof Saved];
    return { ...DEFAULT, ...Object.fromEntries(Object.entries(saved ?? {}).filter(([k, v]) => is(k, v))) };
  } catch {
    return { ...DEFAULT };
  }
}
