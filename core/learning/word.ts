import type { CensorReason, FailureReason } from "./sample.ts";

/** What one source says of how one change went. Several may speak of the same change: labels.ts hears them. */
export type Word = {
  commit: string;
  /** Since when it could be known, in seconds since 1970. */
  at: number;
  /** Who says so: a commit, a deployment, a rollout. */
  by: string;
} & (
  | { says: "failed"; because: FailureReason }
  | { says: "well"; because: "deployed" | "stable" }
  | { says: "unknown"; because: CensorReason }
);
