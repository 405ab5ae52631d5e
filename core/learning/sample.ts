/** What is learnt from: the merged changes of a branch, each with its facts as they were when it was merged. */
export type Sample = {
  /** The commit on the branch. */
  commit: string;
  /** Seconds since 1970. */
  at: number;
  title: string;
  /** By the name of a column; what was not known is absent. */
  facts: Readonly<Record<string, number>>;
  /** Lines that somebody would have to read: what a gate costs. */
  effort: number;
  /** Services of services.yaml that it touches, and whether one of them is critical; null: nobody wrote services down. */
  services: readonly string[];
  critical: boolean | null;
  label: Label;
};

/** How a change went. */
export type Label =
  /**
   * `knownAt`: seconds since 1970, from when on it counts. What git tells counts for a failure no sooner than for a
   * change that went well: else the newest changes to learn from would be nothing but failures. `seenAt`: when it came out.
   */
  | { went: "failed"; because: FailureReason; by: string; knownAt: number; seenAt?: number }
  | { went: "well"; because: "quiet" | "deployed" | "stable"; knownAt: number }
  /** Counts for nothing: neither for learning nor for proving. */
  | { went: "unknown"; because: CensorReason };

export const failureReasons = [
  "rolled-back",
  "objective-missed",
  "deployment-failed",
  "reverted",
  "hotfixed",
  "fixed",
] as const;
export type FailureReason = (typeof failureReasons)[number];

export const censorReasons = [
  "too-new",
  "disputed",
  "shared-fault",
  "shared-release",
  "unrelated-rollback",
  "not-judged",
  "nothing-counted",
  "merge-of-history",
] as const;
export type CensorReason = (typeof censorReasons)[number];

/** Oldest first. */
export type Dataset = {
  samples: readonly Sample[];
  /** Columns of the facts, in one order. */
  columns: readonly string[];
  /** The commit that it was read up to, and SHA-256 of what was read: two datasets of one digest are the same. */
  head: string;
  digest: string;
};
