import { languageOf } from "./classify/languages.ts";
import { type Weight, type WeightRules, weightOf } from "./classify/weight.ts";
import type { ChangedFile, DiffFacts, NotCountedReason } from "./facts.ts";
import { moduleOf } from "./history.ts";

type Weighed = { file: ChangedFile; weight: Weight };

const shownExamples = 3;
const shownBusiest = 3;

/**
 * The diff as the score sees it: only files that count, and beside them, said aloud, what was left out and why. A
 * total is unknown where the lines of one counted file are unknown.
 */
export function deriveDiff(files: readonly ChangedFile[], rules: WeightRules = {}): DiffFacts {
  const weighed = files.map((file) => ({ file, weight: weightOf(file, rules) }));
  const counted = weighed.filter(({ weight }) => weight.reason === undefined);
  const additions = sum(counted.map(({ weight }) => weight.additions));
  const deletions = sum(counted.map(({ weight }) => weight.deletions));
  const lines = counted.map(({ weight }) => sum([weight.additions, weight.deletions]));
  const entropy = entropyOf(lines);
  const churn = churnOf(counted);
  const notCounted = notCountedOf(weighed);
  return {
    files: counted.length,
    ...(additions === undefined ? {} : { additions }),
    ...(deletions === undefined ? {} : { deletions }),
    directories: new Set(counted.map(({ file }) => folderOf(file.path))).size,
    modules: new Set(counted.map(({ file }) => moduleOf(file.path))).size,
    ...(entropy === undefined ? {} : { entropy }),
    languages: languagesOf(counted),
    ...(churn === undefined ? {} : { churn }),
    busiest_files: busiestOf(counted),
    ...(notCounted ? { not_counted: notCounted } : {}),
  };
}

/** The files of a change that are not left out whole. */
export function countedFiles(files: readonly ChangedFile[], rules: WeightRules = {}): ChangedFile[] {
  return files.filter((file) => weightOf(file, rules).reason === undefined);
}

/** Shannon entropy of the changed lines over the files, scaled to 0–1: 0 all in one file, 1 evenly spread. */
export function entropyOf(lines: readonly (number | undefined)[]): number | undefined {
  const total = sum(lines);
  if (total === undefined) return undefined;
  if (total === 0 || lines.length < 2) return 0;
  let entropy = 0;
  for (const count of lines) {
    const share = (count ?? 0) / total;
    if (share > 0) entropy -= share * Math.log2(share);
  }
  return Math.min(1, Math.max(0, entropy / Math.log2(lines.length)));
}

function churnOf(counted: readonly Weighed[]): number | undefined {
  let most = 0;
  for (const { file } of counted) {
    if (file.commits_30d == null) return undefined;
    most = Math.max(most, file.commits_30d);
  }
  return most;
}

function busiestOf(counted: readonly Weighed[]): string[] {
  const busy = counted.flatMap(({ file }) =>
    file.commits_30d ? [{ path: file.path, commits: file.commits_30d }] : [],
  );
  busy.sort((left, right) => right.commits - left.commits || (left.path < right.path ? -1 : 1));
  return busy.slice(0, shownBusiest).map(({ path }) => path);
}

function languagesOf(counted: readonly Weighed[]): Record<string, number> {
  const lines = new Map<string, number>();
  for (const { file, weight } of counted) {
    const language = languageOf(file.path);
    lines.set(language, (lines.get(language) ?? 0) + (weight.additions ?? 0) + (weight.deletions ?? 0));
  }
  const sorted = [...lines].sort(([left, most], [right, more]) => more - most || (left < right ? -1 : 1));
  return Object.fromEntries(sorted);
}

function notCountedOf(weighed: readonly Weighed[]): DiffFacts["not_counted"] {
  const byReason = new Map<NotCountedReason, number>();
  const examples: { path: string; lines: number; isWhole: boolean }[] = [];
  let files = 0;
  for (const { file, weight } of weighed) {
    const lines = weight.notCountedLines;
    if (weight.reason === undefined && lines === 0) continue;
    if (weight.reason !== undefined) files += 1;
    const reason = weight.reason ?? "whitespace";
    byReason.set(reason, (byReason.get(reason) ?? 0) + lines);
    examples.push({ path: file.path, lines, isWhole: reason !== "whitespace" });
  }
  if (examples.length === 0) return undefined;
  // Code could hide in a file that was left out whole; a few blank lines come last.
  examples.sort(
    (left, right) =>
      Number(right.isWhole) - Number(left.isWhole) ||
      right.lines - left.lines ||
      (left.path < right.path ? -1 : 1),
  );
  return {
    files,
    lines: [...byReason.values()].reduce((total, lines) => total + lines, 0),
    by_reason: Object.fromEntries(byReason),
    examples: examples.slice(0, shownExamples).map(({ path }) => path),
  };
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  let total = 0;
  for (const value of values) {
    if (value === undefined) return undefined;
    total += value;
  }
  return total;
}
