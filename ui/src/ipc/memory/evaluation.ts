// What measuring the invented folders finds: figures as a real folder of their size has them.
import { Failure, type Evaluation, type EvaluationPhase, type MissedQuestion, type QuestionSet, type TierScore } from "../backend";

type Step = { phase: EvaluationPhase; done: number; total: number };

const CHUNKS = 806;
const QUESTIONS = 508;

export const STEPS: readonly Step[] = [
  ...Array.from({ length: 4 }, (): Step => ({ phase: "reading", done: 0, total: 0 })),
  ...counted("indexing", 310, 5),
  ...counted("embedding", CHUNKS, 14),
  ...counted("asking", QUESTIONS, 9),
];

function counted(phase: EvaluationPhase, total: number, steps: number): Step[] {
  return Array.from({ length: steps }, (_, i) => ({ phase, done: Math.round((total * i) / steps), total }));
}

export function evaluation(root: number, scenario: string): Evaluation {
  if (scenario === "hard") return hard(root);
  const sets = SETS[root] ?? NONE;
  if (scenario !== "words-only") return { root, model: "descry-code-22m", seconds: 134.2, sets };
  const words = (all: TierScore[]) => all.slice(0, 1).flatMap((it) => [it, { ...it, tier: "all" as const }]);
  return { root, model: null, seconds: 6.4, sets: sets.map((it) => ({ ...it, scores: words(it.scores) })) };
}

/** MRR, NDCG and the share of first results that are right, for words, instant, full and all. */
type Figures = [number, number, number];

function scores(words: Figures, instant: Figures, full: Figures, all: Figures): TierScore[] {
  const score = (tier: TierScore["tier"], [mrr, ndcg, first]: Figures) => ({ tier, mrr, ndcg, first });
  return [score("words", words), score("instant", instant), score("full", full), score("all", all)];
}

function missed(text: string, path: string, line: number | null, rank: number | null): MissedQuestion {
  return { text, path, line, rank };
}

const COURIER: QuestionSet[] = [
  {
    kind: "docComments",
    questions: 412,
    note: null,
    scores: scores([0.412, 0.468, 0.321], [0.553, 0.607, 0.442], [0.681, 0.731, 0.577], [0.714, 0.759, 0.607]),
    missed: [
      missed("Messages that nobody could handle.", "src/queue/dead_letter.rs", 9, 4),
      missed("How long to wait before the next try.", "src/transport/retry.rs", 63, 3),
      missed("Doubles with every try and never exceeds a minute.", "src/transport/retry.rs", 71, 2),
      missed("None once the deadline has passed.", "src/transport/retry.rs", 78, null),
      missed("Locks an account that is guessed at.", "src/auth/lockout.rs", 48, 2),
      missed("What the caller may rely on while the pool is being drained.", "src/transport/pool.rs", 112, null),
    ],
  },
  {
    kind: "commits",
    questions: 96,
    note: null,
    scores: scores([0.384, 0.361, 0.302], [0.409, 0.388, 0.313], [0.486, 0.457, 0.396], [0.521, 0.49, 0.396]),
    missed: [
      missed("Do not answer an outage with a storm of retries", "src/transport/retry.rs", null, 3),
      missed("Fix a typo", "src/queue/mod.rs", null, null),
      missed("Let the supervisor replace a worker after three failed heartbeats", "src/supervisor.rs", null, 7),
    ],
  },
];

const BILLING: QuestionSet[] = [
  {
    kind: "docComments",
    questions: 64,
    note: null,
    scores: scores([0.502, 0.541, 0.422], [0.498, 0.56, 0.391], [0.61, 0.662, 0.5], [0.607, 0.66, 0.5]),
    missed: [missed("Asks the bank again on the third and the seventh day, then tells the customer.", "src/dunning/collector.ts", 7, 2)],
  },
  {
    kind: "commits",
    questions: 7,
    note: null,
    scores: scores([0.571, 0.533, 0.429], [0.381, 0.402, 0.286], [0.5, 0.491, 0.429], [0.548, 0.52, 0.429]),
    missed: [missed("Collect on the seventh day too", "src/dunning/collector.ts", null, 2)],
  },
];

const NONE: QuestionSet[] = [
  { kind: "docComments", questions: 0, note: "No doc comment was found in the languages that are known.", scores: [], missed: [] },
  { kind: "commits", questions: 0, note: "The folder is not under Git.", scores: [], missed: [] },
];

const SETS: Record<number, QuestionSet[]> = { 1: COURIER, 2: BILLING, 3: NONE };

/** The first folder has everything too long, the second nothing, and the others cannot be measured. */
function hard(root: number): Evaluation {
  if (root > 2) throw new Failure("unreadable", "The folder cannot be read: permission denied.");
  const model = `${"a-model-with-a-very-long-name-".repeat(4)}v2`;
  if (root === 2) return { root, model, seconds: 0.2, sets: NONE.map((it) => ({ ...it, note: null })) };
  const path = `${"very/deep/folder/".repeat(6)}a_file_whose_name_is_as_long_as_a_sentence.generated.py`;
  const long = Array.from({ length: 25 }, (_, i) =>
    missed(i % 2 ? `${"x".repeat(160)}` : `שאלה ${i}: ${"a question that does not come to its end ".repeat(4)}`, path, i * 9_999 + 1, i % 3 ? null : 10),
  );
  const sets: QuestionSet[] = [
    { kind: "docComments", questions: 12_345, note: null, scores: scores([0, 0, 0], [1, 1, 1], [1, 1, 1], [0.999, 0.001, 1]), missed: long },
    { kind: "commits", questions: 1, note: null, scores: scores([0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]), missed: long.slice(0, 1) },
  ];
  return { root, model, seconds: 4_321, sets };
}
