import { optional } from "../../optional.ts";
import type { Context } from "../analyzer.ts";
import type { WindowRules } from "../conclude.ts";
import { isPair, pairAt, windowsOf } from "../difference.ts";
import type { Measurements, MetricSeries } from "../measurements.ts";
import type { AnalysisPolicy } from "../metric-policy.ts";
import { atStart } from "../rules/hysteresis.ts";
import type { Demand } from "../rules/strictest.ts";
import { goesOn } from "../step-asks.ts";
import type { Conclusion } from "../verdict-frame.ts";
import { warmUpOf } from "../warm-up.ts";
import { type KayentaJudgement, type KayentaMetric, kayentaJudgement } from "./judgement.ts";
import { kayentaOf } from "./of-measurements.ts";

export type KayentaScores = NonNullable<AnalysisPolicy["kayenta"]>;

/** A metric as it was looked at. */
export type KayentaSeen = KayentaMetric & {
  series: MetricSeries;
  leftOut: ReadonlySet<number>;
  /** Windows so far that both arms have. */
  counted: number[];
};

export type KayentaJudged = Conclusion & {
  seen: KayentaSeen[];
  /** The judgement after each window, from 0; none before there are enough windows to rank. */
  looks: ReadonlyMap<number, KayentaJudgement>;
};

type Answer = Pick<Conclusion, "verdict" | "reason" | "sentence" | "missing">;

/** Of fewer values a test of ranks has nothing to say. */
export const fewestValues = 4;

/**
 * Kayenta's judge in the place of ours, looked at as Spinnaker's canary stage does: after every window on all windows so
 * far. Below the marginal score the candidate is taken back at once; it is promoted after the last window alone, where
 * the score passes and every metric that policy wants has enough windows of both arms. Rules of the rollout hold as ever.
 */
export function judgeAsKayenta(
  measurements: Measurements,
  policy: AnalysisPolicy,
  scores: KayentaScores,
  { windowsPlanned, steps = [], rules, step }: Context = {},
): KayentaJudged {
  const leftOut = warmUpOf(steps, policy, measurements.window_seconds);
  const given = kayentaOf(measurements, policy);
  const seen = given.metrics.map((metric) => seenOf(metric, measurements, leftOut));
  const measured = Math.max(0, ...seen.map(({ counted }) => counted.length));
  const planned = Math.max(windowsPlanned ?? measured, measured, 1);
  const looks = new Map<number, KayentaJudgement>();
  let said: ReturnType<WindowRules> = { answers: [], warnings: [] };
  let inARow = 0;
  const finish = (window: number, answer: Answer): KayentaJudged => ({
    ...answer,
    atWindow: Math.max(1, window + 1),
    windowsPlanned: planned,
    healthyInARow: inARow,
    guardrails: said.answers,
    warnings: said.warnings,
    ...optional("demand", said.demand),
    seen,
    looks,
  });
  for (let window = 0; window < measured; window++) {
    said = rules?.(window) ?? said;
    if (said.demand?.action === "rollback") return finish(window, demanded(said.demand));
    if (window + 1 < Math.max(fewestValues, policy.healthyWindows)) continue;
    const asked = seen.filter((metric) => !isIgnored(metric, window, policy));
    const judgement = kayentaJudgement(
      asked.map(({ name, control, experiment }) => ({
        name,
        control: control.slice(0, window + 1),
        experiment: experiment.slice(0, window + 1),
      })),
      { thresholds: scores, ...given.policy },
    );
    looks.set(window, judgement);
    inARow = judgement.classification === "Pass" && judgement.verdict !== "hold" ? inARow + 1 : 0;
    if (judgement.verdict === "rollback")
      return finish(window, {
        verdict: "rollback",
        reason: judgement.reasonCode,
        sentence: judgement.reason,
        missing: [],
      });
  }
  const last = measured - 1;
  // Where nothing can be compared, no score says anything.
  const { demand } = said;
  const on = step && goesOn(step, last, { standing: atStart, states: [], tracks: [], demand });
  if (on !== undefined) return finish(last, { verdict: "promote", missing: [], ...on });
  const answer = unsettled(seen, looks.get(last), last, planned, policy, said.demand);
  if (last + 1 < planned || answer.verdict !== "hold" || policy.atDeadline === "hold")
    return finish(last, answer);
  const sentence = `No window is left, and policy then says ${policy.atDeadline}: ${answer.sentence}`;
  return finish(last, { ...answer, verdict: policy.atDeadline, reason: "deadline", sentence });
}

function seenOf(metric: KayentaMetric, measurements: Measurements, leftOut: Set<number>): KayentaSeen {
  const series = measurements.metrics[metric.name] ?? nothing;
  const without = (values: KayentaMetric["control"]) =>
    values.map((value, window) => (leftOut.has(window) ? null : value));
  let both = 0;
  const counted = Array.from({ length: windowsOf(series) }, (_, window) => {
    if (!leftOut.has(window) && isPair(pairAt(series, window, { scale: "linear" }, 1))) both += 1;
    return both;
  });
  const { name, control, experiment } = metric;
  return { name, control: without(control), experiment: without(experiment), series, leftOut, counted };
}

const nothing: MetricSeries = { kind: "gauge", worse: "either", baseline: [], candidate: [] };

function countedBy({ counted }: KayentaSeen, window: number): number {
  return counted[Math.min(window, counted.length - 1)] ?? 0;
}

function isIgnored(metric: KayentaSeen, window: number, policy: AnalysisPolicy): boolean {
  const { worse, kind } = metric.series;
  return countedBy(metric, window) === 0 && policy.metric(metric.name, worse, kind).noData === "ignore";
}

function demanded({ action, reason_code, sentence }: Demand): Answer {
  return { verdict: action, reason: reason_code, sentence, missing: [] };
}

function unsettled(
  seen: readonly KayentaSeen[],
  look: KayentaJudgement | undefined,
  window: number,
  planned: number,
  policy: AnalysisPolicy,
  demand: Demand | undefined,
): Answer {
  const thin = seen.filter(
    (metric) =>
      !isIgnored(metric, window, policy) &&
      countedBy(metric, window) < Math.max(fewestValues, policy.healthyWindows),
  );
  const needed = Math.max(fewestValues, policy.healthyWindows);
  const missing = thin.map(
    (metric) =>
      `${metric.name} was measured on both arms in ${countedBy(metric, window)} of at least ${needed} windows.`,
  );
  const hold = (reason: Conclusion["reason"], sentence: string): Answer => ({
    verdict: "hold",
    reason,
    sentence,
    missing,
  });
  if (demand) return { ...demanded(demand), missing };
  if (look === undefined || look.verdict === "hold" || seen.length === thin.length) {
    const blind = thin.every((metric) => countedBy(metric, window) === 0);
    const said =
      look?.verdict === "hold" ? `Kayenta's judge cannot tell: ${look.reason}.` : missing.join(" ");
    return hold(
      look === undefined && !blind ? "not-enough-data" : "no-data",
      said || "No metric was measured.",
    );
  }
  if (thin.length > 0) return hold("not-enough-data", missing.join(" "));
  const said = `Kayenta's judge: ${look.reason}.`;
  if (look.verdict === "promote" && window + 1 < planned)
    return hold("too-few-healthy-windows", `${said} It promotes after window ${planned} alone.`);
  return { verdict: look.verdict, reason: look.reasonCode, sentence: said, missing };
}
