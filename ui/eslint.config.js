import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

/** Only src/ipc talks to the shell; the rest of the window knows the Backend interface. */
const onlyIpcTalksToTauri = {
  files: ["src/**"],
  ignores: ["src/ipc/**"],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { group: ["@tauri-apps/*"], message: "Only src/ipc imports Tauri." },
          { group: ["**/ipc/bindings", "**/ipc/tauri"], message: "Use src/ipc/backend." },
        ],
      },
    ],
  },
};

export default ts.config(
  { ignores: ["dist", "dist-memory", "dist-contract", "node_modules", "src/ipc/bindings.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser } } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig },
    },
  },
  {
    // State is replaced whole ($state.raw), and caches are no state: plain collections are meant.
    rules: { "svelte/prefer-svelte-reactivity": "off" },
  },
  onlyIpcTalksToTauri,
);
