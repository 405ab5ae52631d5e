import { isPolicyPath, saysSecurityFix } from "../../core/change/classify/protection.ts";
import { saysRevert } from "../../core/learning/words.ts";
import { emptyTreeFor, isEmptyTree } from "./base.ts";
import { diffOptions } from "./changed-files.ts";
import { type LoggedCommit, logFormat, parseLog, parseRaw, type RawFile } from "./log.ts";
import type { Git } from "./open.ts";
import { type Relation, relationTo, type Side } from "./relation.ts";

export type Revert = {
  /** The commit of the base that the change takes back exactly. */
  commit: string;
  /** True where that commit fixed a weakness or touched policy. */
  protection: boolean;
};

const commitsLookedAt = 200;
const mostBranchCommits = 100;

/**
 * The commit among the last 200 on the base's first-parent line that the change takes back, line for line.
 *
 * Landing something again takes back a revert just as exactly, and must not pass as one: the oldest commit with these
 * lines tells which way round the story began.
 */
export async function findRevert(git: Git, base: string, head: string): Promise<Revert | undefined> {
  if (isEmptyTree(base)) return undefined;
  const own = await sideOf(git, base, head);
  if (own.files.size === 0) return undefined;
  const relate = relationTo(git, own);
  const matches: { commit: LoggedCommit; relation: Relation }[] = [];
  for (const commit of await recentCommits(git, base)) {
    const files = byPath(parseRaw(commit.entries).files);
    const relation = await relate({
      base: commit.parents[0] ?? emptyTreeFor(commit.sha),
      head: commit.sha,
      files,
    });
    if (relation === "unknown") return undefined;
    if (relation) matches.push({ commit, relation });
  }
  const oldest = matches.at(-1);
  const newest = matches.find(({ relation }) => relation === "inverse");
  if (!newest || !oldest || oldest.relation === "same" || saysRevert(oldest.commit)) return undefined;
  return { commit: newest.commit.sha, protection: await protects(git, newest.commit) };
}

async function recentCommits(git: Git, base: string): Promise<LoggedCommit[]> {
  const shape = ["-z", logFormat, "--first-parent", "-m", "--raw", "--no-renames", ...diffOptions];
  const answer = await git.answer(["log", ...shape, `--max-count=${commitsLookedAt}`, base, "--"]);
  return parseLog(answer.stdout);
}

async function sideOf(git: Git, base: string, head: string): Promise<Side> {
  const args = ["diff-tree", "-r", "--no-renames", ...diffOptions, "--raw", "-z", base, head, "--"];
  const answer = await git.answer(args);
  return { base, head, files: byPath(answer.cut ? [] : parseRaw(answer.stdout.split("\0")).files) };
}

function byPath(files: readonly RawFile[]): Map<string, RawFile> {
  return new Map(files.map((file) => [file.path, file]));
}

/** A merge speaks through the commits that it brought in too. */
async function protects(git: Git, commit: LoggedCommit): Promise<boolean> {
  if (saysSecurityFix(commit.message)) return true;
  if (parseRaw(commit.entries).files.some((file) => isPolicyPath(file.path))) return true;
  const [first, second] = commit.parents;
  if (first === undefined || second === undefined) return false;
  const range = [`--max-count=${mostBranchCommits}`, second, `^${first}`, "--"];
  const answer = await git.answer(["log", "-z", logFormat, "--no-patch", ...range]);
  return parseLog(answer.stdout).some(({ message }) => saysSecurityFix(message));
}
