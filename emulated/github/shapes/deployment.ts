import type { Deployment, DeploymentStatus, Environment, Repository, World } from "../state.ts";
import { apiUrl } from "./repository.ts";
import { nodeId, renderApp, renderUser } from "./user.ts";

export function renderDeployment(world: World, repository: Repository, deployment: Deployment) {
  const url = `${apiUrl(world, repository)}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId("Deployment", deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: renderUser(world, deployment.creator),
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
    statuses_url: `${url}/statuses`,
    repository_url: apiUrl(world, repository),
    transient_environment: deployment.transient,
    production_environment: deployment.production,
    performed_via_github_app: deployment.app && renderApp(world, deployment.app),
  };
}

export function renderDeploymentStatus(
  world: World,
  repository: Repository,
  deployment: Deployment,
  status: DeploymentStatus,
) {
  const url = `${apiUrl(world, repository)}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId("DeploymentStatus", status.id),
    state: status.state,
    creator: renderUser(world, status.creator),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: url,
    repository_url: apiUrl(world, repository),
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
    performed_via_github_app: status.app && renderApp(world, status.app),
  };
}

export function renderEnvironment(world: World, repository: Repository, environment: Environment) {
  const name = encodeURIComponent(environment.name);
  return {
    id: environment.id,
    node_id: nodeId("Environment", environment.id),
    name: environment.name,
    url: `${apiUrl(world, repository)}/environments/${name}`,
    html_url: `${world.url}/${repository.fullName}/deployments/activity_log?environments_filter=${name}`,
    created_at: environment.createdAt,
    updated_at: environment.createdAt,
    protection_rules: [],
    deployment_branch_policy: null,
  };
}
