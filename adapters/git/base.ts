import { exitCodes, UserError } from "../../core/errors.ts";
import { firstLine, type Git } from "./open.ts";

/** What a change is measured against. */
export type DiffBase = {
  /** A commit, or the empty tree for a first commit. */
  base: string;
  /** Commit whose `.gitattributes` and CODEOWNERS speak: the tip of the branch that the change goes into. */
  tip: string;
  /** Branch that the change goes into, where one was found. */
  branch?: string;
};

const branchCandidates = ["origin/HEAD", "origin/main", "origin/master", "main", "master"];
const emptyTrees = new Map([
  [40, "4b825dc642cb6eb9a060e54bf8d69288fbee4904"],
  [64, "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"],
]);

export function emptyTreeFor(sha: string): string {
  return emptyTrees.get(sha.length) ?? "";
}

export function isEmptyTree(sha: string): boolean {
  return emptyTreeFor(sha) === sha;
}

/** The commit that a revision names. */
export async function resolveCommit(git: Git, revision: string): Promise<string> {
  const found = await findCommit(git, revision);
  if (found !== undefined) return found;
  const shown = firstLine(JSON.stringify(revision));
  if (revision === "HEAD") {
    throw new UserError("no-commits", "The repository has no commit yet. Commit something first.");
  }
  if (await git.isShallow()) throw shallowClone(`The commit ${shown} is not in it.`);
  throw new UserError(
    "unknown-revision",
    `There is no commit ${shown} in this repository. Name a branch, tag or SHA that git rev-parse knows, or fetch it.`,
  );
}

async function findCommit(git: Git, revision: string): Promise<string | undefined> {
  // A name that begins with a dash would be read as an option by some versions of git.
  if (revision === "" || revision.startsWith("-") || revision.includes("\0")) return undefined;
  const args = ["rev-parse", "--verify", "--quiet", `${revision}^{commit}`];
  const answer = await git.answer(args, { accept: [0, 1, 128] });
  const sha = answer.stdout.trim();
  return answer.code === 0 && /^[0-9a-f]{40,64}$/.test(sha) ? sha : undefined;
}

/** The newest commit that both sides share. */
export async function mergeBase(git: Git, left: string, right: string): Promise<string> {
  const answer = await git.answer(["merge-base", left, right], { accept: [0, 1] });
  const sha = answer.stdout.trim().split("\n", 1)[0] ?? "";
  if (answer.code === 0 && sha !== "") return sha;
  if (await git.isShallow()) {
    throw shallowClone(`It holds no common ancestor of ${left.slice(0, 12)} and ${right.slice(0, 12)}.`);
  }
  throw new UserError(
    "no-merge-base",
    `${left.slice(0, 12)} and ${right.slice(0, 12)} share no history, so there is no change between them to judge. Name another base with --base.`,
  );
}

/** The first parent, or the empty tree for a commit that has none. */
export async function firstParent(git: Git, commit: string): Promise<string> {
  // The commit's own words: where a shallow clone was cut, git itself says that there is no parent.
  const text = (await git.answer(["cat-file", "commit", commit])).stdout;
  const parent = /^parent ([0-9a-f]+)$/m.exec(text.split("\n\n", 1)[0] ?? "")?.[1];
  if (parent === undefined) return emptyTreeFor(commit);
  if ((await findCommit(git, parent)) !== undefined) return parent;
  throw shallowClone(`The parent of ${commit.slice(0, 12)} is not in it.`);
}

/** The branch that a change most likely goes into; on that branch itself, the commit before. */
export async function defaultBase(git: Git, head: string): Promise<DiffBase> {
  for (const candidate of branchCandidates) {
    const tip = await findCommit(
      git,
      candidate.startsWith("origin/") ? `refs/remotes/${candidate}` : `refs/heads/${candidate}`,
    );
    if (tip === undefined) continue;
    const branch =
      candidate === "origin/HEAD" ? await nameOfOriginHead(git) : candidate.replace("origin/", "");
    const shared = await mergeBase(git, tip, head);
    const known = branch === undefined ? {} : { branch };
    if (shared !== head) return { base: shared, tip, ...known };
    const parent = await firstParent(git, head);
    return { base: parent, tip: parent, ...known };
  }
  const parent = await firstParent(git, head);
  return { base: parent, tip: parent };
}

/** Name of the branch that a revision names; undefined for a SHA, a tag or an expression such as HEAD~2. */
export async function branchOf(git: Git, revision: string): Promise<string | undefined> {
  if (revision.startsWith("-")) return undefined;
  const answer = await git.answer(["rev-parse", "--symbolic-full-name", revision], { accept: [0, 128] });
  return /^refs\/(?:heads|remotes\/[^/\s]+)\/(\S+)$/.exec(answer.stdout.trim())?.[1];
}

async function nameOfOriginHead(git: Git): Promise<string | undefined> {
  const answer = await git.answer(["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"], {
    accept: [0, 1, 128],
  });
  const prefix = "refs/remotes/origin/";
  const name = answer.stdout.trim();
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

function shallowClone(what: string): UserError {
  return new UserError(
    "shallow-clone",
    `This clone is shallow. ${what} Give actions/checkout the input fetch-depth: 0, or run git fetch --unshallow.`,
    exitCodes.unavailable,
  );
}
