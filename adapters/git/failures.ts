import { moduleOf } from "../../core/change/history.ts";
import { mentions } from "../../core/change/kinds.ts";
import { secondsADay } from "./churn.ts";
import { type LoggedCommit, saysRevert } from "./log.ts";

/** One merged change, as the proxy for failure needs it. */
export type PastChange = Pick<LoggedCommit, "sha" | "committedAt" | "subject" | "title" | "message"> & {
  paths: readonly string[];
};

const hotfixWords = ["hotfix", "hot-fix", "hot fix"];
const hotfixDays = 7;

/**
 * Which past changes failed, as far as git can tell: those that were reverted later, and the last change to a module
 * before a hotfix to it within seven days. A proxy: it misses what was mended quietly. Changes come newest first.
 */
export function failedChanges(changes: readonly PastChange[]): Set<PastChange> {
  const failed = new Set<PastChange>();
  const bySha = new Map(changes.map((change) => [change.sha, change]));
  for (const [index, change] of changes.entries()) {
    if (saysRevert(change)) {
      const reverted = revertedBy(change, changes.slice(index + 1), bySha);
      for (const one of reverted) failed.add(one);
    } else if (isHotfix(change)) {
      for (const one of mendedBy(change, changes.slice(index + 1))) failed.add(one);
    }
  }
  return failed;
}

function isHotfix(change: PastChange): boolean {
  return hotfixWords.some((word) => mentions(change.title, word));
}

function revertedBy(
  revert: PastChange,
  older: readonly PastChange[],
  bySha: ReadonlyMap<string, PastChange>,
): PastChange[] {
  const found: PastChange[] = [];
  for (const [, sha = ""] of revert.message.matchAll(/\bThis reverts commit ([0-9a-f]{7,64})\b/g)) {
    const named = bySha.get(sha) ?? older.find((change) => change.sha.startsWith(sha));
    if (named && older.includes(named)) found.push(named);
  }
  if (found.length) return found;
  const number = /\bReverts (?:[\w.-]+\/[\w.-]+)?#(\d{1,10})\b/.exec(revert.message)?.[1];
  const quoted = /^Revert "(.+)"/.exec(revert.title)?.[1];
  const named = older.find(
    (change) =>
      (number !== undefined && isNumbered(change, number)) ||
      (quoted !== undefined && withoutNumber(change.title) === withoutNumber(quoted)),
  );
  return named ? [named] : [];
}

function isNumbered(change: PastChange, number: string): boolean {
  return (
    change.subject.endsWith(`(#${number})`) || change.subject.startsWith(`Merge pull request #${number} `)
  );
}

function withoutNumber(title: string): string {
  return title.replace(/ \(#\d{1,10}\)$/, "");
}

function mendedBy(hotfix: PastChange, older: readonly PastChange[]): PastChange[] {
  const open = new Set(hotfix.paths.map(moduleOf));
  const found: PastChange[] = [];
  for (const change of older) {
    if (open.size === 0 || hotfix.committedAt - change.committedAt > hotfixDays * secondsADay) break;
    const touched = new Set(change.paths.map(moduleOf).filter((name) => open.has(name)));
    if (touched.size === 0) continue;
    for (const name of touched) open.delete(name);
    found.push(change);
  }
  return found;
}
