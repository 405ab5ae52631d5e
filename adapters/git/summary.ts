import { medianSorted } from "simple-statistics";
import type { DeclaredAttributes } from "../../core/change/classify/attributes.ts";
import { isBotAccount } from "../../core/change/classify/bots.ts";
import type { WeightRules } from "../../core/change/classify/weight.ts";
import { deriveDiff } from "../../core/change/diff.ts";
import type { ChangedFile } from "../../core/change/facts.ts";
import { type HistorySummary, moduleOf, type SampleRow, sampleColumns } from "../../core/change/history.ts";
import { recordOf } from "../../core/change/record-of.ts";
import { saysRevert } from "../../core/learning/words.ts";
import { churnDays, secondsADay } from "./churn.ts";
import { failedChanges, type PastChange } from "./failures.ts";
import { type LoggedCommit, parseNumstat } from "./log.ts";
import type { ReleaseTag } from "./release.ts";
import { slidingCounts } from "./sliding.ts";

export type HistoryMaterial = {
  base: string;
  /** Newest first, with numstat entries. */
  sampled: readonly LoggedCommit[];
  /** Changes older than the sample, with names only: what made its files busy. */
  earlier: readonly LoggedCommit[];
  /** From this moment on, in seconds since 1970, no change is missing; -Infinity where the history begins here. */
  completeSince: number;
  /** Who wrote the change that a merge brought in, by the merge's second parent. */
  authors: ReadonlyMap<string, { name: string; email: string }>;
  attributesOf: (path: string) => DeclaredAttributes;
  rules: WeightRules;
  release: ReleaseTag | undefined;
};

type Change = PastChange & { files: ReturnType<typeof parseNumstat>; byBot: boolean };

const mostBusyFiles = 2000;
const mostModules = 1000;

export function summarise(material: HistoryMaterial): HistorySummary {
  const changes = material.sampled.map((commit) => changeOf(commit, material));
  const baseAt = changes[0]?.committedAt ?? 0;
  const touches = [
    ...changes.map(({ committedAt, paths }) => ({ at: committedAt, paths })),
    ...material.earlier.map(({ committedAt, entries }) => ({ at: committedAt, paths: entries })),
  ];
  const counts = slidingCounts(touches, churnDays * secondsADay, material.completeSince);
  const busiest = [...(counts.at(0) ?? [])].sort(
    ([left, many], [right, more]) => more - many || (left < right ? -1 : 1),
  );
  const rows = changes.flatMap((change, index) => {
    const churn = counts.at(index + 1);
    return change.files.length ? [rowOf(change, churn, material)] : [];
  });
  const lastRevert = changes.find(saysRevert);
  const failed = failedChanges(changes);
  return {
    schema_version: 1,
    base: material.base,
    base_at: new Date(baseAt * 1000).toISOString(),
    sample: { columns: [...sampleColumns], rows },
    typical: { people: typicalOf(rows, 0), bots: typicalOf(rows, 1) },
    commits_30d: recordOf(busiest.slice(0, mostBusyFiles)),
    commits_30d_complete: counts.at(0) !== undefined && busiest.length <= mostBusyFiles,
    failures: { changes: changes.length, failures: failed.size },
    modules: modulesOf(changes, failed),
    previous_release: material.release
      ? { name: material.release.name, days_before: daysBetween(material.release.committedAt, baseAt) }
      : null,
    days_since_rollback: lastRevert ? daysBetween(lastRevert.committedAt, baseAt) : null,
  };
}

function changeOf(commit: LoggedCommit, material: HistoryMaterial): Change {
  const files = parseNumstat(commit.entries);
  const author = material.authors.get(commit.parents[1] ?? "");
  return {
    sha: commit.sha,
    parents: commit.parents,
    committedAt: commit.committedAt,
    title: commit.title,
    message: commit.message,
    files,
    paths: files.flatMap((file) => [
      file.path,
      ...(file.previousPath === undefined ? [] : [file.previousPath]),
    ]),
    byBot: isBotAccount(author?.name ?? commit.authorName, author?.email ?? commit.authorEmail),
  };
}

/**
 * A past change measured as a new one is, with one difference: patches are not read, so that lines which differ in
 * whitespace only still count here.
 */
function rowOf(
  change: Change,
  churn: ReadonlyMap<string, number> | undefined,
  material: HistoryMaterial,
): SampleRow {
  const files = change.files.map((file): ChangedFile => {
    const { binary, ...declared } = material.attributesOf(file.path);
    return {
      path: file.path,
      ...(file.previousPath === undefined ? {} : { previous_path: file.previousPath }),
      status: file.previousPath === undefined ? "modified" : "renamed",
      ...(file.additions === undefined ? {} : { additions: file.additions, deletions: file.deletions }),
      ...(file.additions === undefined || binary ? { binary: true } : {}),
      ...declared,
      ...(churn ? { commits_30d: churn.get(file.previousPath ?? file.path) ?? 0 } : {}),
    };
  });
  const diff = deriveDiff(files, material.rules);
  return [
    change.byBot ? 1 : 0,
    diff.files ?? null,
    diff.additions ?? null,
    diff.deletions ?? null,
    diff.directories ?? null,
    diff.entropy == null ? null : Math.round(diff.entropy * 1e4) / 1e4,
    diff.churn ?? null,
  ];
}

function typicalOf(rows: readonly SampleRow[], bot: 0 | 1): HistorySummary["typical"]["people"] {
  const own = rows.filter((row) => row[0] === bot);
  const median = (column: 1 | 2 | 3 | 4 | 5 | 6): number | null => {
    const values = own.flatMap((row) => row[column] ?? []).sort((left, right) => left - right);
    return values.length ? medianSorted(values) : null;
  };
  return {
    changes: own.length,
    files: median(1),
    additions: median(2),
    deletions: median(3),
    directories: median(4),
    entropy: median(5),
    churn: median(6),
  };
}

function modulesOf(changes: readonly Change[], failed: ReadonlySet<PastChange>): HistorySummary["modules"] {
  const modules = new Map<string, { changes: number; failures: number }>();
  for (const change of changes) {
    for (const name of new Set(change.paths.map(moduleOf))) {
      const known = modules.get(name) ?? { changes: 0, failures: 0 };
      modules.set(name, {
        changes: known.changes + 1,
        failures: known.failures + (failed.has(change) ? 1 : 0),
      });
    }
  }
  const busiest = [...modules].sort(
    ([left, one], [right, other]) => other.changes - one.changes || (left < right ? -1 : 1),
  );
  return recordOf(busiest.slice(0, mostModules));
}

function daysBetween(earlier: number, later: number): number {
  return Math.max(0, Math.round(((later - earlier) / secondsADay) * 100) / 100);
}
