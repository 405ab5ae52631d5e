import type { Judge } from "../judge.ts";
import { learn } from "../learnt.ts";
import type { Measurements } from "../measurements.ts";
import type { AnalysisPolicy } from "../metric-policy.ts";
import { type MetricNoise, metricNoise } from "./metric-noise.ts";
import { type JudgeFigures, tradeOff } from "./trade-off.ts";
import { type Unlike, unlikeOthers } from "./unlike.ts";

/** What a policy would have done with the team's own past rollouts, and what noise they teach. */
export type Tuning = {
  schema_version: 1;
  window_seconds: number;
  /** Those that were taken back teach and are not judged; those that were cut short count with what there is of them. */
  rollouts: { total: number; completed: number; rolled_back: string[]; cut_short: string[] };
  promised: number;
  judges: JudgeFigures[];
  noise: MetricNoise[];
  unlike: Unlike[];
};

/** Says what it is at before every long step. */
export function* tuningOf(
  history: readonly Measurements[],
  policy: AnalysisPolicy,
  rates: readonly number[],
  rules?: Judge,
): Generator<string, Tuning> {
  const idsOf = (outcome: Measurements["outcome"]): string[] =>
    history.filter((rollout) => rollout.outcome === outcome).map(({ id }) => id);
  const judges = yield* tradeOff(history, policy, rates, rules);
  yield "describing the noise";
  const learnt = learn(history, policy);
  const known = [...learnt.metrics].map(([name, metric]) => ({ name, metric }));
  const rolledBack = idsOf("rolled-back");
  const cutShort = idsOf("cut-short");
  return {
    schema_version: 1,
    window_seconds: history[0]?.window_seconds ?? policy.windowSeconds,
    rollouts: {
      total: history.length,
      completed: history.length - rolledBack.length - cutShort.length,
      rolled_back: rolledBack,
      cut_short: cutShort,
    },
    promised: policy.falseAlarms,
    judges,
    noise: known.map(({ name, metric }) => metricNoise(name, metric, history, policy)),
    unlike: known.flatMap(({ name, metric }) => unlikeOthers(name, metric, history, policy)),
  };
}
