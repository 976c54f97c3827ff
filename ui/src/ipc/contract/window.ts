// The contract for the end-to-end tests, which run it within the real window.
import { FILES } from "../memory/files";
import { tauri } from "../tauri";
import { broken } from "./contract";

/** The files of the invented project: folder, path, text. */
export const files = FILES.map(({ root, path, text }) => ({ root, path, text }));

/** What the real backend does not do. */
export const run = () => broken(tauri);
