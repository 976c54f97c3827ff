// The window as its users meet it: by keyboard, by pointer and by what a screen reader is told.
import { act, render, screen, waitFor, within } from "@testing-library/svelte";
import { EditorView } from "@codemirror/view";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { App } from "./app.svelte";
import { Failure } from "./ipc/backend";
import { MemoryBackend, type Scenario } from "./ipc/memory";
import Window from "./Window.svelte";

let stop = () => {};

async function opened(scenario: Scenario = "working") {
  const backend = new MemoryBackend(scenario);
  const app = new App(backend);
  const user = userEvent.setup();
  render(Window, { app });
  stop = app.start();
  await waitFor(() => expect(app.folders.known).toBe(true));
  return { app, backend, user };
}

async function searched(text = "failed attempts", scenario: Scenario = "working") {
  const window = await opened(scenario);
  await window.user.keyboard(text);
  await waitFor(() => expect(window.app.search.answered.text).toBe(text));
  return window;
}

const box = () => screen.getByTestId("search-box");
const selected = () => screen.getAllByTestId("hit").findIndex((hit) => hit.getAttribute("aria-selected") === "true");

beforeEach(() => localStorage.clear());
afterEach(() => stop());

describe("the box", () => {
  it("has the focus at the start and finds while one types", async () => {
    await searched();
    expect(document.activeElement).toBe(box());
    expect(screen.getAllByTestId("hit").length).toBeGreaterThan(2);
    expect(screen.getByTestId("tally").textContent).toMatch(/^\d+ hits · \d+ ms$/);
  });

  it("names the selected hit to assistive technology", async () => {
    const { user } = await searched();
    const active = () => document.getElementById(box().getAttribute("aria-activedescendant") ?? "");
    expect(active()).toBe(screen.getAllByTestId("hit")[0]);
    await user.keyboard("{ArrowDown}");
    expect(active()).toBe(screen.getAllByTestId("hit")[1]);
    expect(active()?.getAttribute("role")).toBe("treeitem");
  });

  it("draws filters as tokens", async () => {
    await searched("lang:rust failed");
    expect(document.querySelector(".token")?.textContent).toBe("lang:rust");
  });

  it("gets what is typed elsewhere", async () => {
    const { app, user } = await searched("failed");
    screen.getByTestId("mode-words").focus();
    await user.keyboard("x");
    expect(document.activeElement).toBe(box());
    expect(app.search.query.text).toBe("failedx");
  });

  it("takes several lines, in which the arrows move the caret", async () => {
    const { app, user } = await searched("failed");
    await user.keyboard("{Shift>}{Enter}{/Shift}attempt");
    expect(app.search.query.text).toBe("failed\nattempt");
    expect(box().getAttribute("rows")).toBe("2");
    await user.keyboard("{ArrowUp}");
    expect(app.walking).toBe(false);
    await user.paste("a\nb\n");
    expect(app.search.query.text).toContain("a\nb\n");
  });

  it("shows every line with the text, by file", async () => {
    const { app, user } = await searched("pub fn");
    await user.keyboard("{Control>}7{/Control}");
    await waitFor(() => expect(app.search.answered.mode).toBe("matches"));
    await waitFor(() => expect(screen.getByTestId("tally").textContent).toMatch(/^\d+ lines in \d+ files · \d+ ms$/));
    const lines = screen.getAllByTestId("hit");
    expect(lines.length).toBe(app.search.reply?.total);
    expect(lines[0]?.getAttribute("aria-label")).toContain("pub fn");
    await user.keyboard("{ArrowDown}{Enter}");
    await waitFor(() => expect(app.preview.tab?.line).toBe(Number(lines[1]?.dataset["line"])));
  });

  it("is cleared by Esc, which then goes to the list", async () => {
    const { app, user } = await searched();
    await user.keyboard("{Escape}");
    expect(app.search.query.text).toBe("");
    expect(screen.queryAllByTestId("hit")).toHaveLength(0);
  });
});

describe("the keyboard", () => {
  it("walks, folds and unfolds", async () => {
    const { user } = await searched();
    const hits = screen.getAllByTestId("hit").length;
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}");
    expect(selected()).toBe(1);
    await user.keyboard("{ArrowLeft}");
    expect(screen.getAllByTestId("hit").length).toBeLessThan(hits);
    expect(screen.getAllByTestId("file-group")[0]?.getAttribute("aria-expanded")).toBe("false");
    await user.keyboard("{ArrowRight}");
    expect(screen.getAllByTestId("hit")).toHaveLength(hits);
    await user.keyboard("{PageDown}");
    expect(screen.getAllByTestId("hit")[selected()]?.dataset["path"]).not.toBe("src/transport/retry.rs");
  });

  it("opens the file at the match, to stay, and Esc returns to the box", async () => {
    const { user } = await searched();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(document.activeElement?.className).toContain("cm-content"));
    expect(screen.getByTestId("preview").dataset["path"]).toBe("src/transport/retry.rs");
    expect(screen.getByTestId("tab").dataset["permanent"]).toBe("true");
    await user.keyboard("{Escape}");
    expect(document.activeElement).toBe(box());
  });

  it("opens what was typed last, however fast Enter comes", async () => {
    const { app, user } = await searched("failed");
    await user.keyboard("{Control>}a{/Control}deliveries{Enter}");
    await waitFor(() => expect(app.preview.tab?.permanent).toBe(true));
    expect(app.preview.tab?.path).toBe("src/queue/dead_letter.rs");
  });

  it("opens the editor at the match", async () => {
    const { backend, user } = await searched();
    const open = vi.spyOn(backend, "openInEditor").mockResolvedValue();
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => expect(open).toHaveBeenCalled());
    expect(open).toHaveBeenCalledWith(1, "src/transport/retry.rs", 42, 1);
  });

  it("chooses modes, finds similar code and goes back", async () => {
    const { app, user } = await searched();
    await user.keyboard("{Control>}3{/Control}");
    expect(screen.getByTestId("mode-words").getAttribute("aria-checked")).toBe("true");
    await user.keyboard("{Control>}1{/Control}");
    await waitFor(() => expect(app.search.answered.mode).toBe("all"));
    await user.keyboard("{Control>}.{/Control}");
    await waitFor(() => expect(app.search.answered.similar?.label).toBe("should_retry"));
    await user.keyboard("{Alt>}{ArrowLeft}{/Alt}");
    await waitFor(() => expect(app.search.answered.similar).toBeNull());
    await user.keyboard("{Alt>}{ArrowRight}{/Alt}");
    await waitFor(() => expect(app.search.answered.similar?.label).toBe("should_retry"));
  });

  it("runs commands by name", async () => {
    const { app, user } = await searched();
    await user.keyboard("{Control>}k{/Control}");
    await user.keyboard("theme dark{Enter}");
    expect(app.settings.value.theme).toBe("dark");
    expect(document.documentElement.dataset["theme"]).toBe("dark");
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("closes files from their tabs, and from the last goes back to the box", async () => {
    const { app, user } = await searched();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(app.preview.tab?.permanent).toBe(true));
    act(() => app.walk((list) => list.moveFile(true)));
    await waitFor(() => expect(screen.getAllByTestId("tab")).toHaveLength(2));
    screen.getAllByTestId("tab")[1]?.focus();
    await user.keyboard("{Delete}");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("tab")));
    await user.keyboard("{Control>}w{/Control}");
    expect(document.activeElement).toBe(box());
  });

  it("explains the selected hit", async () => {
    const { user } = await searched();
    await user.keyboard("{Control>}k{/Control}why{Enter}");
    expect(screen.getByRole("dialog").textContent).toContain("Ranked 1 by meaning.");
  });

  it("cycles through the panels", async () => {
    const { user } = await searched();
    await waitFor(() => screen.getByTestId("preview"));
    const panels = [];
    for (let i = 0; i < 5; i++) {
      await user.keyboard("{F6}");
      panels.push(document.activeElement?.closest<HTMLElement>("[data-panel]")?.dataset["panel"]);
    }
    expect(panels).toEqual(["facets", "list", "preview", "footer", "box"]);
  });
});

describe("folders", () => {
  it("greet the first run with one sentence and one button", async () => {
    const { user } = await opened("first-run");
    expect(screen.getByTestId("first-run").textContent).toContain("Nothing leaves this computer.");
    await user.click(screen.getByTestId("add-folder"));
    await waitFor(() => expect(screen.getAllByTestId("folder")).toHaveLength(1));
    expect(document.activeElement).toBe(box());
  });

  it("are paused and removed from their menu, the latter after asking", async () => {
    const { app, user } = await opened();
    const menu = async (item: string) => {
      await user.click(screen.getByRole("button", { name: "Actions for infra" }));
      await user.click(screen.getByRole("menuitem", { name: item }));
    };
    await menu("Pause");
    await waitFor(() => expect(app.folders.list[2]?.paused).toBe(true));
    await menu("Remove");
    expect(screen.getAllByTestId("folder")).toHaveLength(3);
    await user.click(screen.getByTestId("confirm-remove"));
    await waitFor(() => expect(screen.getAllByTestId("folder")).toHaveLength(2));
  });

  it("tell from their menu what is left out, and how far the model is", async () => {
    const { user } = await opened();
    const choose = async (item: string) => {
      await user.click(screen.getByRole("button", { name: "Actions for billing-api" }));
      await user.click(screen.getByRole("menuitem", { name: item }));
    };
    await choose("Rules and skipped files");
    await screen.findByText("billing-api · 5 files skipped");
    expect(screen.getByTestId("skipped-list").textContent).toContain(".descryignore");
    await user.click(screen.getByRole("button", { name: "Done" }));
    await choose("Model and coverage");
    const model = screen.getByTestId("model-dialog").textContent?.replace(/\s+/g, " ");
    expect(model).toContain("descry-code-22m on CPU");
    expect(model).toContain("6,545 of 11,900 chunks · 55 %, 3 min left");
  });

  it("say in a sentence why one was not added", async () => {
    const { app } = await opened();
    await app.folders.add(["/home/you/src/courier/src"]);
    await waitFor(() => screen.getByText(/courier\/src was not added: it lies inside a folder/));
  });

  it("narrow the search by a click, and widen it by another", async () => {
    const { app, user } = await searched();
    const courier = screen.getAllByTestId("folder")[0] as HTMLElement;
    await user.click(within(courier).getByRole("button", { name: /^courier/ }));
    expect(app.search.query.filters.roots).toEqual([1]);
    await waitFor(() => screen.getByText("folder:courier"));
    await user.click(screen.getByText("folder:courier"));
    expect(app.search.query.filters.roots).toEqual([]);
  });

  it("are told by number in the box when many are chosen, which then drops them together", async () => {
    const { app, user } = await searched();
    for (const name of ["courier", "billing-api", "infra"]) {
      await user.click(screen.getByRole("button", { name: new RegExp(`^${name}`) }));
    }
    const pill = await screen.findByText("3 folders");
    expect(pill.title).toBe("Remove the filter: courier, billing-api, infra");
    await user.click(pill);
    expect(app.search.query.filters.roots).toEqual([]);
  });

  it("list what was skipped and why", async () => {
    const { user } = await opened();
    await user.click(screen.getByTestId("skipped"));
    const list = await screen.findByTestId("skipped-list");
    await waitFor(() => expect(list.textContent).toContain("assets/picture-1.png"));
    expect(list.textContent).toContain("generated by a program");
  });
});

describe("a selection in the code", () => {
  const select = async (app: App, from: string, to: string) => {
    await waitFor(() => expect(app.preview.file?.tab.key).toBe(app.preview.active));
    const content = await waitFor(() => document.querySelector<HTMLElement>(".cm-content") ?? expect.fail());
    const view = EditorView.findFromDOM(content) ?? expect.fail();
    await waitFor(() => expect(view.state.doc.toString()).toContain(from));
    const text = view.state.doc.toString();
    act(() => view.dispatch({ selection: { anchor: text.indexOf(from), head: text.indexOf(to) } }));
    content.focus();
  };

  it("is what similar code is found for; back leads to the former results", async () => {
    const { app, backend, user } = await searched();
    const asked = vi.spyOn(backend, "similarText");
    await select(app, "let mut attempt", "loop {");
    await screen.findByText("similar to selection");
    await user.keyboard("{Control>}.{/Control}");
    await waitFor(() => expect(screen.getByTestId("similar-to").textContent).toMatch(/selection:.*let mut attempt = 0;/s));
    expect(asked.mock.calls[0]?.[0]).toMatch(/^let mut attempt = 0;\n\s+$/);
    expect(document.activeElement).toBe(box());
    await user.keyboard("{Alt>}{ArrowLeft}{/Alt}");
    await waitFor(() => expect(app.search.answered).toMatchObject({ text: "failed attempts", similar: null }));
    expect(screen.queryByTestId("similar-to")).toBeNull();
  });

  it("is forgotten with the file, and then the hit is meant again", async () => {
    const { app, user } = await searched();
    await select(app, "let mut attempt", "loop {");
    expect(app.preview.selected).not.toBe("");
    act(() => app.walk((list) => list.moveFile(true)));
    await waitFor(() => expect(app.preview.selected).toBe(""));
    await user.keyboard("{Control>}.{/Control}");
    await waitFor(() => expect(app.search.answered.similar).toHaveProperty("chunk"));
  });

  it("has a command of its own", async () => {
    const { app, user } = await searched();
    await select(app, "let mut attempt", "loop {");
    await user.keyboard("{Control>}k{/Control}similar to the selection{Enter}");
    await waitFor(() => expect(app.search.answered.similar).toHaveProperty("text"));
    expect(document.activeElement).toBe(box());
  });
});

describe("how well things are found", () => {
  const measure = async (folder: string, scenario: Scenario = "working") => {
    const window = await opened(scenario);
    window.backend.stepMs = 0;
    await window.user.click(screen.getByRole("button", { name: `Actions for ${folder}` }));
    await window.user.click(screen.getByRole("menuitem", { name: "How well does it find things…" }));
    await window.user.click(screen.getByRole("button", { name: "Measure" }));
    return window;
  };

  it("is measured, kept, and told for each way to search", async () => {
    const { user } = await measure("courier");
    const report = await screen.findByTestId("evaluation-report");
    expect(report.textContent).toContain("412 questions");
    const row = within(report).getAllByTestId("score")[3];
    expect(row?.textContent?.replace(/\s+/g, " ")).toBe("All together0.71, the best 0.76, the best 61 %, the best ");
    expect(document.activeElement?.textContent).toBe("Measure again");
    await user.click(screen.getByRole("button", { name: "Close" }));
    await user.keyboard("{Control>}k{/Control}how well courier{Enter}");
    expect(screen.getByTestId("evaluation-report").textContent).toContain("took 2 min 14 s");
  });

  it("shows how far it is, and stops when asked to", async () => {
    const window = await opened();
    await window.user.keyboard("{Control>}k{/Control}how well courier{Enter}");
    window.backend.stepMs = 10_000;
    await window.user.click(screen.getByRole("button", { name: "Measure" }));
    const bar = await screen.findByRole("progressbar", { name: "Reading doc comments and commits, step 1 of 4" });
    expect(bar.getAttribute("aria-valuenow")).toBeNull();
    const cancel = screen.getByRole("button", { name: "Cancel" });
    expect(document.activeElement).toBe(cancel);
    const cancelled = vi.spyOn(window.backend, "cancelEvaluation");
    await window.user.click(cancel);
    expect(cancelled).toHaveBeenCalledOnce();
    await waitFor(() => screen.getByRole("progressbar", { name: "Stopping" }));
  });

  it("says what became of a measurement without a result", async () => {
    const { backend, user } = await measure("service-1", "hard");
    expect((await screen.findByRole("alert")).textContent).toContain("The folder cannot be read");
    backend.evaluate = () => Promise.reject(new Failure("cancelled", "Measuring was cancelled."));
    await user.click(screen.getByRole("button", { name: "Measure" }));
    await screen.findByText(/Nothing was kept/);
  });

  it("says why there are no figures", async () => {
    await measure("infra");
    const report = await screen.findByTestId("evaluation-report");
    expect(report.textContent).toContain("The folder is not under Git.");
    expect(within(report).queryByRole("table")).toBeNull();
  });

  it("leads from a missed question to its search in that folder", async () => {
    const { app, user } = await measure("courier");
    await user.click(await screen.findByText("6 missed questions"));
    const [question] = await screen.findAllByTestId("missed");
    expect(question?.textContent?.replace(/\s+/g, " ")).toContain("src/queue/dead_letter.rs:9 found at place 4");
    await user.click(screen.getAllByTestId("missed")[0] ?? expect.fail());
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(app.search.query).toMatchObject({ text: "Messages that nobody could handle.", filters: { roots: [1] } });
    await waitFor(() => expect(document.activeElement).toBe(box()));
  });
});

describe("copies", () => {
  it("are told in the hit's row, unfold by key and open like a hit", async () => {
    const { app, user } = await searched("stop trying again limit");
    const hit = screen.getAllByTestId("hit")[0];
    expect(hit?.getAttribute("aria-label")).toContain("same in 3 other files");
    expect(hit?.getAttribute("aria-expanded")).toBe("false");
    await user.keyboard("{ArrowDown}{ArrowUp}{ArrowRight}");
    expect(hit?.getAttribute("aria-expanded")).toBe("true");
    expect(screen.getAllByTestId("copy")).toHaveLength(3);
    await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    await waitFor(() => expect(app.preview.tab?.permanent).toBe(true));
    expect(app.preview.tab).toMatchObject({ root: 2, path: "third_party/courier/src/transport/retry.rs", line: 42 });
    await waitFor(() => expect(app.preview.file?.text.text).toContain("should_retry"));
  });

  it("unfold by pointer without taking the selection", async () => {
    const { user } = await searched("stop trying again limit");
    await user.keyboard("{ArrowDown}");
    await user.click(screen.getByRole("button", { name: "same in 3 other files" }));
    expect(screen.getAllByTestId("copy")).toHaveLength(3);
    expect(selected()).toBe(1);
    expect(document.activeElement).toBe(box());
  });
});

describe("what is said when there is no list", () => {
  it("nothing found: what was searched, and ways on", async () => {
    const { app, user } = await searched("zzzqqq frobnicate");
    expect(screen.getByTestId("empty").textContent).toContain("Nothing found for zzzqqq frobnicate in 3 folders");
    await user.click(screen.getByRole("button", { name: "frobnicate" }));
    expect(app.search.query.text).toBe("frobnicate");
  });

  it("no model: words still work, and the remedy", async () => {
    await searched("failed", "words-only");
    expect(screen.getByTestId("notice").textContent).toMatch(/Searched by words only.*Reinstall/);
    expect(screen.getAllByTestId("hit").length).toBeGreaterThan(0);
    expect(screen.getByTestId("status-line").textContent).toContain("Searchable by words · no model");
  });

  it("more in one file: they appear in its place and stay when the index changes", async () => {
    const { app, backend, user } = await searched();
    const hits = screen.getAllByTestId("hit").length;
    await user.click(screen.getByRole("button", { name: "1 more in this file" }));
    await waitFor(() => expect(screen.getAllByTestId("hit")).toHaveLength(hits + 1));
    const before = app.search.reply;
    await backend.pauseFolder(3, true);
    await waitFor(() => expect(app.search.reply).not.toBe(before));
    expect(screen.getAllByTestId("hit")).toHaveLength(hits + 1);
  });

  it("a failure: a sentence and another try", async () => {
    const { user } = await opened("search-fails");
    await user.keyboard("failed");
    const notice = await screen.findByRole("alert");
    expect(notice.textContent).toContain("The index cannot be read.");
    within(notice).getByRole("button", { name: "Try again" });
  });
});

describe("a program that cannot read its data", () => {
  it("says so, and offers another try", async () => {
    const app = new App(new MemoryBackend("broken"));
    render(Window, { app });
    stop = app.start();
    expect((await screen.findByRole("alert")).textContent).toContain("The catalog cannot be opened.");
    expect(screen.queryByTestId("first-run")).toBeNull();
  });
});

describe("every control", () => {
  it("has a name", async () => {
    await searched();
    await waitFor(() => screen.getByTestId("preview"));
    for (const role of ["button", "radio", "tab", "treeitem", "separator", "progressbar", "textbox"] as const) {
      for (const control of screen.queryAllByRole(role)) {
        const name = control.getAttribute("aria-label") ?? control.textContent?.trim();
        expect(name, control.outerHTML).toBeTruthy();
      }
    }
  });
});
