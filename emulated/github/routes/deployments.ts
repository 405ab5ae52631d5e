import * as z from "zod";
import { actorOf } from "../access.ts";
import { resolveCommit } from "../git/commit.ts";
import {
  type Answer,
  bodyOf,
  created,
  noContent,
  notFound,
  numberOf,
  ok,
  paged,
  Refusal,
  type RepositoryCall,
  repositoryRoute,
} from "../route.ts";
import { renderDeployment, renderDeploymentStatus, renderEnvironment } from "../shapes/deployment.ts";
import type { Deployment, DeploymentStatus } from "../state.ts";

const newDeployment = z.looseObject({
  ref: z.string(),
  task: z.string().default("deploy"),
  auto_merge: z.boolean().default(true),
  required_contexts: z.array(z.string()).optional(),
  payload: z.unknown().optional(),
  environment: z.string().default("production"),
  description: z.string().nullish(),
  transient_environment: z.boolean().default(false),
  production_environment: z.boolean().optional(),
});

/** The commit's checks must have passed unless `required_contexts` names others, or none. */
function requirePassed(call: RepositoryCall, sha: string, contexts: string[] | undefined): void {
  const runs = [...call.repository.checkRuns.values()].filter((check) => check.headSha === sha);
  const statuses = call.repository.statuses.filter((status) => status.sha === sha);
  const all = [
    ...runs.map((one) => ({ context: one.name, passed: one.conclusion === "success" })),
    ...statuses.map((one) => ({ context: one.context, passed: one.state === "success" })),
  ];
  const wanted = contexts ?? all.map((one) => one.context);
  const missing = wanted.filter((name) => !all.some((one) => one.context === name && one.passed));
  if (missing.length > 0)
    throw new Refusal(409, `Conflict: Commit status checks failed for ${call.parameters.ref ?? sha}.`, {
      errors: missing.map((context) => ({ context, resource: "Deployment", field: "required_contexts" })),
    });
}

async function createDeployment(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const wanted = bodyOf(call, newDeployment);
  const commit = await resolveCommit(repository.git, wanted.ref);
  if (!commit) throw new Refusal(422, `No ref found for: ${wanted.ref}`);
  requirePassed(call, commit.oid, wanted.required_contexts);
  const { user, app } = actorOf(call.token);
  const at = world.now();
  const deployment: Deployment = {
    id: world.nextId(),
    sha: commit.oid,
    ref: wanted.ref,
    task: wanted.task,
    payload: wanted.payload ?? {},
    environment: wanted.environment,
    description: wanted.description ?? null,
    creator: user,
    app,
    transient: wanted.transient_environment,
    production: wanted.production_environment ?? wanted.environment === "production",
    createdAt: at,
    updatedAt: at,
    statuses: [],
  };
  repository.deployments.set(deployment.id, deployment);
  if (!repository.environments.has(wanted.environment))
    repository.environments.set(wanted.environment, {
      id: world.nextId(),
      name: wanted.environment,
      createdAt: at,
    });
  return created(renderDeployment(world, repository, deployment));
}

function deploymentOf(call: RepositoryCall): Deployment {
  const found = call.repository.deployments.get(numberOf(call, "deployment_id"));
  if (!found) throw notFound();
  return found;
}

function listDeployments(call: RepositoryCall): Promise<Answer> {
  const wanted = (name: string, value: string): boolean => {
    const filter = call.query.get(name) ?? "none";
    return filter === "none" || filter === value;
  };
  const found = [...call.repository.deployments.values()]
    .filter((one) => wanted("sha", one.sha) && wanted("ref", one.ref))
    .filter((one) => wanted("task", one.task) && wanted("environment", one.environment))
    .sort((left, right) => right.id - left.id);
  return paged(call, found, (one) => renderDeployment(call.world, call.repository, one));
}

const newStatus = z.looseObject({
  state: z.enum(["error", "failure", "inactive", "in_progress", "queued", "pending", "success"]),
  description: z.string().default(""),
  environment: z.string().optional(),
  log_url: z.string().default(""),
  target_url: z.string().default(""),
  environment_url: z.string().default(""),
  auto_inactive: z.boolean().default(true),
});

function makeStatus(
  call: RepositoryCall,
  deployment: Deployment,
  state: string,
  description: string,
): DeploymentStatus {
  const { user, app } = actorOf(call.token);
  return {
    id: call.world.nextId(),
    state,
    description,
    environment: deployment.environment,
    logUrl: "",
    environmentUrl: "",
    creator: user,
    app,
    createdAt: call.world.now(),
  };
}

function createStatus(call: RepositoryCall): Answer {
  const deployment = deploymentOf(call);
  const wanted = bodyOf(call, newStatus);
  const status = makeStatus(call, deployment, wanted.state, wanted.description);
  status.environment = wanted.environment ?? deployment.environment;
  status.logUrl = wanted.log_url || wanted.target_url;
  status.environmentUrl = wanted.environment_url;
  deployment.statuses.push(status);
  deployment.updatedAt = status.createdAt;
  if (wanted.state === "success" && wanted.auto_inactive) makeOthersInactive(call, deployment);
  return created(renderDeploymentStatus(call.world, call.repository, deployment, status));
}

/** A success retires the earlier deployments of the same lasting environment. */
function makeOthersInactive(call: RepositoryCall, deployment: Deployment): void {
  for (const other of call.repository.deployments.values()) {
    if (other === deployment || other.environment !== deployment.environment || other.transient) continue;
    if (other.statuses.at(-1)?.state === "success")
      other.statuses.push(makeStatus(call, other, "inactive", ""));
  }
}

function listStatuses(call: RepositoryCall): Promise<Answer> {
  const deployment = deploymentOf(call);
  return paged(call, [...deployment.statuses].reverse(), (one) =>
    renderDeploymentStatus(call.world, call.repository, deployment, one),
  );
}

function deleteDeployment(call: RepositoryCall): Answer {
  call.repository.deployments.delete(deploymentOf(call).id);
  return noContent;
}

function environmentOf(call: RepositoryCall) {
  const found = call.repository.environments.get(call.parameters.environment_name ?? "");
  if (!found) throw notFound();
  return found;
}

function createEnvironment(call: RepositoryCall): Answer {
  const name = call.parameters.environment_name ?? "";
  const known = call.repository.environments.get(name);
  const environment = known ?? { id: call.world.nextId(), name, createdAt: call.world.now() };
  call.repository.environments.set(name, environment);
  return ok(renderEnvironment(call.world, call.repository, environment));
}

const deployments = "/repos/{owner}/{repo}/deployments";
const one = `${deployments}/{deployment_id}`;
const environments = "/repos/{owner}/{repo}/environments";

export const deploymentRoutes = [
  repositoryRoute(
    { operation: "repos/create-deployment", path: `POST ${deployments}`, needs: ["deployments:write"] },
    createDeployment,
  ),
  repositoryRoute(
    { operation: "repos/list-deployments", path: `GET ${deployments}`, needs: ["deployments:read"] },
    listDeployments,
  ),
  repositoryRoute(
    { operation: "repos/get-deployment", path: `GET ${one}`, needs: ["deployments:read"] },
    (call) => ok(renderDeployment(call.world, call.repository, deploymentOf(call))),
  ),
  repositoryRoute(
    { operation: "repos/delete-deployment", path: `DELETE ${one}`, needs: ["deployments:write"] },
    deleteDeployment,
  ),
  repositoryRoute(
    {
      operation: "repos/create-deployment-status",
      path: `POST ${one}/statuses`,
      needs: ["deployments:write"],
    },
    createStatus,
  ),
  repositoryRoute(
    { operation: "repos/list-deployment-statuses", path: `GET ${one}/statuses`, needs: ["deployments:read"] },
    listStatuses,
  ),
  repositoryRoute(
    { operation: "repos/get-all-environments", path: `GET ${environments}`, needs: ["actions:read"] },
    (call) =>
      paged(
        call,
        [...call.repository.environments.values()],
        (environment) => renderEnvironment(call.world, call.repository, environment),
        (page, total) => ({ total_count: total, environments: page }),
      ),
  ),
  repositoryRoute(
    {
      operation: "repos/get-environment",
      path: `GET ${environments}/{environment_name}`,
      needs: ["actions:read"],
    },
    (call) => ok(renderEnvironment(call.world, call.repository, environmentOf(call))),
  ),
  repositoryRoute(
    {
      operation: "repos/create-or-update-environment",
      path: `PUT ${environments}/{environment_name}`,
      needs: ["administration:write"],
    },
    createEnvironment,
  ),
];
