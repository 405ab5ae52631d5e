import { canSee } from "../access.ts";
import { nodeId } from "../shapes/user.ts";
import { type Repository, repositoryKey } from "../state.ts";
import { actorNode } from "./actor.ts";
import { listDeployments } from "./deployment.ts";
import { gitObject, listRefs, refNode } from "./git-object.ts";
import {
  type Arguments,
  type Context,
  connection,
  GitHubError,
  type Node,
  objectOf,
  textOf,
  textsOf,
} from "./node.ts";
import { pullNode, stateOf } from "./pull.ts";

export function findRepository(context: Context, owner: unknown, name: unknown): Repository {
  const fullName = `${String(owner)}/${String(name)}`;
  const found = context.world.repositories.get(repositoryKey(fullName));
  if (!found || !canSee(context.token, found))
    throw new GitHubError("NOT_FOUND", `Could not resolve to a Repository with the name '${fullName}'.`);
  return found;
}

async function ref(context: Context, repository: Repository, name: string): Promise<Node | null> {
  for (const full of [name, `refs/heads/${name}`, `refs/tags/${name}`])
    if (full.startsWith("refs/") && (await repository.git.info(full)))
      return refNode(context, repository, full);
  return null;
}

function pulls(context: Context, repository: Repository, given: Arguments): Node {
  const states = textsOf(given, "states");
  const base = textOf(given, "baseRefName");
  const head = textOf(given, "headRefName");
  const order = objectOf(given, "orderBy");
  const found = [...repository.pulls.values()]
    .filter((pull) => states === undefined || states.includes(stateOf(pull)))
    .filter((pull) => base === undefined || pull.baseRef === base)
    .filter((pull) => head === undefined || pull.headRef === head)
    .sort((left, right) => left.number - right.number);
  if (order.field === "UPDATED_AT")
    found.sort((left, right) => left.updatedAt.localeCompare(right.updatedAt));
  if (order.direction === "DESC") found.reverse();
  return connection("PullRequestConnection", found, given, (pull) => pullNode(context, repository, pull));
}

export function repositoryNode(context: Context, repository: Repository): Node {
  return {
    __typename: "Repository",
    id: nodeId("Repository", repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: repository.fullName,
    owner: () => actorNode(context.world, repository.owner),
    isPrivate: repository.private,
    isFork: repository.forkOf !== null,
    isArchived: false,
    url: `${context.world.url}/${repository.fullName}`,
    visibility: repository.private ? "PRIVATE" : "PUBLIC",
    defaultBranchRef: () => ref(context, repository, repository.defaultBranch),
    object: (given: Arguments) =>
      gitObject(context, repository, textOf(given, "expression") ?? textOf(given, "oid") ?? ""),
    ref: (given: Arguments) => ref(context, repository, textOf(given, "qualifiedName") ?? ""),
    refs: (given: Arguments) => listRefs(context, repository, given),
    pullRequest: (given: Arguments) => {
      const pull = repository.pulls.get(Number(given.number));
      if (!pull)
        throw new GitHubError(
          "NOT_FOUND",
          `Could not resolve to a PullRequest with the number of ${given.number}.`,
        );
      return pullNode(context, repository, pull);
    },
    pullRequests: (given: Arguments) => pulls(context, repository, given),
    deployments: (given: Arguments) => listDeployments(repository, given),
  };
}
