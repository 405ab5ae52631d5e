import { wilsonInterval } from "../../stats/wilson-interval.ts";
import { firstShare, goodShare } from "../complement.ts";
import { type Judge, judgeOf } from "../judge.ts";
import { type Learnt, learn } from "../learnt.ts";
import type { Measurements } from "../measurements.ts";
import type { AnalysisPolicy, MetricPolicy } from "../metric-policy.ts";
import { stepsOf } from "../steps-of.ts";
import { targetText } from "../target-text.ts";
import { foldsOf } from "./folds.ts";
import { withEffect } from "./with-effect.ts";

/** What one judge made of the past rollouts, as they were and with each of policy's targets. */
export type JudgeFigures = {
  judge: "sequential" | "kayenta" | "rules";
  /** The rate of false alarms that was asked for; null where the judge takes none. */
  asked: number | null;
  policys_own: boolean;
  false_alarms: { alarms: number; of: number; lower: number; upper: number };
  /** Of the same rollouts: how many were promoted by their last window; null: fixed rules promote nothing. */
  promoted: number | null;
  targets: TargetFigures[];
};
export type TargetFigures = {
  metric: string;
  target: string;
  found: number;
  of: number;
  /** Over all of them; null where less than half were found. */
  median_minutes: number | null;
};

export type Target = { metric: string; text: string; times: number; ofFailures: boolean };

const folds = 5;

/** Policy's targets of the metrics that the history knows. */
export function targetsOf(history: readonly Measurements[], policy: AnalysisPolicy): Target[] {
  const seen = new Map<string, Target>();
  for (const { metrics } of history)
    for (const [name, series] of Object.entries(metrics)) {
      if (seen.has(name)) continue;
      const own = policy.metric(name, series.worse, series.kind);
      seen.set(name, { metric: name, ...targetOf(own, name, goodShare(series, firstShare(series))) });
    }
  return [...seen.values()];
}

function targetOf(own: MetricPolicy, name: string, good: number | undefined): Omit<Target, "metric"> {
  const { target, worse } = own;
  const text = targetText(own, name, good);
  if (target >= 1 && good !== undefined) return { text, times: 2, ofFailures: true };
  return { text, times: worse === "lower" ? Math.max(0.001, 1 - target) : 1 + target, ofFailures: false };
}

/**
 * False alarms, promotions and detections on the team's own rollouts for each rate of false alarms, each rollout judged
 * with what the others teach; then Kayenta's judge and policy's fixed rules on the same. Says how far it is before every step.
 */
export function* tradeOff(
  history: readonly Measurements[],
  policy: AnalysisPolicy,
  rates: readonly number[],
  rules?: Judge,
): Generator<string, JudgeFigures[]> {
  const targets = targetsOf(history, policy);
  const { kayenta = { pass: 95, marginal: 75 }, ...own } = policy;
  const wanted = [...new Set([...rates, own.falseAlarms])].sort((left, right) => left - right);
  const sums = wanted.map(() => emptySum(targets));
  const ofKayenta = emptySum(targets);
  const ofRules = emptySum(targets);
  const nothing: Learnt = { rollouts: 0, metrics: new Map() };
  for (const [number, { learnFrom, judged }] of foldsOf(history, folds).entries()) {
    yield `fold ${number + 1} of ${Math.min(folds, history.length)}: learning from ${learnFrom.length} rollouts`;
    const learnt = learn(learnFrom, own);
    for (const [index, falseAlarms] of wanted.entries()) {
      yield `fold ${number + 1} of ${Math.min(folds, history.length)}: judging ${judged.length} rollouts at ${100 * falseAlarms} %`;
      const sum = sums[index];
      if (sum) addTo(sum, judgeOf({ ...own, falseAlarms }, learnt), judged, targets, history);
    }
    addTo(ofKayenta, judgeOf({ ...own, kayenta }, nothing), judged, targets, history);
    if (rules) addTo(ofRules, rules, judged, targets, history);
  }
  return [
    ...wanted.map((rate, index) =>
      figuresOf(
        sums[index] ?? emptySum(targets),
        "sequential",
        rate,
        !policy.kayenta && rate === own.falseAlarms,
      ),
    ),
    figuresOf(ofKayenta, "kayenta", null, policy.kayenta !== undefined),
    ...(rules ? [figuresOf(ofRules, "rules", null, true)] : []),
  ];
}

type Sum = {
  alarms: number;
  promoted: number;
  of: number;
  targets: { target: Target; minutes: number[] }[];
};

function emptySum(targets: readonly Target[]): Sum {
  return { alarms: 0, promoted: 0, of: 0, targets: targets.map((target) => ({ target, minutes: [] })) };
}

function addTo(
  sum: Sum,
  judge: Judge,
  rollouts: readonly Measurements[],
  targets: readonly Target[],
  history: readonly Measurements[],
): void {
  for (const rollout of rollouts) {
    const context = { steps: stepsOf(rollout.weights) };
    const { verdict } = judge(rollout, context);
    sum.of += 1;
    if (verdict === "rollback") sum.alarms += 1;
    if (verdict === "promote") sum.promoted += 1;
    for (const [index, { metric, ...effect }] of targets.entries()) {
      if (!Object.hasOwn(rollout.metrics, metric)) continue;
      // The draw hangs on the rollout's place in the history and on nothing else.
      const seed = 1 + history.indexOf(rollout) * targets.length + index;
      const harmed = judge(withEffect(rollout, metric, effect, seed), context);
      const minutes = (harmed.atWindow * rollout.window_seconds) / 60;
      sum.targets[index]?.minutes.push(harmed.verdict === "rollback" ? minutes : Number.POSITIVE_INFINITY);
    }
  }
}

function figuresOf(
  { alarms, promoted, of, targets }: Sum,
  judge: JudgeFigures["judge"],
  asked: number | null,
  policysOwn: boolean,
): JudgeFigures {
  return {
    judge,
    asked,
    policys_own: policysOwn,
    false_alarms: { alarms, of, ...wilsonInterval(alarms, of, 1.959_963_985) },
    promoted: judge === "rules" ? null : promoted,
    targets: targets.map(({ target, minutes }) => {
      const sorted = [...minutes].sort((left, right) => left - right);
      const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.POSITIVE_INFINITY;
      return {
        metric: target.metric,
        target: target.text,
        found: sorted.filter(Number.isFinite).length,
        of: sorted.length,
        median_minutes: Number.isFinite(middle) ? middle : null,
      };
    }),
  };
}
