// The contract of the backends as one script, for the end-to-end tests.
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    outDir: "dist-contract",
    target: ["safari16.4"],
    lib: { entry: "src/ipc/contract/window.ts", formats: ["iife"], name: "contract", fileName: () => "contract.js" },
  },
});
