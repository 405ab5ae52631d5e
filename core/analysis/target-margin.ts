import { lengthText, shiftText } from "../render/verdict/units.ts";
import type { MetricPolicy } from "./metric-policy.ts";
import { effectScale } from "./noise/effect-scale.ts";
import type { Noise } from "./noise/noise.ts";
import type { Traffic } from "./step-traffic.ts";

/** What is judged of a metric: of a success rate near one, its failures. */
export type JudgedTraffic = {
  traffic: Traffic;
  metric: MetricPolicy;
  noise: Noise;
  /** As policy has it, and the usual share of good events where the failures are judged. */
  own: MetricPolicy;
  good?: number;
};

/** The smallest relative effect that matters at the usual level; 0 where an absolute margin meets an unknown one. */
export function marginOfTraffic(
  traffic: Traffic,
  { margin, scale }: Pick<MetricPolicy, "margin" | "scale">,
  noise: Noise,
): number {
  if ("relative" in margin) return margin.relative;
  const level =
    traffic.kind === "gauge" && scale === "linear"
      ? (noise.reference ?? Math.abs(traffic.level ?? 0))
      : levelOf(traffic, noise);
  return level > 0 ? margin.absolute / level : 0;
}

function levelOf({ kind, events, bad, level }: Traffic, noise: Noise): number {
  if (kind === "ratio") {
    if (events === undefined || bad === undefined || !(events > 0)) return noise.reference ?? 0;
    return (bad + 0.5) / (events + 1);
  }
  return level ?? (noise.rollouts > 0 ? Math.exp(noise.level) : 0);
}

/** Where policy's own target is no harm by policy's own margin, it is taken back by chance alone, which has to be said. */
export function withinMarginText(
  { traffic, metric, noise, good }: JudgedTraffic,
  margin: number,
  target: string,
): string | undefined {
  const scale = effectScale(traffic.kind, metric);
  const falls = metric.worse === "lower";
  const sizeOf = (relative: number): number => Math.abs(scale.difference(falls ? -relative : relative));
  if (!(sizeOf(metric.target) <= sizeOf(margin))) return undefined;
  const points = traffic.kind === "ratio";
  const times = points ? 100 * levelOf(traffic, noise) : 100;
  const unit = points ? "points" : "percent";
  const down = falls || good !== undefined ? -1 : 1;
  const shift = shiftText(down * metric.target * times, unit, metric.unit);
  const allowed = lengthText(margin * times, unit, metric.unit);
  const least = lengthText(metric.target * times, unit, metric.unit);
  return `${target} would be ${shift}, within the margin of ${allowed}: policy calls that no harm, and only by chance would it be taken back. A margin of well under ${least} for ${traffic.name} in queries.yaml would let it.`;
}
