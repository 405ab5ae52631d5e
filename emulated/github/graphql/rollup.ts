import { nodeId } from "../shapes/user.ts";
import type { CheckRun, CommitStatus, Repository } from "../state.ts";
import { type Arguments, type Context, connection, type Node } from "./node.ts";

/** All checks and statuses of a commit under one word, as the merge box shows them. */

const failing = new Set(["failure", "timed_out", "cancelled", "action_required", "startup_failure"]);

function checkNode(context: Context, repository: Repository, check: CheckRun): Node {
  return {
    __typename: "CheckRun",
    id: nodeId("CheckRun", check.id),
    databaseId: check.id,
    name: check.name,
    status: check.status.toUpperCase(),
    conclusion: check.conclusion?.toUpperCase() ?? null,
    startedAt: check.startedAt,
    completedAt: check.completedAt,
    title: check.output.title,
    summary: check.output.summary,
    text: check.output.text,
    detailsUrl: check.detailsUrl,
    url: `${context.world.url}/${repository.fullName}/runs/${check.id}`,
    checkSuite: {
      __typename: "CheckSuite",
      id: nodeId("CheckSuite", check.suite),
      databaseId: check.suite,
      app: {
        __typename: "App",
        id: nodeId("App", check.app.id),
        databaseId: check.app.id,
        slug: check.app.slug,
        name: check.app.slug,
      },
    },
  };
}

function statusNode(status: CommitStatus): Node {
  return {
    __typename: "StatusContext",
    id: nodeId("Status", status.id),
    context: status.context,
    state: status.state.toUpperCase(),
    description: status.description,
    targetUrl: status.targetUrl,
    createdAt: status.createdAt,
  };
}

export function latestStatuses(repository: Repository, sha: string): CommitStatus[] {
  const latest = new Map<string, CommitStatus>();
  for (const status of repository.statuses) if (status.sha === sha) latest.set(status.context, status);
  return [...latest.values()];
}

export function statusCheckRollup(context: Context, repository: Repository, sha: string): Node | null {
  const checks = [...repository.checkRuns.values()].filter((check) => check.headSha === sha);
  const statuses = latestStatuses(repository, sha);
  if (checks.length + statuses.length === 0) return null;
  const failed =
    checks.some((check) => failing.has(check.conclusion ?? "")) ||
    statuses.some((status) => status.state === "failure" || status.state === "error");
  const waiting =
    checks.some((check) => check.status !== "completed") ||
    statuses.some((status) => status.state === "pending");
  return {
    __typename: "StatusCheckRollup",
    id: nodeId("StatusCheckRollup", sha),
    state: failed ? "FAILURE" : waiting ? "PENDING" : "SUCCESS",
    contexts: (given: Arguments) =>
      connection("StatusCheckRollupContextConnection", [...checks, ...statuses], given, (one) =>
        "headSha" in one ? checkNode(context, repository, one) : statusNode(one),
      ),
  };
}
