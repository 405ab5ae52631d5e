import { nodeId } from "../shapes/user.ts";
import type { Deployment, Repository } from "../state.ts";
import { type Arguments, connection, type Node, objectOf, textsOf } from "./node.ts";

/** Newest statuses first, as GitHub gives them. */
function deploymentNode(deployment: Deployment): Node {
  return {
    __typename: "Deployment",
    id: nodeId("Deployment", deployment.id),
    databaseId: deployment.id,
    commitOid: deployment.sha,
    environment: deployment.environment,
    createdAt: deployment.createdAt,
    statuses: (given: Arguments) =>
      connection("DeploymentStatusConnection", [...deployment.statuses].reverse(), given, (status) => ({
        __typename: "DeploymentStatus",
        id: nodeId("DeploymentStatus", status.id),
        state: status.state.toUpperCase(),
        createdAt: status.createdAt,
      })),
  };
}

export function listDeployments(repository: Repository, given: Arguments): Node {
  const environments = textsOf(given, "environments");
  const found = [...repository.deployments.values()]
    .filter(({ environment }) => environments === undefined || environments.includes(environment))
    .sort((left, right) => left.id - right.id);
  if (objectOf(given, "orderBy").direction === "DESC") found.reverse();
  return connection("DeploymentConnection", found, given, deploymentNode);
}
