import * as z from "zod";
import type { FilesTable } from "../../change/files-table.ts";
import type { RiskWeights, Services } from "../../policy/schema.ts";

const texts = z.array(z.string()).readonly();

/** `share` is of all the lines of code that the fix takes away. */
const takenLines = z.strictObject({
  commit: z.string(),
  lines: z.int().positive(),
  share: z.number().positive().max(1),
});
export type TakenLines = z.infer<typeof takenLines>;

/** One merged change of a branch, with what could be known of it when it was merged. Plain data: a line of a file. */
export const walkedChange = z.strictObject({
  commit: z.string(),
  /** None: the branch begins here, and everything looks new. */
  parents: texts,
  /** The committer's clock, in seconds since 1970. */
  at: z.number(),
  /** Of a merge the title of the change that it brought in. */
  title: z.string(),
  /** Of a merge also what the last commit that it brought in says; each cut at 8 KiB. */
  message: z.string(),
  byBot: z.boolean(),
  /** Files touched, also those that do not count, and under both names where they were moved; the first 1,000. */
  paths: texts,
  /** By the names of columns.ts; what could not be known is absent. */
  facts: z.record(z.string(), z.number()).readonly(),
  /** Lines that somebody would have to read: added and deleted, without those that do not count. */
  effort: z.number(),
  /** Services of services.yaml that it touches, and whether one of them is critical; null: nobody wrote services down. */
  services: texts,
  critical: z.boolean().nullable(),
  /** False where no file of it counts: lock files, generated code, renames, blanks. */
  counts: z.boolean(),
  /** What it says that it is, by its words. */
  says: z.strictObject({ fix: z.boolean(), revert: z.boolean(), hotfix: z.boolean() }),
  /**
   * Of a fix: the earlier changes that wrote the lines of code which it takes away, most lines first. Empty where it takes
   * none away, or touches so much that it proves nothing.
   */
  takes: z.array(takenLines).readonly(),
});
export type WalkedChange = z.infer<typeof walkedChange>;

export type WalkRules = {
  weights: RiskWeights;
  /** Under which the heuristic's points are counted, on the facts of the diff alone: the shipped ones. */
  heuristic: RiskWeights;
  services?: Services | undefined;
};

export type Walk = {
  /** Oldest first. */
  changes: readonly WalkedChange[];
  head: string;
  headAt: number;
  /** True where the clone is shallow: what was before it began is not known, and its first commit is no change. */
  shallow: boolean;
  /** The files of the head with what they have behind them. */
  files: FilesTable;
};
