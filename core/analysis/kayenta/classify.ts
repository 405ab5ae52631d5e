import type { Shift } from "../../stats/hodges-lehmann.ts";
import { normalQuantile } from "../../stats/normal-quantile.ts";
import { rankSum } from "../../stats/rank-sum.ts";
import {
  type EffectSizeOptions,
  effectSizeOptions,
  type KayentaOptions,
  kayentaDefaults,
} from "./options.ts";
import { kayentaShift } from "./shift.ts";
import { isMeasured, kayentaValues } from "./values.ts";

export type KayentaClassification = {
  classification: "Pass" | "High" | "Low" | "Nodata" | "NodataFailMetric";
  /** It alone fails the canary. */
  critical: boolean;
  /** Whether both sides had a value that counts. */
  measured: boolean;
  reason: string | null;
  /** Mean of the experiment over mean of the control; null where either is zero. */
  ratio: number | null;
  /** By how much the experiment lies above the control; null where the classification needed no test. */
  shift: Shift | null;
};

/** A shift is a change where its whole interval lies beyond this part of itself. */
export const tolerance = 0.25;
const confidence = 0.98;
const z = -normalQuantile((1 - confidence) / 2);

/**
 * How Kayenta's NetflixACAJudge classifies one metric: High or Low where the 98 % interval of the Hodges–Lehmann shift
 * lies beyond a quarter of the shift, in a direction that matters, and the effect is as large as asked for. One answer
 * is ours: two different constants differ by exactly their difference, where Kayenta adds random noise before it tests.
 */
export function classifyMetric(
  control: readonly (number | null)[],
  experiment: readonly (number | null)[],
  given: Partial<KayentaOptions> = {},
): KayentaClassification {
  const options = { ...kayentaDefaults, ...given };
  const left = kayentaValues(control, options);
  const right = kayentaValues(experiment, options);
  if (left.length === 0 || right.length === 0) return withoutData(options);
  const measured = control.some(isMeasured) && experiment.some(isMeasured);
  const same = { classification: "Pass", critical: false, measured, ratio: 1, shift: null } as const;
  if (areEqual(left, right)) return { ...same, reason: "both sides have the same values" };
  if (isConstant(left) && isConstant(right) && left[0] === right[0])
    return { ...same, reason: "both sides have one value, and the same" };

  const shift = shiftOf(right, left);
  const ratio = ratioOfMeans(right, left);
  const effect = effectSizeOptions(options.effectSize);
  const size = effect.measure === "cles" ? superiority(right, left) : ratio;
  const classification = beyond(shift, size, options.direction, effect);
  const critical = options.critical && isCritical(classification, size, effect);
  return { classification, critical, measured, reason: reasonOf(classification, critical), ratio, shift };
}

function withoutData(options: KayentaOptions): KayentaClassification {
  const nothing = { measured: false, ratio: null, shift: null };
  if (options.nanStrategy === "replace")
    return { ...nothing, classification: "Pass", critical: false, reason: null };
  const reason = "there is no data";
  if (options.mustHaveData && !options.critical)
    return { ...nothing, classification: "NodataFailMetric", critical: false, reason };
  return { ...nothing, classification: "Nodata", critical: options.critical, reason };
}

function shiftOf(experiment: Float64Array, control: Float64Array): Shift {
  if (!isConstant(experiment) || !isConstant(control)) return kayentaShift(experiment, control, z);
  const difference = (experiment[0] ?? 0) - (control[0] ?? 0);
  return { estimate: difference, lower: difference, upper: difference };
}

/** An effect that cannot be computed forbids nothing. */
function beyond(
  { estimate, lower, upper }: Shift,
  size: number | null,
  direction: KayentaOptions["direction"],
  effect: EffectSizeOptions,
): "Pass" | "High" | "Low" {
  const margin = tolerance * Math.abs(estimate);
  if (direction !== "decrease" && lower > margin && (size === null || size >= effect.allowedIncrease))
    return "High";
  if (direction !== "increase" && upper < -margin && (size === null || size <= effect.allowedDecrease))
    return "Low";
  return "Pass";
}

function isCritical(
  classification: "Pass" | "High" | "Low",
  size: number | null,
  effect: EffectSizeOptions,
): boolean {
  if (classification === "High") return size === null || size >= effect.criticalIncrease;
  return classification === "Low" && (size === null || size <= effect.criticalDecrease);
}

function reasonOf(classification: "Pass" | "High" | "Low", critical: boolean): string | null {
  if (classification === "Pass") return null;
  return `the experiment is ${classification.toLowerCase()}${critical ? ", and the metric is critical" : ""}`;
}

function ratioOfMeans(experiment: Float64Array, control: Float64Array): number | null {
  const above = meanOf(experiment);
  const below = meanOf(control);
  return above === 0 || below === 0 ? null : above / below;
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** The share of pairs in which the experiment is the higher one; equal ones count half. */
function superiority(experiment: Float64Array, control: Float64Array): number {
  const { u } = rankSum(experiment, control, 0, 0, { u: 0, ties: 0 });
  return u / (experiment.length * control.length);
}

const isConstant = (sorted: Float64Array): boolean => sorted[0] === sorted.at(-1);

const areEqual = (left: Float64Array, right: Float64Array): boolean =>
  left.length === right.length && left.every((value, index) => value === right[index]);
