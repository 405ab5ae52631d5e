import { isEmptyTree } from "./base.ts";
import { type LoggedCommit, logFormat, parseLog, secondsOf } from "./log.ts";
import type { Git } from "./open.ts";

/** The window that "how busy is this file" looks back on. */
export const churnDays = 30;
export const secondsADay = 86_400;

const mostCommits = 20_000;

/** Changes merged on the first-parent line of a commit, no older than a moment, with the paths that each touched. */
export async function touchedSince(
  git: Git,
  commit: string,
  since: number,
  skip = 0,
): Promise<{ commits: LoggedCommit[]; cut: boolean }> {
  const shape = [
    "-z",
    logFormat,
    "--first-parent",
    "-m",
    "--name-only",
    "--no-renames",
    "--ignore-submodules=none",
  ];
  const range = [`--max-age=${Math.max(0, since)}`, `--skip=${skip}`, `--max-count=${mostCommits}`];
  const answer = await git.answer(["log", ...shape, ...range, commit, "--"]);
  const commits = parseLog(answer.stdout);
  return { commits, cut: answer.cut || commits.length >= mostCommits };
}

/** Committer date in seconds since 1970. */
export async function commitTime(git: Git, commit: string): Promise<number> {
  const answer = await git.answer(["log", "--max-count=1", "--no-patch", "--format=%ct", commit, "--"]);
  return secondsOf(answer.stdout);
}

/**
 * How many changes merged in the 30 days before `base` touched each path, by the base's own clock. Undefined where
 * that cannot be said: a shallow clone does not show them all.
 */
export async function commitsByPath(git: Git, base: string): Promise<Map<string, number> | undefined> {
  if (isEmptyTree(base)) return new Map();
  if (await git.isShallow()) return undefined;
  const since = (await commitTime(git, base)) - churnDays * secondsADay;
  const { commits, cut } = await touchedSince(git, base, since);
  if (cut) return undefined;
  const counts = new Map<string, number>();
  for (const { entries } of commits)
    for (const path of entries) counts.set(path, (counts.get(path) ?? 0) + 1);
  return counts;
}
