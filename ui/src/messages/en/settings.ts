// The settings.
import type { Theme } from "../../ipc/backend";
import type { Sentence } from "../sentence";

const themes: Readonly<Record<Theme, string>> = { system: "Follow system", light: "Light", dark: "Dark" };

const template: Sentence = [
  { code: "{path}" },
  ", ",
  { code: "{line}" },
  " and ",
  { code: "{column}" },
  " are filled in. The command is not run through a shell.",
];

const model = {
  label: "Model",
  inUse: "In use",
  chosenFile: "Chosen file",
  chosen: "Chosen",
  bundled: "The bundled one",
  choose: "Choose a file…",
  reset: "Use the bundled one",
  unchanged: "Nothing was changed.",
  trying: "The file is tried before it is chosen, which may take some seconds.",
  later: "Takes effect when Descry is started again; every folder gets new vectors then.",
};

export const settings = {
  theme: "Theme",
  themes,
  editor: "Editor",
  firstEditor: "First one found",
  notFound: (editor: string) => `${editor} (not found)`,
  ownCommand: "A command of your own",
  command: "Command",
  template,
  model,

  notRead: "Settings cannot be read; the defaults apply",
  notSaved: "Settings cannot be saved",
  editorsNotListed: "Editors cannot be listed",
};
