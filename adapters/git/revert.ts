import { isPolicyPath, saysSecurityFix } from "../../core/change/classify/protection.ts";
import { patchKey, reversePatchKey } from "../../core/change/patch.ts";
import { emptyTreeFor, isEmptyTree } from "./base.ts";
import { diffOptions } from "./changed-files.ts";
import { type LoggedCommit, logFormat, parseLog, parseRaw, type RawFile, saysRevert } from "./log.ts";
import type { Git } from "./open.ts";
import { readPatches } from "./patches.ts";

export type Revert = {
  /** The commit of the base that the change takes back exactly. */
  commit: string;
  /** True where that commit fixed a weakness or touched policy. */
  protection: boolean;
};

const commitsLookedAt = 200;
const mostComparisons = 10;
const mostBranchCommits = 100;

type Side = { base: string; head: string; files: Map<string, RawFile> };
type Relation = "inverse" | "same";

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
  const matches: { commit: LoggedCommit; relation: Relation }[] = [];
  let comparisons = 0;
  for (const commit of await recentCommits(git, base)) {
    const side: Side = {
      base: commit.parents[0] ?? emptyTreeFor(commit.sha),
      head: commit.sha,
      files: byPath(parseRaw(commit.entries).files),
    };
    if (!hasSamePaths(own, side)) continue;
    comparisons += 1;
    if (comparisons > mostComparisons) return undefined;
    const relation = await relationOf(git, own, side);
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

function hasSamePaths(own: Side, other: Side): boolean {
  if (own.files.size !== other.files.size) return false;
  for (const path of own.files.keys()) if (!other.files.has(path)) return false;
  return true;
}

async function relationOf(git: Git, own: Side, other: Side): Promise<Relation | undefined> {
  const pairs = [...own.files].flatMap(([path, file]) => {
    const counterpart = other.files.get(path);
    return counterpart ? [{ path, file, counterpart }] : [];
  });
  const whole: Relation | undefined = pairs.every(({ file, counterpart }) =>
    takesBackWhole(file, counterpart),
  )
    ? "inverse"
    : pairs.every(({ file, counterpart }) => isSameWhole(file, counterpart))
      ? "same"
      : undefined;
  if (whole) return whole;
  const ownPatches = await patchesOf(git, own);
  const otherPatches = await patchesOf(git, other);
  const isEvery = (isWhole: typeof takesBackWhole, hasModes: typeof takesBackWhole, key: typeof patchKey) =>
    pairs.every(({ path, file, counterpart }) => {
      if (isWhole(file, counterpart)) return true;
      const [mine, theirs] = [ownPatches.get(path), otherPatches.get(path)];
      if (mine === undefined || theirs === undefined || !hasModes(file, counterpart)) return false;
      const wanted = patchKey(mine);
      return wanted !== undefined && wanted === key(theirs);
    });
  if (isEvery(takesBackWhole, hasInverseModes, reversePatchKey)) return "inverse";
  return isEvery(isSameWhole, hasSameModes, patchKey) ? "same" : undefined;
}

async function patchesOf(git: Git, side: Side): Promise<Map<string, string | undefined>> {
  const patches = await readPatches(git, side.base, side.head, [...side.files.values()], { renames: false });
  return new Map([...patches].map(([file, patch]) => [file.path, patch]));
}

function hasInverseModes(file: RawFile, other: RawFile): boolean {
  return file.oldMode === other.newMode && file.newMode === other.oldMode;
}

function hasSameModes(file: RawFile, other: RawFile): boolean {
  return file.oldMode === other.oldMode && file.newMode === other.newMode;
}

function takesBackWhole(file: RawFile, other: RawFile): boolean {
  return (
    file.oldObject === other.newObject && file.newObject === other.oldObject && hasInverseModes(file, other)
  );
}

function isSameWhole(file: RawFile, other: RawFile): boolean {
  return (
    file.oldObject === other.oldObject && file.newObject === other.newObject && hasSameModes(file, other)
  );
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
