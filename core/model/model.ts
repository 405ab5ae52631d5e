import type { Calibration } from "./fit/calibration.ts";
import type { Line } from "./fit/logistic.ts";
import type { Ensemble } from "./trees/ensemble.ts";

/** What was learnt, as it is used: parts that each give log-odds, their weighed sum, and what puts it right. */
export type Model = {
  /** Columns that a change has to bring. */
  features: readonly string[];
  parts: readonly Part[];
  /** The newest changes it was taught with, by feature, in the order of time: what ranks are counted among. */
  window: Window;
  calibration: Calibration;
  /** What recent changes were given, none of them seen before: where a change stands among them. */
  standing?: Standing | undefined;
};

export type Part =
  | { kind: "trees"; weight: number; columns: readonly string[]; trees: Ensemble }
  /** A line through the ranks among the changes before. */
  | { kind: "ranks"; weight: number; columns: readonly string[]; line: Line };

export type Window = { size: number; columns: readonly Float64Array[] };

/** 101 calibrated log-odds that rise: of the least, of each hundredth, of the most; and of how many changes. */
export type Standing = { quantiles: readonly number[]; changes?: number | undefined };
