// The list of results, and what stands instead of it.
import type { Mode, Notice } from "../../ipc/backend";
import { count } from "../../shared/format";
import type { Sentence } from "../sentence";
import { search } from "./search";

/** Some reasons are sentences already. */
function stopped(sentence: string): string {
  return sentence.endsWith(".") ? sentence : `${sentence}.`;
}

function notice(told: Notice): string {
  switch (told.code) {
    case "wordsOnly":
      return stopped(`Searched by words only: ${told.reason}`);
    case "badRegex":
      return stopped(`Invalid expression: ${told.reason}`);
    case "badFilter":
      return `“${told.value}” is not a known value; filter ignored.`;
    case "noExactMatch": {
      const meant = told.nearest.length > 0 ? ` Did you mean ${told.nearest.join(", ")}?` : "";
      return `No exact match for “${told.name}”.${meant} Results are near by meaning.`;
    }
    case "partial":
      return "Stopped early; there may be more.";
    case "ownerSilent":
      return "Another Descry owns the index and does not answer; this is what it has stored.";
    case "unread":
      return told.files === 1
        ? stopped(`${told.path} was not searched: ${told.reason}`)
        : stopped(`${told.files} files were not searched, ${told.path} among them: ${told.reason}`);
  }
}

const start = {
  say: "Say what the code does, or type a name.",
  examples: ["give up after too many failed attempts", "where are settings read", "lang:rust parse a date"],
  move: "move through results with a live preview",
  open: "open at the match",
  editor: "open in your editor",
  palette: "everything else",
};

const empty = {
  nothingSimilar: (label: string, isSelection: boolean, folders: number): Sentence => [
    `Nothing similar to ${isSelection ? "the selection " : ""}`,
    { name: label },
    ` in ${count(folders, "folder")}.`,
  ],
  nothing: (question: string, folders: number, mode: Mode, filters: readonly string[]): Sentence => {
    const only = mode === "all" ? "" : `, searching ${search.modes[mode].label.toLowerCase()} only`;
    const within = filters.length > 0 ? `, within ${filters.join(", ")}` : "";
    return ["Nothing found for ", { name: question }, ` in ${count(folders, "folder")}${only}${within}.`];
  },
  unfiltered: "Search without filters",
  all: "Search by meaning and words",
  didYouMean: "Did you mean",
  oneWord: "Or one of the words:",
};

/** Places that say the same as a hit. */
const copies = {
  same: (where: string) => `same ${where}`,
  nearlySame: (where: string) => `nearly the same ${where}`,
  sameAndNearly: (same: string, nearly: string) => `same ${same}, nearly ${nearly}`,
  inThisFile: (places: number) => `in ${count(places, "other place")} of this file`,
  inOtherFiles: (files: number, andInThis: boolean) =>
    `in ${count(files, "other file")}${andInThis ? " and again in this one" : ""}`,
  nearly: "nearly",
  nearlyTheSame: "nearly the same",
};

export const results = {
  label: "Results",
  hits: (n: number) => count(n, "hit"),
  lines: (n: number, files: number) => `${count(n, "line")} in ${count(files, "file")}`,
  moreHits: (n: number) => count(n, "more hit"),
  moreInFile: (n: number) => `${n} more in this file`,
  line: (number: number) => `line ${number}`,
  fromTo: (first: number, last: number) => (first === last ? `line ${first}` : `lines ${first} to ${last}`),

  showPreview: "Show the preview",
  searching: "Searching",
  stillSearching: "Still searching.",
  listIsOld: "The list shows the previous answer.",
  filesStillOpen: "Folders and files can still be opened.",
  similarTo: "Similar to",
  similarToSelection: "Similar to the selection:",

  notice,
  start,
  empty,
  copies,
};
