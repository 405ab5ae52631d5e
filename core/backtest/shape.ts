import type { Ablated } from "./ablation.ts";
import type { ArmName } from "./arms.ts";
import type { Way } from "./bands.ts";
import type { Figure, Figures } from "./intervals.ts";
import type { Stability } from "./stability.ts";

/** `backtest.json`: what a replay found, without a word of rendering. */
export type Backtest = {
  schema_version: 1;
  kind: "adaptive-deploy/backtest";
  data: {
    head: string;
    digest: string;
    changes: number;
    /** Of which it is known how they went. */
    labelled: number;
    failures: number;
    columns: readonly string[];
    /** False: nobody wrote down from when on a label was known, so that all count as known at once. */
    late_labels: boolean;
  };
  quick: boolean;
  draws: number;
  tested: { from: number; to: number; changes: number; failures: number; critical: number | null };
  /** What was known at the moments of learning; none where the new model was given. */
  learnings: { at: number; rows: number; failures: number; too_new: number }[];
  /** Models that were given, and what share of the tested changes they had been taught with. */
  given: GivenModel[];
  /** Mean squared error of always saying the share of failures that was known. */
  brier_of_base_rate: number | null;
  arms: ArmReport[];
  /** How much more the new one measures than each other. */
  against: Against[];
  over_time: PartReport[];
  /** Failures that it held for safest, and sound changes that it held for riskiest. */
  examples: { missed: Example[]; alarms: Example[] };
  ablation: Ablated[];
  stability: Stability | null;
  criteria: Criterion[];
  verdict: { word: VerdictWord; reason_code: VerdictReason };
};

export type GivenModel = {
  arm: "new" | "old";
  /** Seconds since 1970; null: its file does not say. */
  trained_to: number | null;
  seen_share: number | null;
};

export type ArmReport = {
  arm: ArmName;
  figures: Figures;
  /** Said against seen; empty where its scores are no probabilities. */
  reliability: ReliabilityBin[];
  /** Empty where nothing follows from its scores. */
  buckets: { way: Way | "approval"; changes: number; failures: number }[];
  /** Share of the failures found in each hundredth of the changes, the riskiest first. */
  recall_by_changes: number[];
  /** The same by hundredths of all lines. */
  recall_by_effort: number[];
};

export type ReliabilityBin = {
  rows: number;
  failures: number;
  said: number;
  came: number;
  low: number;
  high: number;
};

export type Against = {
  than: ArmName;
  /** How many tested changes it is about: those that a given model had seen are left out where enough are left. */
  changes: number;
  /** True: some of those had been learnt from, which flatters whoever did. */
  seen: boolean;
  figures: Figures;
};

export type Example = { commit: string; title: string; at: number; probability: number; by: string };

export type PartReport = {
  from: number;
  to: number;
  changes: number;
  failures: number;
  auc: { arm: ArmName; figure: Figure }[];
};

export const criterionNames = ["labels", "recall", "false-positives", "releases"] as const;
export type Criterion = {
  name: (typeof criterionNames)[number];
  /** unsure: the interval reaches over the limit; untold: a backtest cannot know it. */
  holds: "yes" | "no" | "unsure" | "untold";
  figure: Figure | null;
  limit: number;
};

export type VerdictWord = "better" | "unsure" | "worse";
export const verdictReasons = [
  "better-than-all",
  "difference-unsure",
  "worse-than-heuristic",
  "worse-than-old",
  "has-seen-the-test",
  "nothing-to-compare",
] as const;
export type VerdictReason = (typeof verdictReasons)[number];
