import { mean, median, medianAbsoluteDeviation } from "simple-statistics";

export type RobustScale = {
  centre: number;
  /** Comparable to a standard deviation; 0 where all values are equal. */
  scale: number;
};

/** Of a normal distribution: its standard deviation over its median, and over its mean, absolute deviation. */
const overMedianDeviation = 1.482_602_218_505_602;
const overMeanDeviation = 1.253_314_137_315_500_3;

/**
 * Centre and scale of values that a few outliers cannot move: the median, and the median absolute deviation times 1.4826
 * (Iglewicz and Hoaglin 1993). Where more than half of the values are equal that deviation is 0 and would call
 * everything else infinitely far off; the mean absolute deviation around the median, times 1.2533, stands in for it.
 * `undefined` where there are no values.
 *
 * Example: robustScale([1, 2, 3, 4, 100]) has centre 3 and scale 1.4826.
 */
export function robustScale(values: readonly number[]): RobustScale | undefined {
  if (values.length === 0) return undefined;
  const all = [...values];
  const centre = median(all);
  const deviation = medianAbsoluteDeviation(all);
  if (deviation > 0) return { centre, scale: overMedianDeviation * deviation };
  return { centre, scale: overMeanDeviation * mean(all.map((value) => Math.abs(value - centre))) };
}

/**
 * How many scales a value lies from the centre: the robust z-score. Against values that are all equal, another one is
 * infinitely far off, and the same one is not off at all.
 *
 * Example: robustScore(6, { centre: 3, scale: 1.5 }) is 2.
 */
export function robustScore(value: number, { centre, scale }: RobustScale): number {
  return value === centre ? 0 : (value - centre) / scale;
}
