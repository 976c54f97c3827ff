// A measurement in words.
import type { EvaluationPhase, EvaluationProgress, EvaluatedTier, MissedQuestion, QuestionKind, QuestionSet } from "../ipc/backend";
import { count, grouped } from "../shared/format";

/** Fewer questions than these are answered well or badly by chance. */
const FEW = 20;
/** No more missed questions are shown. */
export const MOST_MISSED = 20;

export const TIERS: Readonly<Record<EvaluatedTier, string>> = {
  words: "Words",
  instant: "Instant (quick meaning)",
  full: "Full (full meaning)",
  all: "All together",
};

export const KINDS: Readonly<Record<QuestionKind, { title: string; explains: string }>> = {
  docComments: {
    title: "Doc comments",
    explains: "Each question is the first sentence of a doc comment; the right answer is the code that it describes.",
  },
  commits: {
    title: "Commits",
    explains: "Each question is the subject of a commit; the right answers are the files that it changed.",
  },
};

const PHASES: readonly { phase: EvaluationPhase; text: string }[] = [
  { phase: "reading", text: "Reading doc comments and commits" },
  { phase: "indexing", text: "Indexing the code without its doc comments" },
  { phase: "embedding", text: "Reading the code by meaning" },
  { phase: "asking", text: "Asking the questions" },
];

/** What is being done, as one of four steps. */
export function phasePhrase(progress: EvaluationProgress | null): string {
  const at = PHASES.findIndex(({ phase }) => phase === progress?.phase);
  return at < 0 ? "Starting" : `${PHASES[at]?.text ?? ""}, step ${at + 1} of ${PHASES.length}`;
}

/** "120 of 806"; empty while nothing is known. */
export function donePhrase(progress: EvaluationProgress | null): string {
  if (!progress || progress.total === 0) return progress?.done ? grouped(progress.done) : "";
  return `${grouped(progress.done)} of ${grouped(progress.total)}`;
}

/** What to know before reading a set's figures; the program's own word goes before. */
export function notePhrase({ questions, note }: QuestionSet): string | null {
  if (note) return note;
  if (questions === 0) return "No question could be made.";
  return questions < FEW ? `Only ${count(questions, "question")}: read these figures with care.` : null;
}

export function missedPhrase(missed: number): string {
  return missed < MOST_MISSED ? count(missed, "missed question") : `${MOST_MISSED} of the missed questions`;
}

export function rankPhrase(rank: number | null): string {
  return rank === null ? "not found in the first ten" : `found at place ${rank}`;
}

export function placePhrase({ path, line }: MissedQuestion): string {
  return line === null ? path : `${path}:${line}`;
}

/** "12 s", "2 min 14 s". */
export function tookPhrase(seconds: number): string {
  const whole = Math.max(Math.round(seconds), 1);
  return whole < 60 ? `${whole} s` : `${grouped(Math.floor(whole / 60))} min ${whole % 60} s`;
}
