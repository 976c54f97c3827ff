// Why a hit is in the list, as chips and as sentences.
import type { Hit, Signal } from "../ipc/backend";

export type Chip = { text: string; tone: "meaning" | "words" | "defines" | "plain" | "warn" };
type Reason = Chip & { explains: string; shown: boolean };

const MOST_SIGNALS = 2;
/** These say little of the hit itself: no chip, only part of the explanation. */
const FAINT = new Set(["same file", "covers", "recent"]);

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
    const early = why.instant ? " Ranked by quick meaning so far; the full index may move it." : "";
    const explains = `Ranked ${why.meaning} by meaning.${early}`;
    reasons.push({ text: `meaning ${why.meaning}${why.instant ? " ~" : ""}`, tone: "meaning", explains, shown: true });
  }
  if (why.words !== null) {
    const matched = why.matched.length > 0 ? ` Found: ${why.matched.join(", ")}.` : "";
    const explains = `Ranked ${why.words} by words.${matched}`;
    reasons.push({ text: `words ${why.words}`, tone: "words", explains, shown: true });
  }
  const signals = merged(why.signals).sort((a, b) => weight(b.factor) - weight(a.factor));
  const telling = signals.filter((signal) => !FAINT.has(signal.name)).slice(0, MOST_SIGNALS);
  for (const signal of signals) {
    const tone = signal.name === "defines" ? "defines" : "plain";
    const explains = `${signal.factor >= 1 ? "Raised" : "Lowered"} by ${factor(signal.factor)}: ${signal.label}.`;
    reasons.push({ text: signal.name, tone, explains, shown: telling.includes(signal) });
  }
  if (stale) {
    const explains = "The file has changed; the index is catching up.";
    reasons.push({ text: "changed", tone: "warn", explains, shown: true });
  }
  return reasons;
}

/** One signal may act more than once. */
function merged(signals: readonly Signal[]): Signal[] {
  const byName = new Map<string, Signal>();
  for (const signal of signals) {
    const factor = signal.factor * (byName.get(signal.name)?.factor ?? 1);
    byName.set(signal.name, { ...signal, factor });
  }
  return [...byName.values()];
}

function weight(factor: number): number {
  return factor > 0 ? Math.abs(Math.log(factor)) : Infinity;
}

function factor(it: number): string {
  return `× ${it.toLocaleString("en", { maximumFractionDigits: 2 })}`;
}
