// The visible content of the window, as one value.
const all = (id) => [...document.querySelectorAll(`[data-testid="${id}"]`)];
const text = (id) => all(id)[0]?.innerText.trim() ?? null;
const within = (inner, outer) => {
  const [a, b] = [inner.getBoundingClientRect(), outer.getBoundingClientRect()];
  return a.height > 0 && a.top >= b.top && a.bottom <= b.bottom;
};
const preview = all("preview")[0];
return {
  box: all("search-box")[0]?.value ?? null,
  focus: document.activeElement?.getAttribute("data-testid") ?? null,
  mode: document.querySelector('[data-testid^="mode-"][aria-checked="true"]')?.dataset.testid.slice(5) ?? null,
  tokens: [...document.querySelectorAll(".drawn .token")].map((it) => it.textContent),
  busy: document.querySelector('section[aria-label="Results"]')?.getAttribute("aria-busy") === "true",
  firstRun: all("first-run").length > 0,
  hits: all("hit").map((it) => ({
    path: it.dataset.path,
    line: Number(it.dataset.line),
    selected: it.ariaSelected === "true" || it.getAttribute("aria-selected") === "true",
    text: it.innerText,
  })),
  copies: all("copy").map((it) => it.dataset.path),
  similarTo: text("similar-to"),
  tabs: all("tab").map((it) => ({ path: it.dataset.path, permanent: it.dataset.permanent === "true" })),
  preview: preview ? {
    path: preview.dataset.path,
    line: Number(preview.dataset.line),
    text: preview.querySelector(".cm-content")?.innerText ?? "",
    beams: [...preview.querySelectorAll(".cm-line.cm-beam")].map((it) => ({
      text: it.innerText,
      visible: within(it, preview),
    })),
  } : null,
  folders: all("folder").map((it) => ({ name: it.getAttribute("aria-label"), state: it.dataset.state })),
  status: text("status-line"),
  coverage: text("coverage"),
  notice: text("notice"),
  empty: text("empty"),
  skipped: text("skipped"),
  evaluation: text("evaluation"),
  model: all("model-setting")[0]?.textContent ?? null,
};
