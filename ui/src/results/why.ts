// Why a hit is in the list, as chips and as a sentence.
import type { Hit } from "../ipc/backend";

export type Chip = { text: string; tone: "meaning" | "words" | "defines" | "plain" | "warn"; explains: string };

const MOST_SIGNALS = 2;

export function chips({ why, stale }: Hit): Chip[] {
  const chips: Chip[] = [];
  if (why.meaning !== null) {
    const draft = why.draft ? " It was read quickly so far; the full reading may move it." : "";
    const explains = `Number ${why.meaning} of the list by meaning.${draft}`;
    chips.push({ text: `meaning ${why.meaning}${why.draft ? " ~" : ""}`, tone: "meaning", explains });
  }
  if (why.words !== null) {
    const matched = why.matched.length > 0 ? ` Found: ${why.matched.join(", ")}.` : "";
    chips.push({ text: `words ${why.words}`, tone: "words", explains: `Number ${why.words} of the list by words.${matched}` });
  }
  for (const signal of [...why.signals].sort((a, b) => weight(b.factor) - weight(a.factor)).slice(0, MOST_SIGNALS)) {
    const effect = signal.factor >= 1 ? "raised" : "lowered";
    const tone = signal.name === "defines" ? "defines" : "plain";
    const explains = `${effect === "raised" ? "Raised" : "Lowered"} by ${factor(signal.factor)}: ${signal.label}.`;
    chips.push({ text: signal.name, tone, explains });
  }
  if (stale) chips.push({ text: "changed", tone: "warn", explains: "The file changed since; the index is catching up." });
  return chips;
}

function weight(factor: number): number {
  return factor > 0 ? Math.abs(Math.log(factor)) : Infinity;
}

function factor(it: number): string {
  return `× ${it.toLocaleString("en", { maximumFractionDigits: 2 })}`;
}
