import { describe, expect, it } from "vitest";
import type { EvaluatedTier, TierScore } from "../ipc/backend";
import { scoreRows } from "./scores";

const score = (tier: EvaluatedTier, mrr: number, ndcg = mrr, first = mrr): TierScore => ({ tier, mrr, ndcg, first });

/** Rows as "tier: figures", the best with a star. */
function check(scores: TierScore[], expected: string[]) {
  const told = scoreRows(scores).map(({ tier, figures }) => {
    return `${tier}: ${figures.map(({ text, best }) => text + (best ? "*" : "")).join(", ")}`;
  });
  expect(told).toEqual(expected);
}

describe("the rows of figures", () => {
  it("stand in one order, and mark the best of each column", () => {
    check(
      [score("all", 0.71, 0.7, 0.6), score("words", 0.4, 0.8, 0.3), score("instant", 0.5), score("full", 0.7)],
      ["words: 0.40, 0.80*, 30 %", "instant: 0.50, 0.50, 50 %", "full: 0.70, 0.70, 70 %*", "all: 0.71*, 0.70, 60 %"],
    );
  });

  it("claim no more than is so", () => {
    check([score("words", 0.999), score("all", 1)], ["words: 0.99, 0.99, 99 %", "all: 1.00*, 1.00*, 100 %*"]);
  });

  it("are fewer without a model", () => check([score("words", 0.4)], ["words: 0.40, 0.40, 40 %"]));

  it("mark as best what reads as the best, and nothing where all read alike", () => {
    check(
      [score("words", 0.4, 0.5, 0), score("full", 0.701, 0.5, 0), score("all", 0.703, 0.5, 0)],
      ["words: 0.40, 0.50, 0 %", "full: 0.70*, 0.50, 0 %", "all: 0.70*, 0.50, 0 %"],
    );
  });
});
