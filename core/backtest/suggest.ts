import { shownScore } from "../risk/score.ts";
import { blockResamples } from "../stats/block-resamples.ts";
import { wilsonInterval } from "../stats/wilson-interval.ts";
import type { Arm } from "./arms.ts";
import type { BandRule } from "./bands.ts";
import { type Figure, figureOf } from "./intervals.ts";

/** What share of the changes may ask for this much care, or more, at most. */
export type Burden = { canary: number; "blue-green": number; approval: number };
export const usualBurden: Burden = { canary: 0.2, "blue-green": 0.05, approval: 0.02 };

export type Suggestion = {
  /** Null: the whole repository. */
  service: string | null;
  changes: number;
  failures: number;
  scales: SuggestedScale[];
};
export type SuggestedScale = { scale: BandRule["scale"]; least_probability: number; steps: SuggestedStep[] };
export type SuggestedStep = {
  what: keyof Burden;
  /** From above this score on, or from it on for an approval; null: too many changes have the highest score. */
  from: number | null;
  asked: number;
  share: Figure | null;
  recall: Figure | null;
  /** Where the older half alone chose: what share of the newer half it asked for. */
  newer_half: number | null;
};

/** One way of scoring: its scale, its scores of the tested changes, and who is below the least probability. */
export type Scored = {
  scale: BandRule["scale"];
  scores: Float64Array;
  probabilities: Float64Array | null;
};

const leastChanges = 200;
const leastFailures = 10;
const draws = 200;

export function suggestionsOf(
  scored: readonly Scored[],
  labels: Uint8Array,
  services: readonly (readonly string[])[],
  burden: Burden,
  leastProbability: number,
): Suggestion[] {
  const names = [...new Set(services.flat())].sort();
  const all = Array.from(labels.keys());
  const scopes = [null, ...names].map((service) => ({
    service,
    rows: service === null ? all : all.filter((row) => services[row]?.includes(service)),
  }));
  return scopes.flatMap(({ service, rows }) => {
    const own = Uint8Array.from(rows, (row) => labels[row] ?? 0);
    const failures = own.reduce((sum, label) => sum + label, 0);
    if (service !== null && (rows.length < leastChanges || failures < leastFailures)) return [];
    const scales = scored.map((one) => {
      const picked = { ...one, scores: Float64Array.from(rows, (row) => one.scores[row] ?? 0) };
      const probabilities =
        one.probabilities && Float64Array.from(rows, (row) => one.probabilities?.[row] ?? 0);
      return suggestedScale({ ...picked, probabilities }, own, burden, leastProbability);
    });
    return [{ service, changes: rows.length, failures, scales }];
  });
}

function suggestedScale(
  one: Scored,
  labels: Uint8Array,
  burden: Burden,
  leastProbability: number,
): SuggestedScale {
  const half = labels.length >> 1;
  const steps = (["canary", "blue-green", "approval"] as const).map((what): SuggestedStep => {
    const eligible = one.scores.map((score, row) => {
      const isLikely = 100 * (one.probabilities?.[row] ?? 1) >= leastProbability;
      return what === "approval" && !isLikely ? Number.NEGATIVE_INFINITY : score;
    });
    const isOver =
      (from: number) =>
      (score: number): boolean =>
        what === "approval" ? score >= from : score > from;
    const from = thresholdFor(eligible, burden[what], isOver);
    const earlier = thresholdFor(eligible.subarray(0, half), burden[what], isOver);
    const over = eligible.map((score) => (from !== null && isOver(from)(score) ? 1 : 0));
    const later = eligible.subarray(half);
    return {
      ...{ what, from, asked: burden[what] },
      ...sharesOf(over, labels),
      newer_half: earlier === null ? null : later.filter(isOver(earlier)).length / later.length,
    };
  });
  return { scale: one.scale, least_probability: one.probabilities === null ? 0 : leastProbability, steps };
}

/** The lowest threshold that asks for no more than allowed; null: even the highest score does. */
function thresholdFor(
  scores: Float64Array,
  allowed: number,
  isOver: (from: number) => (score: number) => boolean,
): number | null {
  for (let from = 0; from <= 100; from += 1)
    if (scores.filter(isOver(from)).length <= allowed * scores.length) return from;
  return null;
}

function sharesOf(over: Float64Array, labels: Uint8Array): { share: Figure | null; recall: Figure | null } {
  const measured = (counts?: ArrayLike<number>) => {
    let [all, asked, failures, found] = [0, 0, 0, 0];
    for (let row = 0; row < labels.length; row += 1) {
      const count = counts?.[row] ?? 1;
      all += count;
      asked += count * (over[row] ?? 0);
      failures += count * (labels[row] ?? 0);
      found += count * (over[row] ?? 0) * (labels[row] ?? 0);
    }
    return { share: asked / all, recall: found / failures };
  };
  const found = (share: number, all: number, drawn: number[]): Figure | null => {
    // Draws of nothing are nothing every time, and of all are all: that is no certainty.
    if (share > 0 && share < 1) return figureOf(share, drawn) ?? null;
    const { lower, upper } = wilsonInterval(share * all, all, 1.959964);
    return Number.isNaN(share) ? null : { value: share, low: lower, high: upper };
  };
  const drawn = Array.from(blockResamples(labels.length, draws, 2), measured);
  const { share, recall } = measured();
  const failures = labels.reduce((sum, label) => sum + label, 0);
  return {
    share: found(
      share,
      labels.length,
      drawn.map((one) => one.share),
    ),
    recall: found(
      recall,
      failures,
      drawn.map((one) => one.recall),
    ),
  };
}

/** Rank and probability for the model, points for the weights: whole ones, as decisions compare them. */
export function scoredBy({ probabilities }: Arm, ranks: Float64Array, heuristic: Arm | undefined): Scored[] {
  const percents = probabilities?.map((one) => shownScore(100 * one)) ?? new Float64Array(ranks.length);
  return [
    { scale: "rank", scores: ranks.map(shownScore), probabilities },
    { scale: "probability", scores: percents, probabilities },
    ...(heuristic ? [{ scale: "points" as const, scores: heuristic.scores, probabilities: null }] : []),
  ];
}
