export type DriftWindow = {
  /** The weighted average so far; null before the first value. */
  average: number | null;
  lower: number;
  upper: number;
  outside: boolean;
};

/**
 * A control chart for slow drift (Roberts 1959; NIST/SEMATECH handbook 6.3.2.4): an average that gives `newest` of its
 * weight to the newest value and lets the older ones fade, held against limits of `width` of its own standard
 * deviations around a centre. The limits are exact from the first window on, where the average still spreads less:
 * deviation · √(newest / (2 − newest) · (1 − (1 − newest)^(2 · values))). A missing value moves nothing. Values are
 * taken as independent: where they are not, the deviation has to be that of their averages, or it signals too often.
 *
 * Example: ewmaDrift([11, 12], { centre: 10, deviation: 1, newest: 0.2 })[1] has average 10.56 and upper limit 10.77.
 */
export function ewmaDrift(
  values: readonly (number | null)[],
  { centre, deviation, newest = 0.2, width = 3 }: EwmaOptions,
): DriftWindow[] {
  let average = centre;
  let seen = 0;
  return values.map((value) => {
    if (value !== null && Number.isFinite(value)) {
      seen += 1;
      average += newest * (value - average);
    }
    const spread = Math.sqrt((newest / (2 - newest)) * (1 - (1 - newest) ** (2 * seen)));
    const lower = centre - width * deviation * spread;
    const upper = centre + width * deviation * spread;
    return {
      average: seen > 0 ? average : null,
      lower,
      upper,
      outside: seen > 0 && (average < lower || average > upper),
    };
  });
}

export type EwmaOptions = {
  /** Where values lie, and how far they spread, when nothing drifts. */
  centre: number;
  deviation: number;
  newest?: number;
  width?: number;
};
