import * as z from "zod";
import { actorOf } from "../access.ts";
import { addPull } from "../build-state.ts";
import { listCommits, mergeBase, readCommit } from "../git/commit.ts";
import { diffText, diffTrees } from "../git/diff.ts";
import { pullEnds } from "../git/pull-refs.ts";
import {
  type Answer,
  bodyOf,
  created,
  notFound,
  numberOf,
  ok,
  paged,
  Refusal,
  type RepositoryCall,
  repositoryRoute,
} from "../route.ts";
import { renderCommit, renderFile } from "../shapes/commit.ts";
import { renderPull, simplePull } from "../shapes/pull.ts";
import type { Pull } from "../state.ts";

export function pullOf(call: RepositoryCall): Pull {
  const pull = call.repository.pulls.get(numberOf(call, "pull_number"));
  if (!pull) throw notFound();
  return pull;
}

async function getPull(call: RepositoryCall): Promise<Answer> {
  const pull = pullOf(call);
  if (/\.diff\b/.test(call.accept)) {
    const ends = await pullEnds(call.repository, pull);
    const raw = await diffText(call.repository.git, ends.mergeBase, ends.head);
    return { status: 200, raw, headers: { "content-type": "application/vnd.github.diff; charset=utf-8" } };
  }
  return ok(await renderPull(call.world, call.repository, pull));
}

async function listPulls(call: RepositoryCall): Promise<Answer> {
  const state = call.query.get("state") ?? "open";
  const base = call.query.get("base");
  const head = call.query.get("head");
  const found = [...call.repository.pulls.values()]
    .filter((pull) => state === "all" || pull.state === state)
    .filter((pull) => base === null || pull.baseRef === base)
    .filter((pull) => head === null || `${pull.headRepository?.owner.login}:${pull.headRef}` === head)
    .sort((left, right) => right.number - left.number);
  const sorted = call.query.get("direction") === "asc" ? found.reverse() : found;
  return paged(call, sorted, (pull) => simplePull(call.world, call.repository, pull));
}

async function listFiles(call: RepositoryCall): Promise<Answer> {
  const ends = await pullEnds(call.repository, pullOf(call));
  const files = await diffTrees(call.repository.git, ends.mergeBase, ends.head);
  return paged(call, files.slice(0, call.world.limits.pullFiles), (file) =>
    renderFile(call.world, call.repository, file, ends.head),
  );
}

async function listPullCommits(call: RepositoryCall): Promise<Answer> {
  const ends = await pullEnds(call.repository, pullOf(call));
  const commits = await listCommits(call.repository.git, [`${ends.base}..${ends.head}`], ["--reverse"]);
  return paged(call, commits.slice(0, 250), (commit) => renderCommit(call.world, call.repository, commit));
}

const newPull = z.looseObject({
  title: z.string(),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().optional(),
});

async function createPull(call: RepositoryCall): Promise<Answer> {
  const wanted = bodyOf(call, newPull);
  const { git } = call.repository;
  const [head, base] = await Promise.all(
    [wanted.head, wanted.base].map((branch) => readCommit(git, `refs/heads/${branch}`)),
  );
  const missing = head ? (base ? null : "base") : "head";
  if (missing)
    throw new Refusal(422, "Validation Failed", {
      errors: [{ resource: "PullRequest", field: missing, code: "invalid" }],
    });
  const isOpen = [...call.repository.pulls.values()].some(
    (pull) => pull.state === "open" && pull.headRef === wanted.head && pull.baseRef === wanted.base,
  );
  if (isOpen) {
    const message = `A pull request already exists for ${call.repository.owner.login}:${wanted.head}.`;
    throw new Refusal(422, "Validation Failed", {
      errors: [{ resource: "PullRequest", code: "custom", message }],
    });
  }
  const pull = await addPull(call.world, call.repository, {
    title: wanted.title,
    head: wanted.head,
    base: wanted.base,
    body: wanted.body ?? null,
    draft: wanted.draft ?? false,
    author: actorOf(call.token).user.login,
  });
  return created(await renderPull(call.world, call.repository, pull));
}

const pullChange = z.looseObject({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  base: z.string().optional(),
});

async function updatePull(call: RepositoryCall): Promise<Answer> {
  const pull = pullOf(call);
  const change = bodyOf(call, pullChange);
  if (change.state === "closed" && pull.state === "open") await closePull(call, pull);
  if (change.state === "open" && !pull.merged)
    Object.assign(pull, { state: "open", closedAt: null, frozen: null });
  pull.title = change.title ?? pull.title;
  pull.body = change.body === undefined ? pull.body : change.body;
  if (change.base !== undefined && change.base !== pull.baseRef) {
    pull.baseRef = change.base;
    pull.baseChanges.push(call.world.now());
  }
  pull.updatedAt = call.world.now();
  return ok(await renderPull(call.world, call.repository, pull));
}

export async function closePull(
  call: Pick<RepositoryCall, "world" | "repository">,
  pull: Pull,
): Promise<void> {
  const { head, base } = await pullEnds(call.repository, pull);
  pull.frozen = { head, base };
  pull.state = "closed";
  pull.closedAt = call.world.now();
}

/** Pull requests whose merge made the commit or whose branch holds it; of open ones none that comes from a fork. */
async function listPullsOfCommit(call: RepositoryCall): Promise<Answer> {
  const { git } = call.repository;
  const commit = await readCommit(git, call.parameters.commit_sha ?? "");
  if (!commit) throw new Refusal(422, `No commit found for SHA: ${call.parameters.commit_sha}`);
  const found: Pull[] = [];
  for (const pull of call.repository.pulls.values()) {
    const ends = await pullEnds(call.repository, pull);
    const inHead = (await mergeBase(git, commit.oid, ends.head)) === commit.oid;
    const inBase = (await mergeBase(git, commit.oid, ends.base)) === commit.oid;
    const isListed = pull.state !== "open" || pull.headRepository === call.repository;
    if (pull.merged?.commit === commit.oid || (isListed && inHead && !inBase)) found.push(pull);
  }
  return paged(call, found, (pull) => simplePull(call.world, call.repository, pull));
}

export const pullRoutes = [
  repositoryRoute(
    {
      operation: "pulls/get",
      path: "GET /repos/{owner}/{repo}/pulls/{pull_number}",
      needs: ["pull_requests:read"],
    },
    getPull,
  ),
  repositoryRoute(
    { operation: "pulls/list", path: "GET /repos/{owner}/{repo}/pulls", needs: ["pull_requests:read"] },
    listPulls,
  ),
  repositoryRoute(
    {
      operation: "pulls/list-files",
      path: "GET /repos/{owner}/{repo}/pulls/{pull_number}/files",
      needs: ["pull_requests:read"],
    },
    listFiles,
  ),
  repositoryRoute(
    {
      operation: "pulls/list-commits",
      path: "GET /repos/{owner}/{repo}/pulls/{pull_number}/commits",
      needs: ["pull_requests:read"],
    },
    listPullCommits,
  ),
  repositoryRoute(
    { operation: "pulls/create", path: "POST /repos/{owner}/{repo}/pulls", needs: ["pull_requests:write"] },
    createPull,
  ),
  repositoryRoute(
    {
      operation: "pulls/update",
      path: "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
      needs: ["pull_requests:write"],
    },
    updatePull,
  ),
  repositoryRoute(
    {
      operation: "repos/list-pull-requests-associated-with-commit",
      path: "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls",
      needs: ["pull_requests:read", "contents:read"],
    },
    listPullsOfCommit,
  ),
];
