import type { MetricSeries } from "../measurements.ts";
import type { MetricPolicy } from "../metric-policy.ts";

/**
 * Between the scale of the comparison and the figures that people read: relative effects, where 0.2 is a fifth more.
 * Positive is what the metric gained, whether that is bad or good.
 */
export type EffectScale = {
  relative(difference: number): number;
  difference(relative: number): number;
};

/** Gains beyond this are all alike. */
const most = 1e6;

export function effectScale(kind: MetricSeries["kind"], { scale }: Pick<MetricPolicy, "scale">): EffectScale {
  if (kind === "ratio")
    return {
      relative: (difference) => Math.max(0, 1 + Math.min(difference, most) / 2) ** 2 - 1,
      difference: (relative) => 2 * (Math.sqrt(1 + Math.max(relative, -1)) - 1),
    };
  if (kind === "gauge" && scale === "linear")
    return { relative: (difference) => difference, difference: (relative) => relative };
  return {
    relative: (difference) => Math.expm1(Math.min(difference, Math.log(most))),
    difference: (relative) => Math.log1p(Math.max(relative, -0.999_999)),
  };
}
