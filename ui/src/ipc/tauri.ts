// The real backend: the shell's commands and events.
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { Failure, type Backend, type FolderDrag, type Unlisten } from "./backend";
import { commands, events, type IpcError } from "./bindings";

/** What every command answers, as the bindings wrap it. */
type Result<T, E> = { status: "ok"; data: T } | { status: "error"; error: E };

let asked = 0;

export const tauri: Backend = {
  search: (request) => value(commands.search(request)),
  matches: (request, soFar) => {
    const number = ++asked;
    const stop = unlisten(
      events.matchesFound.listen(({ payload }) => {
        if (payload.number === number) soFar(payload.reply);
      }),
    );
    return value(commands.matches(request, number)).finally(stop);
  },
  similar: (chunk, limit) => value(commands.similar(chunk, limit)),
  similarText: (text, limit) => value(commands.similarText(text, limit)),
  status: () => value(commands.status()),
  addFolder: (path) => value(commands.addFolder(path)),
  pickFolders: () => value(commands.pickFolders()),
  removeFolder: (id) => done(commands.removeFolder(id)),
  pauseFolder: (id, paused) => done(commands.pauseFolder(id, paused)),
  skipped: (id) => value(commands.skipped(id)),
  readFile: (root, path) => value(commands.readFile(root, path)),
  openInEditor: (root, path, line, column) => done(commands.openInEditor(root, path, line, column)),
  editors: () => value(commands.editors()),
  settings: () => value(commands.settings()),
  saveSettings: (settings) => done(commands.saveSettings(settings)),
  chosenModel: () => value(commands.chosenModel()),
  pickModel: () => value(commands.pickModel()),
  resetModel: () => done(commands.resetModel()),
  evaluate: (root) => value(commands.evaluate(root)),
  cancelEvaluation: () => commands.cancelEvaluation(),

  onStatus: (heard) => {
    let told = false;
    const started = events.statusChanged.listen((event) => {
      told = true;
      heard(event.payload);
    });
    // What changed before listening had begun is asked for; what was told meanwhile is newer than the answer.
    void started.then(() => value(commands.status())).then((status) => told || heard(status), () => undefined);
    return unlisten(started);
  },
  onIndexChanged: (heard) => unlisten(events.indexChanged.listen((event) => heard(event.payload))),
  onEvaluationProgress: (heard) => unlisten(events.evaluationProgress.listen((event) => heard(event.payload))),
  onFolderDrag: (heard) =>
    unlisten(
      getCurrentWebview().onDragDropEvent(({ payload }) => {
        const drag: FolderDrag =
          payload.type === "drop"
            ? { type: "drop", paths: payload.paths }
            : { type: payload.type === "leave" ? "leave" : "over" };
        heard(drag);
      }),
    ),
};

async function value<T>(reply: Promise<Result<T, IpcError>>): Promise<T> {
  const result = await reply.catch((thrown: unknown) => {
    throw Failure.from(thrown);
  });
  if (result.status === "ok") return result.data;
  throw new Failure(result.error.code, result.error.message);
}

async function done(reply: Promise<Result<unknown, IpcError>>): Promise<void> {
  await value(reply);
}

/** Listening starts asynchronously; stopping before it has started still stops it. */
function unlisten(started: Promise<Unlisten>): Unlisten {
  return () => void started.then((stop) => stop());
}
