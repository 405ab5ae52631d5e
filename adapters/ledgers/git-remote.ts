import { exitCodes, UserError } from "../../core/errors.ts";
import { branchPrefix } from "../../core/evidence/stream.ts";
import { firstLine } from "../git/open.ts";
import type { Git } from "./git.ts";
import type { Branches } from "./git-branch.ts";
import { mustBeRepository } from "./git-local.ts";

/** Branches on a remote: a push without force is taken only while the branch still points to the commit's parent. */
export function remoteBranches(git: Git, remote: string): Branches {
  if (remote === "" || remote.startsWith("-")) {
    throw new UserError(
      "bad-remote",
      `${JSON.stringify(remote)} is no remote: name one of \`git remote\`, or an address.`,
    );
  }
  const listed = async (pattern: string): Promise<Map<string, string>> => {
    const answer = await git(["ls-remote", "--", remote, pattern]);
    if (answer.exitCode !== 0) {
      await mustBeRepository(git);
      throw /does not appear to be a git repository/.test(answer.stderr)
        ? noRemote(remote)
        : unavailable(remote, "could not be read", firstLine(answer.stderr));
    }
    const lines = answer.stdout.toString().split("\n").filter(Boolean);
    return new Map(lines.map((line) => [line.split("\t")[1] ?? "", line.split("\t")[0] ?? ""]));
  };
  const pointsTo = async (branch: string) =>
    (await listed(`refs/heads/${branch}`)).get(`refs/heads/${branch}`) ?? null;
  return {
    list: async () =>
      [...(await listed(`refs/heads/${branchPrefix}*`)).keys()].map((ref) => ref.slice("refs/heads/".length)),
    tip: async (branch) => {
      const commit = await pointsTo(branch);
      if (commit !== null) await bringHere(git, remote, branch, commit);
      return commit;
    },
    advance: async (branch, commit, parent) => {
      const refspec = `${commit}:refs/heads/${branch}`;
      const pushed = await git(["push", "--quiet", "--no-verify", "--no-signed", "--", remote, refspec]);
      if (pushed.exitCode === 0) {
        await remember(git, branch, commit);
        return true;
      }
      // What the branch points to now tells a lost race from a refusal in any language, and a lost answer from both.
      const now = await pointsTo(branch);
      if (now === commit) return true;
      if (now !== parent || lostRace.test(pushed.stderr)) return false;
      throw refusal(remote, branch, pushed.stderr);
    },
  };
}

const lostRace =
  /cannot lock ref|failed to update ref|reference already exists|\(fetch first\)|\(non-fast-forward\)|incorrect old value/;
const denied =
  /permission|denied|not authorized|unauthori[sz]ed|authentication failed|403|401|read[- ]only|access rights/i;

/** Fetches a branch's objects unless they are here already, and keeps them from being collected as garbage. */
async function bringHere(git: Git, remote: string, branch: string, commit: string): Promise<void> {
  if ((await git(["cat-file", "-e", `${commit}^{tree}`])).exitCode === 0) return;
  const ref = `refs/heads/${branch}`;
  const options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
  const fetched = await git(["fetch", ...options, "--", remote, ref]);
  if (fetched.exitCode !== 0) throw unavailable(remote, `did not give its branch ${branch}`, fetched.stderr);
  if ((await git(["cat-file", "-e", `${commit}^{tree}`])).exitCode !== 0) {
    throw unavailable(remote, `moved its branch ${branch} back while it was read`, "");
  }
  await remember(git, branch, commit);
}

/** A ref of our own makes the next fetch small. Two processes may race for it, and either may win. */
async function remember(git: Git, branch: string, commit: string): Promise<void> {
  await git(["update-ref", `refs/${branchPrefix}seen/${branch.slice(branchPrefix.length)}`, commit]);
}

function noRemote(remote: string): UserError {
  return new UserError(
    "ledger-unavailable",
    `This checkout has no remote ${withoutSecrets(remote)} that holds the ledger's branches. \`git remote\` lists those there are; ` +
      "where the ledger is kept in the checkout itself, pass --remote none.",
    exitCodes.unavailable,
  );
}

function unavailable(remote: string, what: string, said: string): UserError {
  const detail = said === "" ? "" : `: ${withoutSecrets(said)}`;
  return new UserError(
    "ledger-unavailable",
    `The ledger's remote ${withoutSecrets(remote)} ${what}${detail}. Check the remote's name, the network and the credentials.`,
    exitCodes.unavailable,
  );
}

function refusal(remote: string, branch: string, said: string): UserError {
  if (!denied.test(said)) return unavailable(remote, `refused the push of ${branch}`, said);
  return new UserError(
    "read-only-token",
    `The credentials for ${withoutSecrets(remote)} may not push the ledger's branch ${branch}: ${withoutSecrets(said)}. ` +
      "Give the job `permissions: contents: write`, or keep the ledger elsewhere; runs of forks cannot write one.",
    exitCodes.unavailable,
  );
}

/** git repeats an address with the password that it holds. */
function withoutSecrets(text: string): string {
  return text
    .slice(0, 500)
    .replace(/\/\/[^/@\s]*@/g, "//")
    .replace(/\s+/g, " ")
    .trim();
}
