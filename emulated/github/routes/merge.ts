import * as z from "zod";
import { actorOf } from "../access.ts";
import { listCommits, readCommit } from "../git/commit.ts";
import { fixedIdentity, pullEnds } from "../git/pull-refs.ts";
import { type Signatures, writeCommit } from "../git/write.ts";
import {
  type Answer,
  bodyOf,
  noContent,
  notFound,
  ok,
  Refusal,
  type RepositoryCall,
  repositoryRoute,
} from "../route.ts";
import type { Pull } from "../state.ts";
import { pullOf } from "./pulls.ts";

const wantedMerge = z.looseObject({
  sha: z.string().optional(),
  merge_method: z.enum(["merge", "squash", "rebase"]).default("merge"),
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
});

type Merge = { pull: Pull; head: string; base: string; message: string; identity: Signatures };

async function mergedTree(call: RepositoryCall, base: string, head: string): Promise<string> {
  try {
    return await call.repository.git.text(["merge-tree", "--write-tree", base, head]);
  } catch {
    throw new Refusal(405, "Pull Request is not mergeable");
  }
}

async function merge(call: RepositoryCall, about: Merge, parents: string[]): Promise<string> {
  const tree = await mergedTree(call, about.base, about.head);
  return writeCommit(call.repository.git, { tree, parents, message: about.message }, about.identity);
}

/** Each commit of the head again, one after the other, on the base: other commits with the same patches. */
async function rebase(call: RepositoryCall, about: Merge): Promise<string> {
  const { git } = call.repository;
  let tip = about.base;
  const range = [`${about.base}..${about.head}`];
  for (const commit of await listCommits(git, range, ["--reverse", "--topo-order", "--no-merges"])) {
    const [parent] = commit.parents;
    const ours = await readCommit(git, tip);
    if (!parent || !ours) throw new Refusal(405, "This branch can't be rebased");
    // A commit of our tree on the old parent makes that parent the merge base, which a cherry-pick needs.
    const side = writeCommit(git, { tree: ours.tree, parents: [parent], message: "side" }, about.identity);
    const tree = await mergedTree(call, side, commit.oid);
    const identity = fixedIdentity(call.world.now(), commit.author.name, commit.author.email);
    tip = writeCommit(git, { tree, parents: [tip], message: commit.message }, identity);
  }
  return tip;
}

async function mergePull(call: RepositoryCall): Promise<Answer> {
  const pull = pullOf(call);
  const wanted = bodyOf(call, wantedMerge);
  const { user } = actorOf(call.token);
  if (pull.state !== "open") throw new Refusal(405, "Pull Request is not mergeable");
  const { head, base } = await pullEnds(call.repository, pull);
  if (wanted.sha !== undefined && wanted.sha !== head)
    throw new Refusal(409, "Head branch was modified. Review and try the merge again.");
  const squash = wanted.merge_method === "squash";
  const title =
    wanted.commit_title ??
    (squash ? `${pull.title} (#${pull.number})` : `Merge pull request #${pull.number} from ${pull.headRef}`);
  const text = wanted.commit_message ?? (squash ? "" : pull.title);
  const message = text === "" ? title : `${title}\n\n${text}`;
  const identity = fixedIdentity(call.world.now(), user.name, user.email);
  const about = { pull, head, base, message, identity };
  const commit =
    wanted.merge_method === "rebase"
      ? await rebase(call, about)
      : await merge(call, about, squash ? [base] : [base, head]);
  if (!(await call.repository.git.move(`refs/heads/${pull.baseRef}`, commit, base)))
    throw new Refusal(409, "Base branch was modified. Review and try the merge again.");
  const at = call.world.now();
  Object.assign(pull, { state: "closed", closedAt: at, updatedAt: at, frozen: { head, base } });
  pull.merged = { at, by: user, commit };
  return ok({ sha: commit, merged: true, message: "Pull Request successfully merged" });
}

const path = "/repos/{owner}/{repo}/pulls/{pull_number}/merge";

export const mergeRoutes = [
  repositoryRoute({ operation: "pulls/merge", path: `PUT ${path}`, needs: ["contents:write"] }, mergePull),
  repositoryRoute(
    { operation: "pulls/check-if-merged", path: `GET ${path}`, needs: ["pull_requests:read"] },
    (call) => {
      if (!pullOf(call).merged) throw notFound();
      return noContent;
    },
  ),
];
