import { optional } from "../../optional.ts";
import { isPair, pairAt, shownOf } from "../difference.ts";
import type { Measurements } from "../measurements.ts";
import type { AnalysisPolicy, MetricPolicy } from "../metric-policy.ts";
import type { MetricState, MetricVerdict, MetricWindow, Verdict } from "../verdict.ts";
import { framed, type Occasion } from "../verdict-frame.ts";
import { tolerance } from "./classify.ts";
import type { KayentaJudged, KayentaScores, KayentaSeen } from "./judge.ts";
import type { KayentaMetricResult } from "./judgement.ts";

/**
 * The document verdict.json of Kayenta's judge. It has no evidence that adds up: what stands in its place is how far the
 * interval of the shift stays from no change, as a part of the shift, and the boundary is the quarter that Kayenta asks.
 */
export function kayentaDocument(
  judged: KayentaJudged,
  measurements: Measurements,
  policy: AnalysisPolicy,
  scores: KayentaScores,
  occasion: Occasion,
): Verdict {
  const score = [...judged.looks.values()].at(-1)?.score ?? null;
  const metrics = judged.seen
    .map((seen) => metricDocument(seen, judged, policy))
    .sort(
      (left, right) => rank[left.state] - rank[right.state] || Number(right.critical) - Number(left.critical),
    );
  return framed(judged, measurements, policy, occasion, {
    false_alarms: { rate: null, noise: "none", past_rollouts: 0 },
    kayenta: { score, pass: scores.pass, marginal: scores.marginal },
    metrics,
  });
}

const rank: Record<MetricState, number> = { worse: 0, marginal: 1, unknown: 2, unsure: 3, healthy: 4 };

function metricDocument(
  seen: KayentaSeen,
  { looks, atWindow }: KayentaJudged,
  policy: AnalysisPolicy,
): MetricVerdict {
  const { name, series } = seen;
  const own = policy.metric(name, series.worse, series.kind);
  const results = Array.from({ length: atWindow }, (_, window) =>
    looks.get(window)?.metrics.find((metric) => metric.name === name),
  );
  const last = results.findLast((result) => result !== undefined);
  const crossed = results.findIndex((result) => result !== undefined && isChange(result));
  const near = results.flatMap((result) => (result ? (nearness(result, series.worse) ?? []) : []));
  const state = stateOf(last);
  return {
    name,
    group: own.group,
    kind: series.kind,
    worse: series.worse,
    critical: own.critical,
    weight: own.weight,
    unit: own.unit,
    state,
    sentence: last?.reason ? `Kayenta says ${last.classification}: ${last.reason}.` : sayings[state],
    baseline: meanOf(seen.control, atWindow),
    candidate: meanOf(seen.experiment, atWindow),
    effect: effectOf(last, seen, own, atWindow),
    evidence: {
      value: near.length > 0 ? Math.max(...near) : null,
      boundary: tolerance,
      crossed_at: crossed < 0 ? null : crossed + 1,
    },
    flips: flips[state],
    noise: "none",
    windows: results.map((result, window) => windowDocument(seen, own, window, result)),
  };
}

const sayings: Record<MetricState, string> = {
  healthy: "Kayenta says Pass: no change that its test would see.",
  worse: "Kayenta says that it changed.",
  marginal: "",
  unsure: "Too few windows for Kayenta's test so far.",
  unknown: "Nothing was measured of both arms.",
};

const flips: Record<MetricState, string> = {
  healthy: "An interval of the shift that stays beyond a quarter of it, on the side that is worse.",
  worse: "An interval of the shift that comes within a quarter of it, or reaches no change.",
  marginal: "",
  unsure: "More windows.",
  unknown: "Windows measured on both arms.",
};

function stateOf(result: KayentaMetricResult | undefined): MetricState {
  if (result === undefined) return "unsure";
  if (!result.measured) return "unknown";
  return isChange(result) ? "worse" : "healthy";
}

const isChange = ({ classification }: KayentaMetricResult): boolean =>
  classification === "High" || classification === "Low";

/** How far the interval stays from zero on the side that is worse, as a part of the shift; below 0 it holds zero. */
function nearness({ shift }: KayentaMetricResult, worse: MetricVerdict["worse"]): number | undefined {
  if (!shift || shift.estimate === 0) return undefined;
  const size = Math.abs(shift.estimate);
  const up = shift.lower / size;
  const down = -shift.upper / size;
  const found = worse === "higher" ? up : worse === "lower" ? down : Math.max(up, down);
  return Number.isFinite(found) ? Math.max(-1e3, found) : undefined;
}

function effectOf(
  result: KayentaMetricResult | undefined,
  { series, control }: KayentaSeen,
  { scale }: MetricPolicy,
  windows: number,
): MetricVerdict["effect"] {
  if (!result?.shift) return null;
  const { estimate, lower, upper } = result.shift;
  const centre = meanOf(control, windows);
  const relative = series.kind !== "ratio" && scale === "log";
  if (relative && !(centre !== null && centre > 0)) return null;
  const times = relative ? 100 / (centre ?? 1) : series.kind === "ratio" ? 100 : 1;
  const figures = [estimate, lower, upper].map((figure) => figure * times);
  if (!figures.every(Number.isFinite)) return null;
  return {
    unit: relative ? "percent" : series.kind === "ratio" ? "points" : "number",
    estimate: estimate * times,
    lower: lower * times,
    upper: upper * times,
    margin: tolerance * Math.abs(estimate * times),
  };
}

function windowDocument(
  seen: KayentaSeen,
  own: MetricPolicy,
  window: number,
  result: KayentaMetricResult | undefined,
): MetricWindow {
  const pair = pairAt(seen.series, window, { scale: "linear" }, 1);
  const shown = shownOf(pair);
  const counts = isPair(pair) ? pair : undefined;
  const why = isPair(pair) ? undefined : pair.why === "impossible" ? "impossible" : "missing";
  const effect = effectOf(result, seen, own, window + 1);
  return {
    window: window + 1,
    baseline: finite(shown.baseline),
    candidate: finite(shown.candidate),
    ...optional("baseline_events", counts?.baseline.events),
    ...optional("candidate_events", counts?.candidate.events),
    evidence: result ? finite(nearness(result, seen.series.worse)) : null,
    effect: effect?.estimate ?? null,
    lower: effect?.lower ?? null,
    upper: effect?.upper ?? null,
    ...optional("left_out", seen.leftOut.has(window) ? "warm-up" : why),
  };
}

function meanOf(values: readonly (number | null)[], windows: number): number | null {
  const known = values.slice(0, windows).filter((value) => value !== null && Number.isFinite(value));
  return finite(known.reduce<number>((sum, value) => sum + (value ?? 0), 0) / known.length);
}

const finite = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value;
