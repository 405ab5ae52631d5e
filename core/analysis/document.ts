import { optional } from "../optional.ts";
import { lengthText, shiftText, valueText } from "../render/verdict/units.ts";
import type { Judged } from "./conclude.ts";
import { isPair, shownOf } from "./difference.ts";
import { effectOf, toldValue, toldWorse } from "./effect.ts";
import type { Learnt } from "./learnt.ts";
import type { Measurements } from "./measurements.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import type { StateAt } from "./state.ts";
import { leftOutAt, pointAt, type Track } from "./track.ts";
import type { MetricState, MetricVerdict, MetricWindow, Verdict } from "./verdict.ts";
import { framed, type Occasion } from "./verdict-frame.ts";

/** The document verdict.json of a judgement. */
export function verdictDocument(
  judged: Judged,
  measurements: Pick<Measurements, "id" | "window_seconds" | "started_at">,
  policy: AnalysisPolicy,
  learnt: Learnt,
  occasion: Occasion,
): Verdict {
  return framed(judged, measurements, policy, occasion, {
    false_alarms: {
      rate: policy.falseAlarms,
      noise: noiseSource(judged.tracks),
      past_rollouts: learnt.rollouts,
    },
    metrics: inOrder(judged.states).map((state) => metricDocument(state, judged.atWindow)),
  });
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
  const last = Math.min(atWindow, track.pairs.length) - 1;
  const crossed = track.highest
    .slice(0, last + 1)
    .findIndex((highest, window) => highest >= (track.worseFrom[window] ?? boundary.worse));
  const effect = effectOf(track, last);
  return {
    name: track.name,
    group: policy.group,
    kind: track.kind,
    worse: toldWorse(track),
    critical: policy.critical,
    weight: policy.weight,
    unit: policy.unit,
    state,
    sentence: sentenceOf(track, state, last),
    baseline: toldValue(track, track.baseline[last]),
    candidate: toldValue(track, track.candidate[last]),
    effect,
    evidence: {
      value: finite(track.highest[last]),
      boundary: boundary.worse,
      crossed_at: crossed < 0 ? null : crossed + 1,
    },
    flips: flipsOf(track, state, last),
    noise: track.noise.rollouts > 0 ? "learnt" : "default",
    windows: track.pairs.slice(0, last + 1).map((_, window) => windowDocument(track, window)),
  };
}

function windowDocument(track: Track, window: number): MetricWindow {
  const pair = track.pairs[window];
  const effect = effectOf(track, window);
  const shown = shownOf(pair);
  const events = isPair(pair) ? pair : undefined;
  return {
    window: window + 1,
    baseline: toldValue(track, shown.baseline),
    candidate: toldValue(track, shown.candidate),
    ...optional("baseline_events", events?.baseline.events),
    ...optional("candidate_events", events?.candidate.events),
    evidence: finite(track.evidence[window]),
    effect: effect?.estimate ?? null,
    lower: effect?.lower ?? null,
    upper: effect?.upper ?? null,
    ...optional("left_out", leftOutAt(track, window)),
  };
}

function sentenceOf(track: Track, state: MetricState, window: number): string {
  const { unit } = track.policy;
  if (state === "unknown") return "Nothing was measured of both arms.";
  const values = `${valueText(toldValue(track, track.candidate[window]), unit)} against ${valueText(toldValue(track, track.baseline[window]), unit)} of the baseline`;
  const says: Record<Exclude<MetricState, "unknown">, string> = {
    worse: "worse than chance allows, and on the whole by more than policy's margin",
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
  const healthy = toldWorse(track) === "lower" ? `above −${margin}` : `below ${margin}`;
  const crossing = track.wouldCross();
  const point = pointAt(track, window);
  const shown =
    crossing === undefined || !point || point.effect === 0
      ? undefined
      : shiftText((effect.estimate / point.effect) * crossing, effect.unit, unit);
  const shifted =
    shown === undefined
      ? undefined
      : `With every window shifted alike, to an effect of about ${shown}, it would`;
  switch (state) {
    case "worse":
      return shifted === undefined ? "Fewer bad windows." : `${shifted} not have been worse.`;
    case "marginal":
      return shifted === undefined
        ? "More windows."
        : `${shifted} have been worse; an interval ${healthy} is healthy.`;
    case "unsure":
      return `An interval that ends ${healthy} is healthy.${shifted === undefined ? "" : ` ${shifted} have been worse.`}`;
    default:
      return shifted === undefined
        ? "Nothing these windows could have shown."
        : `${shifted} have been worse.`;
  }
}

function finite(value: number | null | undefined): number | null {
  return value == null || !Number.isFinite(value) ? null : value;
}
