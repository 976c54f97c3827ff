// A measurement in words.
import type { EvaluationPhase, EvaluationProgress, MissedQuestion, QuestionSet } from "../ipc/backend";
import { m } from "../messages/messages";
import { grouped } from "../shared/format";

/** Fewer questions than these are answered well or badly by chance. */
const FEW = 20;
/** No more missed questions are shown. */
export const MOST_MISSED = 20;

const PHASES: readonly EvaluationPhase[] = ["reading", "indexing", "embedding", "asking"];

/** What is being done, as one of four steps. */
export function phasePhrase(progress: EvaluationProgress | null): string {
  if (!progress) return m.evaluation.starting;
  const { phase } = progress;
  return m.evaluation.step(m.evaluation.phases[phase], PHASES.indexOf(phase) + 1, PHASES.length);
}

/** "120 of 806"; empty while nothing is known. */
export function donePhrase(progress: EvaluationProgress | null): string {
  if (!progress || progress.total === 0) return progress?.done ? grouped(progress.done) : "";
  return m.evaluation.done(progress.done, progress.total);
}

/** What to know before reading a set's figures; the program's own word goes before. */
export function notePhrase({ questions, note }: QuestionSet): string | null {
  if (note) return note;
  if (questions === 0) return m.evaluation.noQuestion;
  return questions < FEW ? m.evaluation.few(questions) : null;
}

export function missedPhrase(missed: number): string {
  return missed < MOST_MISSED ? m.evaluation.missed.all(missed) : m.evaluation.missed.some(MOST_MISSED);
}

export function rankPhrase(rank: number | null): string {
  return rank === null ? m.evaluation.missed.notFound : m.evaluation.missed.found(rank);
}

export function placePhrase({ path, line }: MissedQuestion): string {
  return line === null ? path : `${path}:${line}`;
}

/** "12 s", "2 min 14 s". */
export function tookPhrase(seconds: number): string {
  const whole = Math.max(Math.round(seconds), 1);
  return m.evaluation.took(Math.floor(whole / 60), whole % 60);
}
