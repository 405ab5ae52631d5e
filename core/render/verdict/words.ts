import type {
  GuardrailAnswer,
  MetricState,
  MetricVerdict,
  MetricWindow,
  Verdict,
  VerdictWord,
} from "../../analysis/verdict.ts";
import { bar } from "../bars.ts";
import { type Effect, figureText, type Interval, intervalText, valueText } from "./units.ts";

/** The plain words for parts of a verdict, before they are escaped for any medium. */

export const verdictNames: Record<VerdictWord, string> = {
  promote: "Promote",
  slow: "Slow down",
  hold: "Hold",
  rollback: "Roll back",
};

export const verdictMarks: Record<VerdictWord, string> = {
  promote: "🟢",
  slow: "🟡",
  hold: "🟡",
  rollback: "🔴",
};

export const stateNames: Record<MetricState, string> = {
  healthy: "healthy",
  unsure: "unsure",
  marginal: "marginal",
  worse: "worse",
  unknown: "not known",
};

export const noiseNames: Record<MetricVerdict["noise"], string> = {
  learnt: "noise learnt",
  default: "noise by default",
  none: "judged without noise",
};

/** A circle only where the metric says something. */
export const stateMarks: Record<MetricState, string> = {
  healthy: "🟢 ",
  unsure: "",
  marginal: "🟡 ",
  worse: "🔴 ",
  unknown: "",
};

export const leftOutNames: Record<NonNullable<MetricWindow["left_out"]>, string> = {
  "warm-up": "warm-up",
  missing: "missing",
  impossible: "impossible",
};

/** One row of the table of metrics. */
export type MetricRow = {
  metric: MetricVerdict;
  candidate: string;
  baseline: string;
  effect: string;
  evidence: { bar: string; figure: string };
  state: string;
  strong: boolean;
};

export function metricRows(verdict: Verdict, most: number): MetricRow[] {
  return verdict.metrics.slice(0, most).map((metric) => ({
    metric,
    candidate: valueText(metric.candidate, metric.unit),
    baseline: valueText(metric.baseline, metric.unit),
    effect: metric.effect === null ? "not known" : intervalText(metric.effect, metric.unit),
    evidence: evidenceWords(metric),
    state: `${stateNames[metric.state]}${metric.critical ? ", critical" : ""}`,
    strong: metric.state === "worse",
  }));
}

function evidenceWords({ evidence: { value, boundary } }: MetricVerdict): MetricRow["evidence"] {
  if (value === null) return { bar: bar(0, 1), figure: "no data" };
  // At or below zero the data are likelier without harm: there is no evidence of it, and no size of that.
  if (value <= 0) return { bar: bar(0, 1), figure: "none" };
  return {
    bar: bar(value, Math.max(boundary, 0)),
    figure: `${figureText(value)} of ${figureText(boundary)}`,
  };
}

/** The unit of a metric's shifts, also where no effect of all windows is known. */
export function effectUnitOf(metric: MetricVerdict): Effect["unit"] {
  return metric.effect?.unit ?? (metric.unit === "share" ? "points" : "percent");
}

/** The shift after one window; undefined where it is not known. */
export function windowInterval(metric: MetricVerdict, window: MetricWindow): Interval | undefined {
  const { effect: estimate, lower, upper } = window;
  if (estimate === null || lower === null || upper === null) return undefined;
  return { unit: effectUnitOf(metric), estimate, lower, upper };
}

/** "0.8 % vs 0.7 %", the candidate first; "no data" where both are missing. */
export function pairText(metric: Pick<MetricVerdict, "candidate" | "baseline" | "unit">): string {
  const { candidate, baseline, unit } = metric;
  if (candidate === null && baseline === null) return "no data";
  return `${valueText(candidate, unit)} vs ${valueText(baseline, unit)}`;
}

/** A rule that holds in the baseline as well says nothing of the candidate, and is told last. */
export function guardrailsThat(verdict: Verdict, truth: GuardrailAnswer["truth"]): GuardrailAnswer[] {
  // A rule that nothing measures stands in the warnings.
  const found = verdict.guardrails.filter(
    (guardrail) => guardrail.truth === truth && guardrail.unmeasured !== true,
  );
  return [
    ...found.filter((guardrail) => guardrail.baseline_too !== true),
    ...found.filter((guardrail) => guardrail.baseline_too === true),
  ];
}
