import type { ChangeFacts } from "../change/facts.ts";
import type { RiskWeights } from "../policy/schema.ts";
import { scoreFacts, shownScore } from "../risk/score.ts";
import type { Placed } from "./bands.ts";

/** What is compared: each arm gives every tested change a score. */
export const armNames = ["new", "old", "heuristic", "lines-added"] as const;
export type ArmName = (typeof armNames)[number];

export type Arm = {
  name: ArmName;
  scores: Float64Array;
  /** Null: its scores are no probabilities. */
  probabilities: Float64Array | null;
  /** Null: nothing follows from its scores. */
  placed: Placed | null;
  /** What a reader short of time begins with comes first. */
  worth: Float64Array;
};

/** Risk for each line that has to be read; a line more than there are, so that none costs nothing. */
export function worthByLine(risks: Float64Array, effort: ArrayLike<number>): Float64Array {
  return risks.map((risk, row) => risk / (1 + (effort[row] ?? 0)));
}

/** Points as the policy's own weights give them for what the diff alone tells, as they are shown. */
export function heuristicPoints(
  facts: readonly Readonly<Record<string, number>>[],
  weights: RiskWeights,
): Float64Array {
  return Float64Array.from(facts, (one) => shownScore(scoreFacts(diffFacts(one), weights).score));
}

function diffFacts({
  la,
  ld,
  nf,
  nd,
  entropy,
  churn,
  heuristic,
}: Readonly<Record<string, number>>): ChangeFacts {
  const known = { additions: la, deletions: ld, files: nf, directories: nd };
  const isOurs = heuristic !== undefined;
  // Tables of research give entropy in bits; ours, told by its points, is a share of the most that so many files can have.
  const most = isOurs ? 1 : Math.log2(Math.max(2, nf ?? 2));
  const spread = entropy === undefined ? {} : { entropy: Math.min(1, entropy / most) };
  return { schema_version: 1, diff: { ...known, ...spread, ...(isOurs ? { churn } : {}) } };
}
