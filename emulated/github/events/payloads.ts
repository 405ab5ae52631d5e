import { renderCheckRun } from "../shapes/check.ts";
import { renderComment } from "../shapes/comment.ts";
import { renderDeployment } from "../shapes/deployment.ts";
import { renderIssue } from "../shapes/issue.ts";
import { renderPull } from "../shapes/pull.ts";
import { apiUrl, fullRepository } from "../shapes/repository.ts";
import { renderReview } from "../shapes/review.ts";
import { nodeId, renderApp, renderUser } from "../shapes/user.ts";
import type { App, CheckRun, Comment, Deployment, Pull, Repository, Review, User, World } from "../state.ts";

/** Payloads of webhook events and of `GITHUB_EVENT_PATH`, made from the state. */

export type Payload = Record<string, unknown>;
export type Place = { world: World; repository: Repository; sender?: User; app?: App };

export const noCommit = "0".repeat(40);

/** What every payload ends with. */
export function common({ world, repository, sender, app }: Place, fallbackSender?: User): Payload {
  const installation = app?.installations.find((one) => one.account === repository.owner);
  const organization = renderUser(world, repository.owner);
  return {
    repository: { ...fullRepository(world, repository), custom_properties: {} },
    organization: {
      ...{ login: organization.login, id: organization.id, node_id: organization.node_id },
      url: `${world.url}/orgs/${organization.login}`,
      repos_url: `${world.url}/orgs/${organization.login}/repos`,
      events_url: `${world.url}/orgs/${organization.login}/events`,
      hooks_url: `${world.url}/orgs/${organization.login}/hooks`,
      issues_url: `${world.url}/orgs/${organization.login}/issues`,
      members_url: `${world.url}/orgs/${organization.login}/members{/member}`,
      public_members_url: `${world.url}/orgs/${organization.login}/public_members{/member}`,
      avatar_url: organization.avatar_url,
      description: null,
    },
    sender: renderUser(world, sender ?? fallbackSender ?? repository.owner),
    ...(installation
      ? { installation: { id: installation.id, node_id: nodeId("Installation", installation.id) } }
      : {}),
  };
}

export async function pullRequestEvent(
  place: Place,
  pull: Pull,
  action = "opened",
  before?: string,
): Promise<Payload> {
  const rendered = await renderPull(place.world, place.repository, pull);
  return {
    action,
    number: pull.number,
    ...(action === "synchronize" ? { before: before ?? noCommit, after: rendered.head.sha } : {}),
    pull_request: rendered,
    ...common(place, pull.user),
  };
}

export function workflowDispatchEvent(
  place: Place,
  about: { branch?: string; inputs?: Record<string, string>; workflow?: string } = {},
): Payload {
  return {
    inputs: about.inputs ?? null,
    ref: `refs/heads/${about.branch ?? place.repository.defaultBranch}`,
    workflow: about.workflow ?? ".github/workflows/deploy.yml",
    ...common(place),
  };
}

export function deploymentEvent(place: Place, deployment: Deployment): Payload {
  return {
    action: "created",
    deployment: renderDeployment(place.world, place.repository, deployment),
    workflow: null,
    workflow_run: null,
    ...common(place, deployment.creator),
  };
}

export function issueCommentEvent(
  place: Place,
  comment: Comment,
  action = "created",
  before?: string,
): Payload {
  const { pulls, issues } = place.repository;
  const issue = pulls.get(comment.number) ?? issues.get(comment.number);
  if (!issue) throw new Error(`There is no issue and no pull request ${comment.number}.`);
  return {
    action,
    ...(action === "edited" ? { changes: { body: { from: before ?? "" } } } : {}),
    issue: renderIssue(place.world, place.repository, issue),
    comment: renderComment(place.world, place.repository, comment),
    ...common(place, comment.user),
  };
}

export async function reviewEvent(place: Place, review: Review): Promise<Payload> {
  const pull = place.repository.pulls.get(review.number);
  if (!pull) throw new Error(`There is no pull request ${review.number}.`);
  const rendered = await renderPull(place.world, place.repository, pull);
  return {
    action: "submitted",
    review: { ...renderReview(place.world, place.repository, review), state: review.state.toLowerCase() },
    pull_request: rendered,
    ...common(place, review.user),
  };
}

/** Someone pressed a button of a check run, or asked for it again. */
export function checkRunEvent(
  place: Place,
  check: CheckRun,
  action: "created" | "completed" | "rerequested" | "requested_action",
  identifier?: string,
): Payload {
  const { world, repository } = place;
  const url = apiUrl(world, repository);
  return {
    action,
    ...(identifier === undefined ? {} : { requested_action: { identifier } }),
    check_run: {
      ...renderCheckRun(world, repository, check),
      check_suite: {
        id: check.suite,
        node_id: nodeId("CheckSuite", check.suite),
        head_branch: null,
        head_sha: check.headSha,
        status: check.status,
        conclusion: check.conclusion,
        url: `${url}/check-suites/${check.suite}`,
        ...{ before: null, after: check.headSha, pull_requests: [] },
        app: renderApp(world, check.app),
        created_at: check.startedAt,
        updated_at: check.completedAt ?? check.startedAt,
      },
    },
    ...common(place),
  };
}

/** A workflow run waits for an App's word before it deploys to an environment. */
export async function protectionRuleEvent(
  place: Place,
  about: { run: number; environment: string; deployment: Deployment; pulls?: Pull[] },
): Promise<Payload> {
  const pulls = await Promise.all(
    (about.pulls ?? []).map((pull) => renderPull(place.world, place.repository, pull)),
  );
  return {
    action: "requested",
    environment: about.environment,
    event: "push",
    sha: about.deployment.sha,
    ref: about.deployment.ref,
    deployment_callback_url: `${apiUrl(place.world, place.repository)}/actions/runs/${about.run}/deployment_protection_rule`,
    deployment: renderDeployment(place.world, place.repository, about.deployment),
    pull_requests: pulls,
    ...common(place),
  };
}
