import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "./shared/tokens.css";
import "./shared/base.css";
import { mount } from "svelte";
import { App } from "./app.svelte";
import type { Backend } from "./ipc/backend";
import Window from "./Window.svelte";

/** In a browser, `vite --mode memory` plays the program; a shipped window has only the real one. */
async function backend(): Promise<Backend> {
  if (import.meta.env.MODE === "memory") {
    const { MemoryBackend } = await import("./ipc/memory");
    const asked = new URLSearchParams(location.search);
    const theme = asked.get("theme");
    return new MemoryBackend(
      (asked.get("scenario") ?? "working") as ConstructorParameters<typeof MemoryBackend>[0],
      theme === "light" || theme === "dark" ? { theme } : {},
    );
  }
  return (await import("./ipc/tauri")).tauri;
}

const target = document.querySelector("#app");
if (target) {
  const app = new App(await backend());
  mount(Window, { target, props: { app } });
  app.start();
  if (import.meta.env.MODE === "memory") app.type(new URLSearchParams(location.search).get("q") ?? "");
}
