import { optional } from "../optional.ts";
import { lengthText, shiftText, valueText } from "../render/verdict/units.ts";
import type { Judged } from "./conclude.ts";
import { isPair, shownOf } from "./difference.ts";
import { effectOf } from "./effect.ts";
import type { Learnt } from "./learnt.ts";
import type { Measurements } from "./measurements.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import type { StateAt } from "./state.ts";
import type { Track } from "./track.ts";
import type { MetricState, MetricVerdict, MetricWindow, StepPower, Verdict } from "./verdict.ts";

/** What a verdict is about, beside what was measured. */
export type Occasion = {
  decisionId?: string;
  service?: string;
  environment?: string;
  policyVersion?: { hash: string; commit: string };
  baseline: Verdict["baseline"];
  power?: StepPower[];
  warnings?: string[];
};

/** The document verdict.json of a judgement. */
export function verdictDocument(
  judged: Judged,
  { id, window_seconds, started_at }: Pick<Measurements, "id" | "window_seconds" | "started_at">,
  policy: AnalysisPolicy,
  learnt: Learnt,
  occasion: Occasion,
): Verdict {
  const { demand, tracks } = judged;
  const fault = demand?.fault;
  return {
    schema_version: 1,
    id,
    ...optional("decision_id", occasion.decisionId),
    ...optional("service", occasion.service),
    ...optional("environment", occasion.environment),
    ...optional("policy_version", occasion.policyVersion),
    verdict: judged.verdict,
    reason_code: judged.reason,
    reason: judged.sentence,
    at_window: judged.atWindow,
    windows_planned: judged.windowsPlanned,
    window_seconds,
    ...optional("started_at", started_at),
    healthy_windows: { in_a_row: judged.healthyInARow, needed: policy.healthyWindows },
    false_alarms: {
      rate: policy.falseAlarms,
      noise: noiseSource(tracks),
      past_rollouts: learnt.rollouts,
    },
    baseline: occasion.baseline,
    ...(judged.verdict === "hold" || judged.verdict === "slow"
      ? {
          waiting: {
            missing: judged.missing,
            deadline_window: judged.windowsPlanned,
            at_deadline: policy.atDeadline,
            page: fault?.page ?? judged.atWindow >= judged.windowsPlanned,
          },
        }
      : {}),
    ...(fault
      ? {
          shared_fault: {
            sentence: fault.sentence,
            began_at_window: fault.began_at_window,
            page: fault.page,
          },
        }
      : {}),
    ...optional("power", occasion.power),
    guardrails: judged.guardrails,
    metrics: inOrder(judged.states).map((state) => metricDocument(state, judged.atWindow)),
    warnings: [...judged.warnings, ...(occasion.warnings ?? [])],
  };
}

function noiseSource(tracks: readonly Track[]): Verdict["false_alarms"]["noise"] {
  const learnt = tracks.filter(({ noise }) => noise.rollouts > 0).length;
  if (learnt === 0) return "default";
  return learnt === tracks.length ? "learnt" : "mixed";
}

const rank: Record<MetricState, number> = { worse: 0, marginal: 1, unknown: 2, unsure: 3, healthy: 4 };

function inOrder(states: readonly StateAt[]): StateAt[] {
  return [...states].sort(
    (left, right) =>
      rank[left.state] - rank[right.state] ||
      Number(right.track.policy.critical) - Number(left.track.policy.critical) ||
      right.nearness - left.nearness ||
      (left.track.name < right.track.name ? -1 : 1),
  );
}

function metricDocument({ track, state }: StateAt, atWindow: number): MetricVerdict {
  const { policy, boundary } = track;
  const last = Math.min(atWindow, track.points.length) - 1;
  const point = track.points[last];
  const crossed = track.points.slice(0, last + 1).findIndex(({ highest }) => highest >= boundary.worse);
  const effect = effectOf(track, last);
  return {
    name: track.name,
    group: policy.group,
    kind: track.kind,
    worse: track.worse,
    critical: policy.critical,
    weight: policy.weight,
    unit: policy.unit,
    state,
    sentence: sentenceOf(track, state, last),
    baseline: finite(point?.baseline),
    candidate: finite(point?.candidate),
    effect,
    evidence: {
      value: finite(point?.highest),
      boundary: boundary.worse,
      crossed_at: crossed < 0 ? null : crossed + 1,
    },
    flips: flipsOf(track, state, last),
    noise: track.noise.rollouts > 0 ? "learnt" : "default",
    windows: track.points.slice(0, last + 1).map((_, window) => windowDocument(track, window)),
  };
}

function windowDocument(track: Track, window: number): MetricWindow {
  const point = track.points[window];
  const effect = effectOf(track, window);
  const shown = shownOf(point?.pair);
  const events = isPair(point?.pair) ? point.pair : undefined;
  return {
    window: window + 1,
    baseline: finite(shown.baseline),
    candidate: finite(shown.candidate),
    ...optional("baseline_events", events?.baseline.events),
    ...optional("candidate_events", events?.candidate.events),
    evidence: finite(point?.evidence),
    effect: effect?.estimate ?? null,
    lower: effect?.lower ?? null,
    upper: effect?.upper ?? null,
    ...optional("left_out", point?.leftOut),
  };
}

function sentenceOf(track: Track, state: MetricState, window: number): string {
  const { unit } = track.policy;
  const point = track.points[window];
  if (state === "unknown" || !point) return "Nothing was measured of both arms.";
  const values = `${valueText(point.candidate, unit)} against ${valueText(point.baseline, unit)} of the baseline`;
  const says: Record<Exclude<MetricState, "unknown">, string> = {
    worse: "worse than chance and policy's margin allow",
    marginal: "worse than usual, not yet beyond doubt",
    unsure: "no sign of harm, and not enough evidence to rule it out",
    healthy: "no worse than policy's margin",
  };
  return `${values}: ${says[state]}.`;
}

/** What would have changed the metric's answer, in figures a person can check. */
function flipsOf(track: Track, state: MetricState, window: number): string {
  const effect = effectOf(track, window);
  if (effect === null) return "Windows measured on both arms.";
  const { unit } = track.policy;
  const margin = lengthText(effect.margin, effect.unit, unit);
  const crossing = track.wouldCross();
  const point = track.points[window];
  const shown =
    crossing === undefined || !point || point.effect === null || point.effect === 0
      ? undefined
      : shiftText((effect.estimate / point.effect) * crossing, effect.unit, unit);
  switch (state) {
    case "worse":
      return shown === undefined
        ? "Fewer bad windows."
        : `Below about ${shown} over these windows the evidence would not have crossed its boundary.`;
    case "marginal":
      return shown === undefined
        ? "More windows."
        : `From about ${shown} over these windows on it would count as worse; an interval below ${margin} would count as healthy.`;
    case "unsure":
      return `An interval that ends below ${margin} would count as healthy${
        shown === undefined ? "" : `, and from about ${shown} on it would count as worse`
      }.`;
    default:
      return shown === undefined
        ? "Nothing these windows could have shown."
        : `From about ${shown} over these windows on it would have counted as worse.`;
  }
}

function finite(value: number | null | undefined): number | null {
  return value == null || !Number.isFinite(value) ? null : value;
}
