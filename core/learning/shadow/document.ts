import type { ModelCalibration } from "../../change/facts-for-model.ts";
import type { Mode, StrategyKind } from "../../policy/schema.ts";

/** `shadow.json`: what weights and model said of releases before they went out, and how those went. */
export type ShadowReport = {
  schema_version: 1;
  kind: "adaptive-deploy/shadow";
  /** When it was made, and releases since when it is about. */
  at: string;
  since: string;
  /** The model of the policy at hand; null: the policy has none, or none that can be read. */
  model: { version: string; labels: number | null } | null;
  /** How the outcomes since that model began to speak fit what it said, whatever service they are of. */
  calibration: ModelCalibration | null;
  /** Why the weights take over from it; null: nothing is called drift. */
  drift: string | null;
  services: ServiceShadow[];
  feedback: Feedback[];
  /** Rollouts of which the ledger holds no decision. */
  undecided: number;
};

export type ServiceShadow = {
  service: string;
  environment: string;
  /** What policy says, and what it says may be decided by the model. */
  state: Mode;
  scale: "points" | "rank" | "probability";
  /** Releases of which it is known how they went and of which the model spoke: all figures are of these. */
  releases: number;
  failures: number;
  /** Of which the model said nothing. */
  unspoken: number;
  pending: Listed[];
  /** Counted nowhere, each with why. */
  censored: (Listed & { because: string })[];
  versions: string[];
  heuristic: ArmShadow;
  model: ArmShadow;
  expected_failures: number;
  reliability: ReliabilityPart[];
  releases_over_time: Drawn[];
  criteria: Criterion[];
  verdict: Verdict;
};

export type Listed = { decision: string; at: string; commit?: string };
export type Drawn = Listed & {
  failed: boolean;
  probability: number;
  asked_by: "both" | "heuristic" | "model" | "nobody";
};

/** What one of the two would have asked for, alone, under the policy at hand. */
export type ArmShadow = {
  approvals_of_failed: number;
  approvals_of_well: number;
  /** Of the releases that went well, the share that would have waited for a person. */
  false_positives: Share;
  /** Of those that failed, the share that a person would have looked at before. */
  recall: Share;
  strategies: { strategy: StrategyKind; failed: number; well: number }[];
};

/** `value` is null where there is nothing to take a share of; `low` and `high` hold it in 19 of 20 cases (Wilson). */
export type Share = { value: number | null; low: number; high: number };

export type ReliabilityPart = { releases: number; said: number; came: number; low: number; high: number };

export const criterionNames = ["labels", "releases", "false-positives", "recall", "calibration"] as const;
export type Criterion = {
  name: (typeof criterionNames)[number];
  answer: "met" | "not-met" | "unknown";
  /** True where chance does not explain that it is not met. */
  surely: boolean;
  sentence: string;
};

export type Verdict = {
  answer: "may-rise" | "should-fall" | "stay";
  /** The state that a pull request would write into policy. */
  to: Mode;
  sentence: string;
};

/** What a person said with `/risk wrong`. */
export type Feedback = {
  at: string;
  by: string;
  reason: string;
  /** As far as the reason tells; it is shown beside, and counted nowhere. */
  says: "too-high" | "too-low" | "unclear";
  risk_score?: number;
  decision?: string;
  model?: { version: string; state: Mode; probability: number };
  /** Of the pull request's comment, below the server's address. */
  path?: string;
};
