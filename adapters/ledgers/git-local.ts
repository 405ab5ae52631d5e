import { exitCodes, UserError } from "../../core/errors.ts";
import { branchPrefix } from "../../core/evidence/stream.ts";
import type { Git } from "./git.ts";
import type { Branches } from "./git-branch.ts";
import { must } from "./git-tree.ts";

/** Branches of the repository itself: `update-ref` with the old value compares and swaps. */
export function localBranches(git: Git): Branches {
  const tip = async (branch: string) => {
    const answer = await git(["rev-parse", "--verify", "--quiet", `refs/heads/${branch}^{commit}`]);
    if (answer.exitCode === 0) return answer.stdout.toString().trim();
    await mustBeRepository(git);
    return null;
  };
  return {
    list: async () => {
      await mustBeRepository(git);
      const listed = await must(git, [
        "for-each-ref",
        "--format=%(refname:lstrip=2)",
        `refs/heads/${branchPrefix}`,
      ]);
      return listed.stdout.toString().split("\n").filter(Boolean);
    },
    tip,
    advance: async (branch, commit, parent) => {
      const old = parent ?? "0".repeat(commit.length);
      const moved = await git([
        "update-ref",
        "--create-reflog",
        "-m",
        "ledger",
        `refs/heads/${branch}`,
        commit,
        old,
      ]);
      if (moved.exitCode === 0) return true;
      if ((await tip(branch)) !== parent || /but expected|reference already exists/.test(moved.stderr))
        return false;
      // Another writer holds the ref's lock for a moment; a lock that a killed git left is named after the retries.
      throw new UserError(
        "ledger-unavailable",
        `git could not move the ledger's branch ${branch}: ${moved.stderr.slice(0, 400)}`,
        exitCodes.unavailable,
      );
    },
  };
}

export async function mustBeRepository(git: Git): Promise<void> {
  const answer = await git(["rev-parse", "--git-dir"]);
  if (answer.exitCode === 0) return;
  throw new UserError(
    "ledger-unavailable",
    `A ledger on a branch needs a git repository, and git says: ${answer.stderr.slice(0, 300)}. ` +
      "Run the command inside a checkout, or keep the ledger in a folder (home: file).",
    exitCodes.unavailable,
  );
}
