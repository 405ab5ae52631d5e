import * as z from "zod";
import { actorOf } from "../access.ts";
import { resolveCommit } from "../git/commit.ts";
import { latestStatuses } from "../graphql/rollup.ts";
import {
  type Answer,
  bodyOf,
  created,
  paged,
  Refusal,
  type RepositoryCall,
  repositoryRoute,
} from "../route.ts";
import { renderStatus } from "../shapes/check.ts";
import { apiUrl, minimalRepository } from "../shapes/repository.ts";
import { renderUser } from "../shapes/user.ts";
import type { CommitStatus } from "../state.ts";

const newStatus = z.looseObject({
  state: z.enum(["error", "failure", "pending", "success"]),
  target_url: z.string().nullish(),
  description: z.string().max(140).nullish(),
  context: z.string().default("default"),
});

async function commitOf(call: RepositoryCall, name: string): Promise<string> {
  const commit = await resolveCommit(call.repository.git, name);
  if (!commit) throw new Refusal(422, `No commit found for SHA: ${name}`);
  return commit.oid;
}

async function createStatus(call: RepositoryCall): Promise<Answer> {
  const wanted = bodyOf(call, newStatus);
  const status: CommitStatus = {
    id: call.world.nextId(),
    sha: await commitOf(call, call.parameters.sha ?? ""),
    state: wanted.state,
    description: wanted.description ?? null,
    targetUrl: wanted.target_url ?? null,
    context: wanted.context,
    creator: actorOf(call.token).user,
    createdAt: call.world.now(),
  };
  call.repository.statuses.push(status);
  return created({
    ...renderStatus(call.world, call.repository, status),
    creator: renderUser(call.world, status.creator),
  });
}

async function combined(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const sha = await commitOf(call, call.parameters.ref ?? "");
  const latest = latestStatuses(repository, sha);
  const failed = latest.some((one) => one.state === "failure" || one.state === "error");
  const waiting = latest.length === 0 || latest.some((one) => one.state === "pending");
  const url = `${apiUrl(world, repository)}/commits/${sha}`;
  return paged(
    call,
    latest,
    (one) => renderStatus(world, repository, one),
    (statuses, total) => ({
      state: failed ? "failure" : waiting ? "pending" : "success",
      statuses,
      sha,
      total_count: total,
      repository: minimalRepository(world, repository),
      commit_url: url,
      url: `${url}/status`,
    }),
  );
}

async function listStatuses(call: RepositoryCall): Promise<Answer> {
  const sha = await commitOf(call, call.parameters.ref ?? "");
  const found = call.repository.statuses.filter((one) => one.sha === sha).reverse();
  return paged(call, found, (one) => ({
    ...renderStatus(call.world, call.repository, one),
    creator: renderUser(call.world, one.creator),
  }));
}

export const statusRoutes = [
  repositoryRoute(
    {
      operation: "repos/create-commit-status",
      path: "POST /repos/{owner}/{repo}/statuses/{sha}",
      needs: ["statuses:write"],
    },
    createStatus,
  ),
  repositoryRoute(
    {
      operation: "repos/get-combined-status-for-ref",
      path: "GET /repos/{owner}/{repo}/commits/{ref}/status",
      needs: ["statuses:read"],
    },
    combined,
  ),
  repositoryRoute(
    {
      operation: "repos/list-commit-statuses-for-ref",
      path: "GET /repos/{owner}/{repo}/commits/{ref}/statuses",
      needs: ["statuses:read"],
    },
    listStatuses,
  ),
];
