import type { StrategyKind } from "../policy/schema.ts";
import { shownScore } from "../risk/score.ts";

/** What follows from a score: how careful the rollout is, and from when on a person is asked. */
export type BandRule = {
  scale: "points" | "rank" | "probability";
  /** Rising, the last one up to 100. */
  bands: readonly { upTo: number; kind: StrategyKind }[];
  approvalFrom: number;
  /** Percent; below it nobody is asked, whatever the score. Counts where probabilities are known. */
  leastProbability: number;
};

export const ways = ["rolling", "canary", "blue-green"] as const;
export type Way = (typeof ways)[number];

/** Devices in cohorts are as safe as a second stack. */
const wayOf: Record<StrategyKind, number> = { rolling: 0, canary: 1, "blue-green": 2, cohorts: 2 };

export type Placed = { way: Uint8Array; asks: Uint8Array };

/** The way of each score, as its place in `ways`, and whether somebody is asked: by the score that is shown, as decisions are. */
export function placed(
  scores: ArrayLike<number>,
  probabilities: ArrayLike<number> | null,
  { bands, approvalFrom, leastProbability }: BandRule,
): Placed {
  const strictest = bands.at(-1)?.kind ?? "blue-green";
  const shown = Float64Array.from(scores, shownScore);
  return {
    way: Uint8Array.from(shown, (score) => wayOf[bands.find(({ upTo }) => score <= upTo)?.kind ?? strictest]),
    asks: Uint8Array.from(shown, (score, row) =>
      Number(score >= approvalFrom && 100 * (probabilities?.[row] ?? 1) >= leastProbability),
    ),
  };
}
