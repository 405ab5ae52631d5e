import { quantileSorted } from "simple-statistics";
import * as z from "zod";
import { leastHistoryChanges } from "./fact.ts";
import type { ChangeFacts } from "./facts.ts";
import { modelCalibration, type PastOfFiles } from "./facts-for-model.ts";
import { filesTable } from "./files-table.ts";
import { recordOf } from "./record-of.ts";

/** `history.json`: what the merged changes of one branch were like. Counts only; no person is named. */

export const sampleColumns = [
  "bot",
  "files",
  "additions",
  "deletions",
  "directories",
  "entropy",
  "churn",
] as const;

const amount = z.number().nonnegative().nullable();
/** One merged change, newest first, in the order of `sampleColumns`; null where a fact is unknown. */
const sampleRow = z.tuple([
  z.union([z.literal(0), z.literal(1)]),
  amount,
  amount,
  amount,
  amount,
  amount,
  amount,
]);
export type SampleRow = z.infer<typeof sampleRow>;

const typical = z.strictObject({
  changes: z.int().nonnegative(),
  files: amount,
  additions: amount,
  deletions: amount,
  directories: amount,
  entropy: amount,
  churn: amount,
});
const changesAndFailures = z.strictObject({
  changes: z.int().nonnegative(),
  failures: z.int().nonnegative(),
});

const countsByPath = z
  .record(z.string(), z.int().nonnegative())
  .transform((record) => recordOf(Object.entries(record)));
const recordsByModule = z
  .record(z.string(), changesAndFailures)
  .transform((record) => recordOf(Object.entries(record)));

export const historySummary = z.strictObject({
  $schema: z.string().optional(),
  schema_version: z.literal(1),
  /** Commit that the history was read from, and its committer date. */
  base: z.string(),
  base_at: z.iso.datetime(),
  sample: z.strictObject({
    columns: z
      .array(z.string())
      .refine((names) => names.join() === sampleColumns.join(), `must be ${sampleColumns.join()}`),
    rows: z.array(sampleRow).max(5000),
  }),
  typical: z.strictObject({ people: typical, bots: typical }),
  /**
   * Commits of the branch's first-parent line in the 30 days before `base`, by path, the busiest first. Where
   * `complete`, a path that is not named was not touched.
   */
  commits_30d: countsByPath,
  commits_30d_complete: z.boolean(),
  /** A proxy: a change failed where it was reverted, or was the last to touch a module before a hotfix within 7 days. */
  failures: changesAndFailures,
  modules: recordsByModule,
  previous_release: z.strictObject({ name: z.string(), days_before: z.number().nonnegative() }).nullable(),
  days_since_rollback: z.number().nonnegative().nullable(),
  /** Percent of lines covered on this commit, where its run had a coverage report: what a change is compared with. */
  coverage_percent: z.number().min(0).max(100).optional(),
  /** What the files of `base` have behind them; absent in summaries of earlier versions. */
  files: filesTable.optional(),
  /** How the outcomes of releases fit what the model in force said of them, where a ledger tells. */
  model_calibration: modelCalibration.optional(),
});
export type HistorySummary = z.infer<typeof historySummary>;

/** A summary that cannot be read is a problem to say, never a reason to fail: history is optional. */
export function parseHistory(text: string): { summary: HistorySummary } | { problem: string } {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { problem: "history.json is not JSON; history counts as unknown until the next refresh." };
  }
  const parsed = historySummary.safeParse(document);
  if (parsed.success) return { summary: parsed.data };
  const issue = parsed.error.issues[0];
  const where = issue?.path.length ? ` at ${issue.path.map(String).join(".").slice(0, 100)}` : "";
  return {
    problem: `history.json is not a summary of schema_version 1${where}; history counts as unknown until the next refresh.`,
  };
}

/** Commits that touched a path in the 30 days before the summary's base; undefined where the summary does not say. */
export function commitsInThirtyDays(summary: HistorySummary, path: string): number | undefined {
  if (Object.hasOwn(summary.commits_30d, path)) return summary.commits_30d[path];
  return summary.commits_30d_complete ? 0 : undefined;
}

/** The first two folders of a path: what counts as a module where nobody said otherwise. */
export function moduleOf(path: string): string {
  const folders = path.split("/").slice(0, -1);
  return folders.length === 0 ? "." : folders.slice(0, 2).join("/");
}

/** A module's own record weighs as much as this many changes of the whole repository. */
const shrinkageChanges = 10;

export type HistoryQuestion = {
  isBot: boolean;
  /** Paths that the change touches. */
  files: readonly string[];
  /** Score of a past change under the policy at hand. */
  score: (facts: ChangeFacts) => number;
  /** What the files that count have behind them. */
  past?: PastOfFiles | undefined;
};

/** What the history says to one change. Below 30 changes it is only counted: nothing typical can be said yet. */
export function historyFacts(
  summary: HistorySummary,
  question: HistoryQuestion,
): NonNullable<ChangeFacts["history"]> {
  const rows = summary.sample.rows.filter(([bot]) => (bot === 1) === question.isBot);
  const typicalChange = question.isBot ? summary.typical.bots : summary.typical.people;
  const { changes: _, ...medians } = typicalChange;
  const enough = rows.length >= leastHistoryChanges;
  const failureRate = failureRateOf(summary, question.files);
  return {
    changes: rows.length,
    among: question.isBot ? "bots" : "people",
    ...(enough ? { typical: medians, score_quantiles: scoreQuantiles(rows, question.score) } : {}),
    ...(failureRate === undefined ? {} : { failure_rate: failureRate }),
    ...(question.past ? { past: question.past } : {}),
    ...(summary.previous_release ? { previous_release: summary.previous_release.name } : {}),
    ...(summary.days_since_rollback === null ? {} : { days_since_rollback: summary.days_since_rollback }),
    ...(summary.model_calibration ? { model_calibration: summary.model_calibration } : {}),
  };
}

function scoreQuantiles(rows: readonly SampleRow[], score: HistoryQuestion["score"]): number[] {
  const scores = rows.map((row) => score(factsOfSample(row))).sort((left, right) => left - right);
  return Array.from({ length: 101 }, (_, percent) => roundedFact(quantileSorted(scores, percent / 100)));
}

/** A past change as facts of its diff. */
export function factsOfSample([
  ,
  files,
  additions,
  deletions,
  directories,
  entropy,
  churn,
]: SampleRow): ChangeFacts {
  return { schema_version: 1, diff: { files, additions, deletions, directories, entropy, churn } };
}

/**
 * The rate of the worst touched module, drawn towards the rate of the whole repository so that one failure among three
 * changes does not read as 33 %. The worst and not the mean: a safe module beside a risky one makes nothing safer.
 */
export function failureRateOf(summary: HistorySummary, files: readonly string[]): number | undefined {
  const { changes, failures } = summary.failures;
  if (changes < leastHistoryChanges || files.length === 0) return undefined;
  const overall = failures / changes;
  let worst = 0;
  for (const name of new Set(files.map(moduleOf))) {
    const own = Object.hasOwn(summary.modules, name) ? summary.modules[name] : undefined;
    const rate =
      ((own?.failures ?? 0) + shrinkageChanges * overall) / ((own?.changes ?? 0) + shrinkageChanges);
    worst = Math.max(worst, rate);
  }
  return roundedFact(Math.min(1, worst));
}

/** As many digits as a document of history keeps: whatever is compared with one is rounded alike. */
export function roundedFact(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
