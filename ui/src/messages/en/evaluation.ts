// Measuring how well things are found.
import type { EvaluatedTier, EvaluationPhase, QuestionKind } from "../../ipc/backend";
import { count, grouped } from "../../shared/format";

const tiers: Readonly<Record<EvaluatedTier, string>> = {
  words: "Words",
  instant: "Instant (quick meaning)",
  full: "Full (full meaning)",
  all: "All together",
};

const kinds: Readonly<Record<QuestionKind, { title: string; explains: string }>> = {
  docComments: {
    title: "Doc comments",
    explains: "Each question is the first sentence of a doc comment; the right answer is the code that it describes.",
  },
  commits: {
    title: "Commits",
    explains: "Each question is the subject of a commit; the right answers are the files that it changed.",
  },
};

const phases: Readonly<Record<EvaluationPhase, string>> = {
  reading: "Reading doc comments and commits",
  indexing: "Indexing the code without its doc comments",
  embedding: "Reading the code by meaning",
  asking: "Asking the questions",
};

/** The dialog around the figures. */
const dialog = {
  label: "How well does it find things here?",
  explains:
    "The folder itself gives the questions: the first sentence of each doc comment, with the comment hidden from the" +
    " search for the test, and the subjects of commits. Descry asks each way to search all of them, here on this" +
    " computer.",
  measured: "Measured",
  cancelled: "Measuring was cancelled.",
  below: "Below is what was measured before.",
  nothingKept: "Nothing was kept.",
  searchWorks: "Searching works as before.",
  otherRuns: (name: string | undefined) =>
    `${name ?? "Another folder"} is being measured; you can measure this folder when that is done.`,
  keepsRunning: "Keeps running if closed.",
  takesMinutes: "This may take some minutes.",
  measure: "Measure",
  measureAgain: "Measure again",
  goesOn: "Measuring goes on",
};

const missed = {
  all: (n: number) => count(n, "missed question"),
  some: (n: number) => `${n} of the missed questions`,
  explains: "All together did not put the right result first. Choose a question to search for it.",
  found: (rank: number) => `found at place ${rank}`,
  notFound: "not found in the first ten",
};

const table = {
  caption: (title: string) => `${title}: how well each way to search answers`,
  way: "Way to search",
  mrr: "MRR@10",
  mrrExplains: "How high the first right result stands: 1 is always first, 0.5 second, 0 never among the first ten.",
  ndcg: "NDCG@10",
  ndcgExplains: "The same for all right results together: 1 is all of them at the top.",
  first: "First result right",
  best: ", the best",
};

export const evaluation = {
  tiers,
  kinds,
  phases,
  step: (phase: string, number: number, of: number) => `${phase}, step ${number} of ${of}`,
  done: (done: number, total: number) => `${grouped(done)} of ${grouped(total)}`,
  starting: "Starting",
  stopping: "Stopping",

  questions: (n: number) => count(n, "question"),
  noQuestion: "No question could be made.",
  few: (n: number) => `Only ${count(n, "question")}: read these figures with care.`,
  /** Which model was measured, how long that took, and at what time of day it ended. */
  summary: (model: string | null, took: string, at: string) =>
    `${model ?? "Without a model"} · took ${took} · measured at ${at}`,
  took: (minutes: number, seconds: number) => (minutes === 0 ? `${seconds} s` : `${grouped(minutes)} min ${seconds} s`),

  dialog,
  missed,
  table,
};
