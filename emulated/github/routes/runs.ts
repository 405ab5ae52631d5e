import * as z from "zod";
import { readCommit } from "../git/commit.ts";
import {
  type Answer,
  bodyOf,
  noContent,
  notFound,
  numberOf,
  ok,
  paged,
  Refusal,
  type RepositoryCall,
  repositoryRoute,
} from "../route.ts";
import { renderEnvironment } from "../shapes/deployment.ts";
import { apiUrl, minimalRepository } from "../shapes/repository.ts";
import { nodeId, renderUser } from "../shapes/user.ts";
import type { WorkflowRun } from "../state.ts";

function runOf(call: RepositoryCall): WorkflowRun {
  const found = call.repository.runs.get(numberOf(call, "run_id"));
  if (!found) throw notFound();
  return found;
}

export async function renderRun(call: RepositoryCall, run: WorkflowRun) {
  const { repository, world } = call;
  const url = `${apiUrl(world, repository)}/actions/runs/${run.id}`;
  const commit = await readCommit(repository.git, run.headSha);
  const workflow = run.id * 10;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("WorkflowRun", run.id),
    check_suite_id: run.id + 1,
    check_suite_node_id: nodeId("CheckSuite", run.id + 1),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    run_number: 1,
    run_attempt: 1,
    event: run.event,
    display_title: commit?.message.split("\n")[0] ?? run.name,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: workflow,
    url,
    html_url: `${world.url}/${repository.fullName}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: run.createdAt,
    run_started_at: run.createdAt,
    actor: renderUser(world, run.actor),
    triggering_actor: renderUser(world, run.actor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${apiUrl(world, repository)}/check-suites/${run.id + 1}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    workflow_url: `${apiUrl(world, repository)}/actions/workflows/${workflow}`,
    head_commit: commit && {
      id: commit.oid,
      tree_id: commit.tree,
      message: commit.message,
      timestamp: commit.committer.date,
      author: { name: commit.author.name, email: commit.author.email },
      committer: { name: commit.committer.name, email: commit.committer.email },
    },
    repository: minimalRepository(world, repository),
    head_repository: minimalRepository(world, repository),
  };
}

function approvals(call: RepositoryCall): Answer {
  const { repository, world } = call;
  const known = (name: string) => {
    const environment = repository.environments.get(name);
    return environment ? [renderEnvironment(world, repository, environment)] : [];
  };
  return ok(
    runOf(call).approvals.map((approval) => ({
      state: approval.state,
      comment: approval.comment,
      user: renderUser(world, approval.user),
      environments: approval.environments.flatMap(known),
    })),
  );
}

/** The state is an enumeration that GitHub's OpenAPI leaves open in one alternative, so it is checked here. */
const gateAnswer = z.looseObject({
  environment_name: z.string(),
  state: z.enum(["approved", "rejected"]).optional(),
  comment: z.string().max(1024).default(""),
});
const reportLimit = 10;

/** Environments that a gate still holds: those that were asked for and whose last word has not come. */
function pendingDeployments(call: RepositoryCall): Answer {
  const { repository, world } = call;
  const run = runOf(call);
  const answered = new Set(
    run.protectionAnswers.filter((one) => one.state !== null).map((one) => one.environment),
  );
  const held = [...repository.environments.values()].filter(
    ({ name }) =>
      run.status !== "completed" &&
      !answered.has(name) &&
      [...repository.deployments.values()].some(
        (one) => one.environment === name && one.sha === run.headSha && one.statuses.length === 0,
      ),
  );
  return ok(
    held.map((environment) => {
      const { id, node_id, name, url, html_url } = renderEnvironment(world, repository, environment);
      return {
        environment: { id, node_id, name, url, html_url },
        wait_timer: 0,
        wait_timer_started_at: null,
        current_user_can_approve: false,
        reviewers: [],
      };
    }),
  );
}

function answerGate(call: RepositoryCall): Answer {
  const run = runOf(call);
  const parsed = bodyOf(call, gateAnswer);
  if (!call.repository.environments.has(parsed.environment_name)) throw notFound();
  const earlier = run.protectionAnswers.filter((one) => one.environment === parsed.environment_name);
  if (earlier.some((one) => one.state !== null))
    throw new Refusal(422, "The deployment protection rule has already been answered.");
  if (parsed.state === undefined && earlier.length >= reportLimit)
    throw new Refusal(422, "Too many status reports for this deployment protection rule.");
  run.protectionAnswers.push({
    environment: parsed.environment_name,
    state: parsed.state ?? null,
    comment: parsed.comment,
    app: call.token?.kind === "installation" ? call.token.app : null,
  });
  return noContent;
}

function listRuns(call: RepositoryCall): Promise<Answer> {
  const { query, repository } = call;
  const found = [...repository.runs.values()]
    .filter((run) => !query.has("head_sha") || run.headSha === query.get("head_sha"))
    .filter((run) => !query.has("branch") || run.headBranch === query.get("branch"))
    .filter((run) => !query.has("event") || run.event === query.get("event"))
    .sort((left, right) => right.id - left.id);
  return paged(
    call,
    found,
    (run) => renderRun(call, run),
    (page, total) => ({ total_count: total, workflow_runs: page }),
  );
}

const runs = "/repos/{owner}/{repo}/actions/runs";

export const runRoutes = [
  repositoryRoute(
    { operation: "actions/list-workflow-runs-for-repo", path: `GET ${runs}`, needs: ["actions:read"] },
    listRuns,
  ),
  repositoryRoute(
    { operation: "actions/get-workflow-run", path: `GET ${runs}/{run_id}`, needs: ["actions:read"] },
    async (call) => ok(await renderRun(call, runOf(call))),
  ),
  repositoryRoute(
    {
      operation: "actions/get-reviews-for-run",
      path: `GET ${runs}/{run_id}/approvals`,
      needs: ["actions:read"],
    },
    approvals,
  ),
  repositoryRoute(
    {
      operation: "actions/get-pending-deployments-for-run",
      path: `GET ${runs}/{run_id}/pending_deployments`,
      needs: ["actions:read"],
    },
    pendingDeployments,
  ),
  repositoryRoute(
    {
      operation: "actions/review-custom-gates-for-run",
      path: `POST ${runs}/{run_id}/deployment_protection_rule`,
      needs: ["deployments:write"],
      appsOnly: true,
    },
    answerGate,
  ),
];
