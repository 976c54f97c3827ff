// Choosing a model, as the settings dialog shows it.
import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { Failure, type Model } from "../ipc/backend";
import { MemoryBackend } from "../ipc/memory";
import { Toasts } from "../shared/toasts.svelte";
import { ModelChoice } from "./model.svelte";
import SettingsDialog from "./SettingsDialog.svelte";
import { SettingsStore } from "./settings.svelte";

const READY: Model = { state: "ready", name: "descry-code-22m", device: "CPU", message: null };
const FAILED: Model = { state: "failed", name: null, device: null, message: "cannot load the model /gone.gguf: there is no such file" };
const LATER = "Takes effect when Descry is started again; every folder gets new vectors then.";

/** The dialog of a window that was opened while `chosen` was. */
async function opened({ chosen = null, model = READY }: { chosen?: string | null; model?: Model } = {}) {
  const backend = new MemoryBackend();
  vi.spyOn(backend, "chosenModel").mockResolvedValueOnce(chosen).mockResolvedValueOnce(chosen);
  const choice = new ModelChoice(backend);
  await choice.load();
  const settings = new SettingsStore(backend, new Toasts());
  render(SettingsDialog, { settings, choice, model, onclose: () => undefined });
  return { backend, choice, user: userEvent.setup() };
}

const setting = () => screen.getByTestId("model-setting");
const button = (name: string) => screen.getByRole("button", { name });

describe("the model", () => {
  it("is told by name and device; while it is the bundled one there is nothing to go back to", async () => {
    await opened();
    expect(setting().textContent).toContain("descry-code-22m on CPU");
    expect(setting().textContent).not.toContain("Chosen");
    expect(screen.queryByRole("button", { name: "Use the bundled one" })).toBeNull();
  });

  it("that is chosen shows its path, and when it takes effect", async () => {
    const { user } = await opened();
    await user.click(button("Choose a file…"));
    await screen.findByText(LATER);
    expect(setting().textContent).toContain("/home/you/models/code-embed-small-q8_0.gguf");
    expect(screen.getByTitle("/home/you/models/code-embed-small-q8_0.gguf").querySelector(".name")?.textContent).toBe(
      "code-embed-small-q8_0.gguf",
    );
  });

  it("stays when the choice is cancelled", async () => {
    const { backend, choice, user } = await opened({ chosen: "/own.gguf" });
    backend.pickModel = () => Promise.resolve(null);
    await user.click(button("Choose a file…"));
    await waitFor(() => expect(choice.picking).toBe(false));
    expect(choice.chosen).toBe("/own.gguf");
    expect(screen.queryByText(LATER)).toBeNull();
  });

  it("that cannot be run is refused with the reason, until another try", async () => {
    const { backend, choice, user } = await opened();
    const pick = vi.spyOn(backend, "pickModel");
    pick.mockRejectedValueOnce(new Failure("model", "Cannot load the model /notes.gguf: it is not a GGUF file."));
    await user.click(button("Choose a file…"));
    expect((await screen.findByRole("alert")).textContent).toContain(
      "Cannot load the model /notes.gguf: it is not a GGUF file. Nothing was changed.",
    );
    expect(choice.chosen).toBeNull();
    expect(screen.queryByText(LATER)).toBeNull();
    await user.click(button("Choose a file…"));
    await screen.findByText(LATER);
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("gives way to the bundled one, and the focus stays in the row", async () => {
    const { backend, user } = await opened({ chosen: "C:\\models\\own.gguf" });
    expect(screen.getByTitle("C:\\models\\own.gguf").querySelector(".name")?.textContent).toBe("own.gguf");
    const reset = vi.spyOn(backend, "resetModel");
    await user.click(button("Use the bundled one"));
    await screen.findByText("The bundled one");
    await screen.findByText(LATER);
    expect(reset).toHaveBeenCalledOnce();
    expect(screen.queryByRole("button", { name: "Use the bundled one" })).toBeNull();
    await waitFor(() => expect(document.activeElement).toBe(button("Choose a file…")));
  });

  it("needs no other start when the choice is what it was", async () => {
    const { user } = await opened();
    await user.click(button("Choose a file…"));
    await screen.findByText(LATER);
    await user.click(button("Use the bundled one"));
    await waitFor(() => expect(screen.queryByText(LATER)).toBeNull());
  });

  it("that was missing is there again when its file is chosen anew", async () => {
    const { backend, user } = await opened({ chosen: "/gone.gguf", model: FAILED });
    expect(setting().textContent).toContain("cannot load the model /gone.gguf: there is no such file");
    backend.pickModel = () => Promise.resolve("/gone.gguf");
    await user.click(button("Choose a file…"));
    await screen.findByText(LATER);
  });

  it("is tried only once at a time, and that is told", async () => {
    const { backend, user } = await opened();
    let answer: (path: string | null) => void = () => undefined;
    const pick = vi.spyOn(backend, "pickModel").mockReturnValue(new Promise((resolve) => (answer = resolve)));
    await user.click(button("Choose a file…"));
    await user.click(button("Choose a file…"));
    expect(pick).toHaveBeenCalledOnce();
    await screen.findByText(/The file is tried before it is chosen/);
    expect(button("Choose a file…").getAttribute("aria-disabled")).toBe("true");
    answer("/own.gguf");
    await screen.findByText(LATER);
  });

  it("that the terminal chose meanwhile is found when the dialog opens", async () => {
    const backend = new MemoryBackend();
    const choice = new ModelChoice(backend);
    await choice.load();
    backend.chosenModel = () => Promise.resolve("/terminal.gguf");
    render(SettingsDialog, { settings: new SettingsStore(backend, new Toasts()), choice, model: READY, onclose: () => undefined });
    await screen.findByTitle("/terminal.gguf");
    await screen.findByText(LATER);
  });
});
