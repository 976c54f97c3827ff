// Why a hit is in the list, as chips and as sentences.
import type { Hit, Signal, SignalKind } from "../ipc/backend";
import { m } from "../messages/messages";
import { grouped } from "../shared/format";

export type Chip = { text: string; tone: "meaning" | "words" | "defines" | "plain" | "warn" };
type Reason = Chip & { explains: string; shown: boolean };

const MOST_SIGNALS = 2;
/** These say little of the hit itself: no chip, only part of the explanation. */
const FAINT: ReadonlySet<SignalKind> = new Set(["sameFile", "covers", "recent"]);

/** What stands beside the hit: the reasons that tell most. */
export function chips(hit: Hit): Chip[] {
  return reasons(hit).filter((reason) => reason.shown);
}

/** Every reason, a sentence each. */
export function explanation(hit: Hit): string[] {
  return reasons(hit).map((reason) => reason.explains);
}

function reasons({ why, stale }: Hit): Reason[] {
  const reasons: Reason[] = [];
  if (why.meaning !== null) {
    const explains = m.why.meaningExplains(why.meaning, why.instant);
    reasons.push({ text: m.why.meaning(why.meaning, why.instant), tone: "meaning", explains, shown: true });
  }
  if (why.words !== null) {
    const explains = m.why.wordsExplains(why.words, why.matched);
    reasons.push({ text: m.why.words(why.words), tone: "words", explains, shown: true });
  }
  const signals = merged(why.signals).sort((a, b) => weight(b.factor) - weight(a.factor));
  const telling = signals.filter((signal) => !FAINT.has(signal.kind)).slice(0, MOST_SIGNALS);
  for (const signal of signals) {
    const { name, explains: because } = m.why.signals[signal.kind];
    const tone = signal.kind === "defines" ? "defines" : "plain";
    const explains = (signal.factor >= 1 ? m.why.raised : m.why.lowered)(factor(signal.factor), because);
    reasons.push({ text: name, tone, explains, shown: telling.includes(signal) });
  }
  if (stale) reasons.push({ text: m.why.stale, tone: "warn", explains: m.why.staleExplains, shown: true });
  return reasons;
}

/** One signal may act more than once. */
function merged(signals: readonly Signal[]): Signal[] {
  const byKind = new Map<SignalKind, Signal>();
  for (const { kind, factor } of signals) {
    byKind.set(kind, { kind, factor: factor * (byKind.get(kind)?.factor ?? 1) });
  }
  return [...byKind.values()];
}

function weight(factor: number): number {
  return factor > 0 ? Math.abs(Math.log(factor)) : Infinity;
}

function factor(it: number): string {
  return `× ${grouped(Math.round(it * 100) / 100)}`;
}
