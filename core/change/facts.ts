import * as z from "zod";
import { modelCalibration, pastOfFiles } from "./facts-for-model.ts";
import { targets } from "./targets.ts";

export { targets } from "./targets.ts";

/**
 * What is known of a change. Every field may be absent or null, and both mean *unknown*, which is never zero.
 * The document is `risk-inputs.json` as measured, and `risk-inputs-for-decision.json` once derived.
 */

const count = z.int().nonnegative().nullish();
const amount = z.number().nonnegative().nullish();
const signed = z.number().nullish();
const yesNo = z.boolean().nullish();
const text = z.string().nullish();

/** Why the lines of a file weigh 0. */
export const notCountedReasons = [
  "generated",
  "vendored",
  "lock",
  "minified",
  "snapshot",
  "policy",
  "rename",
  "whitespace",
  "binary",
] as const;
export type NotCountedReason = (typeof notCountedReasons)[number];

export const changedFile = z.strictObject({
  path: z.string(),
  previous_path: text,
  status: z.enum(["added", "modified", "removed", "renamed"]),
  additions: count,
  deletions: count,
  /** Lines among the additions and deletions that differ in whitespace only; unknown where no patch was given. */
  whitespace_additions: count,
  whitespace_deletions: count,
  binary: yesNo,
  /** From `.gitattributes` on the base: linguist-generated, linguist-vendored. Absent: the path rules speak. */
  generated: yesNo,
  vendored: yesNo,
  /** Commits that touched the file in the 30 days before the base commit. */
  commits_30d: count,
});
export type ChangedFile = z.infer<typeof changedFile>;

export const diffFacts = z.strictObject({
  files: count,
  additions: count,
  deletions: count,
  directories: count,
  /** Modules: the first two folders of a path. */
  modules: count,
  /** Shannon entropy of the changed lines over the files, scaled to 0–1. */
  entropy: amount,
  languages: z.record(z.string(), z.int().nonnegative()).nullish(),
  owners: z.array(z.string()).nullish(),
  /** Commits in 30 days to the busiest touched file. */
  churn: count,
  busiest_files: z.array(z.string()).nullish(),
  not_counted: z
    .strictObject({
      files: z.int().nonnegative(),
      lines: z.int().nonnegative(),
      by_reason: z.partialRecord(z.enum(notCountedReasons), z.int().nonnegative()),
      examples: z.array(z.string()),
    })
    .nullish(),
  /** Said where a source gave only a part, for example a page cap; the counts are then lower bounds. */
  incomplete: text,
  changed_files: z.array(changedFile).nullish(),
});
export type DiffFacts = z.infer<typeof diffFacts>;

export const platforms = ["linux", "windows", "arm"] as const;
export const criticalities = ["normal", "critical"] as const;

export const dependencyChange = z.strictObject({
  ecosystem: z.enum(["npm", "pip", "go", "cargo", "maven"]),
  name: z.string(),
  from: text,
  to: text,
  major: yesNo,
});
export type DependencyChange = z.infer<typeof dependencyChange>;

export const kindNames = [
  "db_schema",
  "kernel_driver",
  "firmware",
  "driver_signing",
  "infrastructure",
  "hotfix",
  "revert",
  "backport",
  "policy",
] as const;
export type KindName = (typeof kindNames)[number];

const kinds = {
  db_schema: yesNo,
  kernel_driver: yesNo,
  firmware: yesNo,
  driver_signing: yesNo,
  infrastructure: yesNo,
  hotfix: yesNo,
  revert: yesNo,
  backport: yesNo,
  policy: yesNo,
} satisfies Record<KindName, typeof yesNo>;

export const factGroups = [
  "change",
  "service",
  "diff",
  "tests",
  "coverage",
  "dependencies",
  "vulnerabilities",
  "performance",
  "kinds",
  "history",
  "context",
  "author",
] as const;
export type FactGroup = (typeof factGroups)[number];

export const changeFacts = z.strictObject({
  $schema: text,
  schema_version: z.literal(1),
  change: z
    .strictObject({
      kind: z.enum(["change", "group", "release"]).nullish(),
      repository: text,
      base: text,
      head: text,
      base_branch: text,
      pull_request: count,
      title: text,
      author: text,
      author_is_bot: yesNo,
      from_fork: yesNo,
      commits: count,
      /** What would be rolled out: an image, a digest, a file. */
      candidate: text,
      /** The commit that this change takes back exactly, where it is one. */
      reverts: text,
      /** True where the reverted commit fixed a vulnerability or touched policy: such a revert skips no gate. */
      reverts_protection: yesNo,
    })
    .nullish(),
  service: z
    .strictObject({
      name: text,
      environment: text,
      platforms: z.array(z.enum(platforms)).nullish(),
      criticality: z.enum(criticalities).nullish(),
      target: z.enum(targets).nullish(),
    })
    .nullish(),
  diff: diffFacts.nullish(),
  tests: z
    .strictObject({
      total: count,
      failed: count,
      flaky: count,
      integration_failed: count,
      hardware_total: count,
      hardware_failed: count,
      driver_passed: yesNo,
      failed_names: z.array(z.string()).nullish(),
      flaky_names: z.array(z.string()).nullish(),
    })
    .nullish(),
  /** Percent of lines covered on the head, and the change against the base in percentage points. */
  coverage: z.strictObject({ percent: amount, delta: signed }).nullish(),
  dependencies: z
    .strictObject({
      added: count,
      updated: count,
      removed: count,
      major: count,
      changes: z.array(dependencyChange).nullish(),
    })
    .nullish(),
  vulnerabilities: z
    .strictObject({ critical: count, high: count, medium: count, identifiers: z.array(z.string()).nullish() })
    .nullish(),
  /** Percent changes against the base; up is worse for latency and memory, better for throughput. */
  performance: z
    .strictObject({ latency_percent: signed, memory_percent: signed, throughput_percent: signed })
    .nullish(),
  kinds: z.strictObject(kinds).nullish(),
  history: z
    .strictObject({
      /** Merged changes that "typical" and the rank are taken from; below 30 neither is shown. */
      changes: count,
      among: z.enum(["people", "bots"]).nullish(),
      /** Median change of the repository, in facts of the diff group. */
      typical: z
        .strictObject({
          files: amount,
          additions: amount,
          deletions: amount,
          directories: amount,
          entropy: amount,
          churn: amount,
        })
        .nullish(),
      /** Scores of past changes under the policy at hand at 0 %, 1 % … 100 %. */
      score_quantiles: z.array(z.number()).nullish(),
      /** Share of past changes to the touched modules that were rolled back, reverted or fixed soon after. */
      failure_rate: z.number().min(0).max(1).nullish(),
      past: pastOfFiles.nullish(),
      previous_release: text,
      days_since_rollback: amount,
      days_since_incident: amount,
      model_calibration: modelCalibration.nullish(),
    })
    .nullish(),
  context: z
    .strictObject({
      requests_per_second: amount,
      peak: yesNo,
      change_window: z.enum(["open", "closed"]).nullish(),
      /** Day of the decision in universal time, told where a model is there that grows old. */
      day: z.iso.date().nullish(),
      /** Name of the freeze in force; the empty string means that none is. */
      freeze: text,
      error_budget_left_percent: z.number().max(100).nullish(),
      driver_signature_verified: yesNo,
      /** Reason for a quarantine of this candidate; the empty string means that none is in force. */
      quarantine: text,
      /** True where the decision will be recorded: a ledger is configured, and this run may write it. */
      recordable: yesNo,
      /** Reason for a cooldown of the service after rollbacks; the empty string means none. */
      cooldown: text,
    })
    .nullish(),
  /** Off unless policy turns them on; never a personal failure rate. */
  author: z.strictObject({ changes_here: count, days_here: amount }).nullish(),
  /** Where each group was measured. A group that is not named was given as a file. */
  sources: z
    .partialRecord(
      z.enum(factGroups),
      z.strictObject({
        from: z.enum(["api", "git", "reports", "file", "policy", "ledger", "telemetry"]),
        trusted: z.boolean(),
      }),
    )
    .nullish(),
  /** Facts of each service where the repository holds several; absent groups are those of the whole change. */
  services: z
    .array(
      z.strictObject({
        name: z.string(),
        platforms: z.array(z.enum(platforms)).nullish(),
        criticality: z.enum(criticalities).nullish(),
        diff: diffFacts.nullish(),
        kinds: z.strictObject(kinds).nullish(),
        context: z
          .strictObject({
            peak: yesNo,
            change_window: z.enum(["open", "closed"]).nullish(),
            freeze: text,
          })
          .nullish(),
        failure_rate: z.number().min(0).max(1).nullish(),
        past: pastOfFiles.nullish(),
      }),
    )
    .nullish(),
});
export type ChangeFacts = z.infer<typeof changeFacts>;
