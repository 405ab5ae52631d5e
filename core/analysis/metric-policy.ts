import type { Worse } from "./measurements.ts";

/** What policy says about one metric, with every default filled in. */
export type MetricPolicy = {
  worse: Worse;
  /** It alone takes the candidate back. */
  critical: boolean;
  /** The smallest shift that matters: a part of the baseline's value, or a difference of it. */
  margin: { relative: number } | { absolute: number };
  /** The shift that a step has to be able to see, as a part of the baseline's value: 1 is doubled. */
  target: number;
  weight: number;
  group: string;
  noData: "hold" | "ignore" | "rollback";
  unit: "share" | "seconds" | "milliseconds" | "bytes" | "number";
  /** Values that can be zero or below are compared as they are, others as ratios. */
  scale: "log" | "linear";
};

/** What policy says about a whole comparison. */
export type AnalysisPolicy = {
  windowSeconds: number;
  /** Healthy windows in a row before a promotion. */
  healthyWindows: number;
  /** The most windows that one comparison takes. */
  longestWindows: number;
  atDeadline: "hold" | "slow" | "rollback";
  /** Of rollouts without an effect: how many may be taken back, over all looks and metrics together. */
  falseAlarms: number;
  /** The chance of seeing a target that a step has to have. */
  power: number;
  lowTraffic: "longer" | "hold" | "bake";
  /** After each change of the weight, left out. */
  warmUpSeconds: number;
  /** A breach that the baseline shares holds; one that began so soon after a step may be taken back instead. */
  sharedFault: { beganWithinSeconds: number; afterStep: "hold" | "rollback" };
  /** The scores of Kayenta's judge, where it is asked instead of ours. */
  kayenta?: { pass: number; marginal: number };
  metric(name: string, worse: Worse, kind: "ratio" | "gauge" | "histogram"): MetricPolicy;
};
