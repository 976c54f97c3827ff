// The figures of a set of questions as the table shows them.
import type { EvaluatedTier, TierScore } from "../ipc/backend";
import { fixed } from "../shared/format";

export type Figure = { text: string; share: number; best: boolean };
export type ScoreRow = { tier: EvaluatedTier; figures: Figure[] };
type Column = { key: "mrr" | "ndcg" | "first"; show: (share: number) => string };

const ORDER: readonly EvaluatedTier[] = ["words", "instant", "full", "all"];
/** Only what is all is told as all. */
const hundredths = (share: number) => (share < 1 ? Math.min(Math.round(share * 100), 99) : 100);
const decimal = (share: number) => fixed(hundredths(share) / 100, 2);

export const COLUMNS: readonly Column[] = [
  { key: "mrr", show: decimal },
  { key: "ndcg", show: decimal },
  { key: "first", show: (share) => `${hundredths(share)} %` },
];

/** A row for each way to search that was measured. Of each column the best is marked, as far as the shown figures tell. */
export function scoreRows(scores: readonly TierScore[]): ScoreRow[] {
  const sorted = [...scores].sort((a, b) => ORDER.indexOf(a.tier) - ORDER.indexOf(b.tier));
  const columns = COLUMNS.map(({ key, show }) => {
    const texts = sorted.map((score) => show(score[key]));
    const best = show(Math.max(...sorted.map((score) => score[key])));
    const differ = texts.some((text) => text !== best);
    return texts.map((text) => ({ text, best: differ && text === best }));
  });
  return sorted.map((score, row) => ({
    tier: score.tier,
    figures: COLUMNS.map(({ key }, column) => ({
      text: columns[column]?.[row]?.text ?? "",
      share: Math.min(Math.max(score[key], 0), 1),
      best: columns[column]?.[row]?.best ?? false,
    })),
  }));
}
