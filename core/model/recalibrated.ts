import { followedBy } from "./fit/calibration.ts";
import { platt } from "./fit/platt.ts";
import type { Model } from "./model.ts";

/** What a change was given, 1 where it failed and 0 where not, and how much it counts. */
export type Outcome = { logOdds: number; label: number; weight: number };

/** The same model, put right by what came of changes after it was taught; few of them change little. */
export function recalibrated<Kind extends Model>(model: Kind, recent: readonly Outcome[]): Kind {
  const { slope, shift } = platt(
    recent.map(({ logOdds }) => logOdds),
    recent.map(({ label }) => label),
    recent.map(({ weight }) => weight),
  );
  const standing = model.standing && {
    ...model.standing,
    quantiles: model.standing.quantiles.map((one) => slope * one + shift),
  };
  return { ...model, calibration: followedBy(model.calibration, slope, shift), standing };
}
