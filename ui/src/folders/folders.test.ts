import { expect, test } from "vitest";
import type { Backend, Status } from "../ipc/backend";
import { Toasts } from "../shared/toasts.svelte";
import { Folders } from "./folders.svelte";

const MODEL: Status["model"] = { state: "ready", name: "model", device: "CPU", message: null };

function status(name: string): Status {
  return { folders: [{ name }], model: MODEL } as Status;
}

test("an answer that is older than what was told meanwhile is ignored", async () => {
  let answer: (status: Status) => void = () => undefined;
  const backend = { status: () => new Promise<Status>((resolve) => (answer = resolve)) } as Backend;
  const folders = new Folders(backend, new Toasts());
  const names = () => folders.list.map((folder) => folder.name);

  const first = folders.refresh();
  folders.accept(status("newer"));
  answer(status("older"));
  await first;
  expect(names()).toEqual(["newer"]);

  const second = folders.refresh();
  answer(status("newest"));
  await second;
  expect(names()).toEqual(["newest"]);
});
