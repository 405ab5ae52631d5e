import { optional } from "../optional.ts";
import { bucketQuantile } from "../stats/bucket-quantile.ts";
import type { Buckets, MetricSeries } from "./measurements.ts";
import type { MetricPolicy } from "./metric-policy.ts";
import { rootMoments, rootOf, rootOffset } from "./root-moments.ts";

/**
 * One window as the comparison sees it, on a scale where chance is as wide on every level: logarithms of gauges and
 * quantiles, and of shares twice the square root, as a part of the typical share.
 */
export type Pair = {
  baseline: Side;
  candidate: Side;
};
export type Side = {
  /** On the scale of the comparison. */
  value: number;
  /** Variance from counting alone. */
  sampling: number;
  /** As people read it. */
  shown: number;
  /** What it was counted from. */
  events?: number;
};
/** A window that says nothing of the difference, with what there is of it. */
export type NoPair = {
  why: "missing" | "one-sided" | "no-traffic" | "impossible";
  baseline?: number;
  candidate?: number;
};
export type WindowPair = Pair | NoPair;

export function isPair(window: WindowPair | undefined): window is Pair {
  return window !== undefined && !("why" in window);
}

type Figure = number | null | undefined;

/** A window that one arm alone has is a window: it is one-sided. */
export function windowsOf(series: MetricSeries): number {
  const { kind, baseline, candidate } = series;
  if (kind === "ratio") return Math.max(baseline.total.length, candidate.total.length);
  return Math.max(baseline.length, candidate.length);
}

/** `reference` is the typical share of a ratio, and the size of a typical value on the linear scale. */
export function pairAt(
  series: MetricSeries,
  window: number,
  { scale }: Pick<MetricPolicy, "scale">,
  reference: number,
): WindowPair {
  const { kind, baseline, candidate } = series;
  if (kind === "ratio")
    return paired(
      shareSide(baseline.bad[window], baseline.total[window], reference),
      shareSide(candidate.bad[window], candidate.total[window], reference),
    );
  if (kind === "gauge")
    return paired(
      gaugeSide(baseline[window], scale, reference),
      gaugeSide(candidate[window], scale, reference),
      scale === "log" ? widest : undefined,
    );
  const quantile = series.quantile ?? 0.95;
  const left = bucketSide(baseline[window], quantile);
  // A baseline beyond the last edge has no value to compare with: its buckets are too low for this quantile.
  if ("beyond" in left && left.beyond) return { why: "impossible", baseline: left.shown };
  return paired(left, bucketSide(candidate[window], quantile), widest);
}

/** Both values as people read them, as far as there are any. */
export function shownOf(window: WindowPair | undefined): { baseline?: number; candidate?: number } {
  if (window === undefined) return {};
  if (isPair(window)) return { baseline: window.baseline.shown, candidate: window.candidate.shown };
  return { ...optional("baseline", window.baseline), ...optional("candidate", window.candidate) };
}

type Absent = { absent: "missing" | "no-traffic" | "impossible"; shown?: number };

/**
 * On the scale of logarithms, a hundredfold. Noise has single windows that lie far out, so the farther out all of them
 * lie, the more it looks like noise: what is more than this counts as this, and is shown as it is.
 */
const widest = Math.log(100);

function paired(
  baseline: Side | Absent,
  candidate: Side | Absent,
  most = Number.POSITIVE_INFINITY,
): WindowPair {
  if (!("absent" in baseline) && !("absent" in candidate)) {
    const value = Math.max(baseline.value - most, Math.min(baseline.value + most, candidate.value));
    return value === candidate.value
      ? { baseline, candidate }
      : { baseline, candidate: { ...candidate, value } };
  }
  return {
    why: whyNothing(baseline, candidate),
    ...(baseline.shown === undefined ? {} : { baseline: baseline.shown }),
    ...(candidate.shown === undefined ? {} : { candidate: candidate.shown }),
  };
}

/** What is wrong with both arms is said of both; what is missing of one alone makes the window one-sided. */
function whyNothing(baseline: Side | Absent, candidate: Side | Absent): NoPair["why"] {
  const reasons = [baseline, candidate].map((side) => ("absent" in side ? side.absent : undefined));
  if (reasons.includes("impossible")) return "impossible";
  if (reasons.includes(undefined)) return "one-sided";
  return reasons.every((reason) => reason === "no-traffic") ? "no-traffic" : "missing";
}

/** Rates that a store extrapolates may pass their total by a little; by more, one of the two is wrong. */
const extrapolated = 1.05;

/** Of more events than can be counted one by one, or so large a value, nobody knows what was measured. */
const mostEvents = Number.MAX_SAFE_INTEGER;
export const largestValue = 1e100;

/**
 * Anscombe's transformation (1948): twice the root of a share has the same variance whatever the share is, 1 over the
 * events, and small counts are less lopsided.
 */
function shareSide(bad: Figure, total: Figure, reference: number): Side | Absent {
  if (bad == null || total == null) return { absent: "missing" };
  if (!(bad >= 0) || !(total >= 0) || !(total <= mostEvents) || bad > total * extrapolated + 1)
    return { absent: "impossible" };
  if (total === 0) return { absent: "no-traffic" };
  const counted = Math.min(bad, total);
  const { value, sampling } = rooted(counted, total, reference);
  return { value, sampling, shown: counted / total, events: total };
}

/** A count out of events, with `reference` as the usual share of it, on the scale of the comparison. */
export function rooted(
  counted: number,
  events: number,
  reference: number,
): { value: number; sampling: number } {
  const expected = events * reference;
  const { bias, variance } = rootMoments(expected);
  return {
    value: rootOf((counted + rootOffset) / expected) - bias,
    sampling: Math.max(0.01, 1 - reference) * variance,
  };
}

function gaugeSide(value: Figure, scale: "log" | "linear", reference: number): Side | Absent {
  if (value == null) return { absent: "missing" };
  if (!(Math.abs(value) < largestValue)) return { absent: "impossible" };
  if (scale === "log" && value <= 0) return { absent: "impossible", shown: value };
  return { value: scale === "log" ? Math.log(value) : value / reference, sampling: 0, shown: value };
}

/** One bucket alone would do: the others only add to it. */
export function isUncountable({ counts }: Buckets): boolean {
  for (const count of counts) if (!(count <= mostEvents)) return true;
  return false;
}

function bucketSide(
  buckets: Buckets | null | undefined,
  quantile: number,
): (Side & { beyond: boolean }) | Absent {
  if (!buckets) return { absent: "missing" };
  if (isUncountable(buckets)) return { absent: "impossible" };
  const found = bucketQuantile(buckets, quantile);
  if (found === undefined) return { absent: "no-traffic" };
  const { value, standardError, events, beyond } = found;
  if (!(value > 0)) return { absent: "impossible", shown: value };
  return { value: Math.log(value), sampling: (standardError / value) ** 2, shown: value, events, beyond };
}
