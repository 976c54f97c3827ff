// The box and what is asked in it.
import type { Mode } from "../../ipc/backend";

const modes: Readonly<Record<Mode, { label: string; hint: string }>> = {
  all: { label: "All", hint: "By meaning and by words together" },
  meaning: { label: "Meaning", hint: "What the code does, in any words" },
  words: { label: "Words", hint: "The words themselves" },
  symbols: { label: "Symbols", hint: "Names of functions, types and constants" },
  files: { label: "Files", hint: "Names and paths of files" },
  regex: { label: "Regex", hint: "Every line that a regular expression matches, in files as they are now" },
  matches: { label: "Matches", hint: "Every line with this very text, in files as they are now" },
};

export const search = {
  label: "Search code",
  placeholder: "Describe what the code does, or name it",
  clear: (key: string) => `Clear the search, ${key}`,

  modes,
  modesLabel: "What to search by",

  /** Read after a filter's name by a screen reader, because a click removes the filter. */
  removes: ", remove",
  removeFilter: (label: string) => `Remove the filter: ${label}`,
  like: (label: string) => `like ${label}`,
  likeSelection: "like the selection",
  clearSimilar: "Clear “similar to”",
  /** What code is similar to, where it has no name. */
  nameless: "this",
};
