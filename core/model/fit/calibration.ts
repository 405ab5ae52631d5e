import { countWhere } from "../count-where.ts";

/** What puts log-odds right; it never turns the order of two changes round. */
export type Calibration =
  /** Platt's: stretched by `slope` and moved by `shift`. */
  | { kind: "line"; slope: number; shift: number }
  /** Isotonic: straight between points, `at` what the parts say and `says` what is said; beyond the ends moved alike. */
  | { kind: "steps"; at: readonly number[]; says: readonly number[] };

export const uncalibrated: Calibration = { kind: "line", slope: 1, shift: 0 };

export function calibrated(calibration: Calibration, logOdds: number): number {
  if (calibration.kind === "line") return calibration.slope * logOdds + calibration.shift;
  const { at, says } = calibration;
  const next = countWhere(at, (one) => one <= logOdds);
  const [low = 0, high = 0] = [at[next - 1], at[next]];
  const [lowSays = 0, highSays = 0] = [says[next - 1], says[next]];
  if (next === 0) return highSays + (logOdds - high);
  if (next === at.length) return lowSays + (logOdds - low);
  return lowSays + ((logOdds - low) / (high - low)) * (highSays - lowSays);
}

/** What each part of `logOdds − bias` is multiplied by, so that the parts sum up to what is said of both. */
export function stretchBetween(calibration: Calibration, bias: number, logOdds: number): number {
  if (calibration.kind === "line") return calibration.slope;
  if (logOdds === bias) return 1;
  return (calibrated(calibration, logOdds) - calibrated(calibration, bias)) / (logOdds - bias);
}

/** Half the way from leaving log-odds as they are. */
export function halfway(calibration: Calibration): Calibration {
  if (calibration.kind === "line")
    return { kind: "line", slope: (1 + calibration.slope) / 2, shift: calibration.shift / 2 };
  const says = calibration.says.map((one, index) => (one + (calibration.at[index] ?? one)) / 2);
  return { ...calibration, says };
}

/** A line through what was put right already. */
export function followedBy(calibration: Calibration, slope: number, shift: number): Calibration {
  if (calibration.kind === "line")
    return { kind: "line", slope: slope * calibration.slope, shift: slope * calibration.shift + shift };
  return { ...calibration, says: calibration.says.map((one) => slope * one + shift) };
}
