// What jsdom lacks of a browser, as far as the window needs it.
import { configure } from "@testing-library/svelte";

configure({ asyncUtilTimeout: 30_000 });

HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true;
};
Element.prototype.scrollIntoView ??= () => undefined;
Element.prototype.scrollTo = () => undefined;
/** Everything is near where nothing has a size. */
globalThis.IntersectionObserver ??= class {
  constructor(private readonly heard: IntersectionObserverCallback) {}
  observe(target: Element) {
    const entry = { isIntersecting: true, target } as IntersectionObserverEntry;
    this.heard([entry], this as unknown as IntersectionObserver);
  }
  unobserve() {}
  disconnect() {}
} as unknown as typeof IntersectionObserver;
Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
Range.prototype.getBoundingClientRect ??= () => new DOMRect();
globalThis.DOMRect ??= class {
  x = 0;
  y = 0;
  width = 0;
  height = 0;
  top = 0;
  right = 0;
  bottom = 0;
  left = 0;
} as unknown as typeof DOMRect;
