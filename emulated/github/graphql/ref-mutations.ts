import { mergeBase } from "../git/commit.ts";
import { noObject } from "../git/write.ts";
import { nodeId } from "../shapes/user.ts";
import type { Repository } from "../state.ts";
import { refNode } from "./git-object.ts";
import { type Arguments, type Context, GitHubError, type Node, objectOf, objectsOf, textOf } from "./node.ts";
import { repositoryById, requireWrite } from "./write-access.ts";

const unprocessable = (message: string): GitHubError => new GitHubError("UNPROCESSABLE", message);

async function refById(
  context: Context,
  id: string | undefined,
): Promise<{ repository: Repository; name: string }> {
  for (const repository of context.world.repositories.values()) {
    const lines = await repository.git.text(["for-each-ref", "--format=%(refname)"]);
    for (const name of lines.split("\n"))
      if (nodeId("Ref", `${repository.fullName}:${name}`) === id) return { repository, name };
  }
  throw new GitHubError("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}

export async function createRef(context: Context, given: Arguments): Promise<Node> {
  const input = objectOf(given, "input");
  const repository = repositoryById(context, textOf(input, "repositoryId"));
  requireWrite(context, repository, "contents");
  const name = textOf(input, "name") ?? "";
  const target = await repository.git.info(textOf(input, "oid") ?? "");
  if (!target) throw unprocessable("Object does not exist");
  if (!(await repository.git.move(name, target.oid, noObject)))
    throw unprocessable(`A ref named "${name}" already exists in the repository.`);
  return {
    __typename: "CreateRefPayload",
    clientMutationId: null,
    ref: () => refNode(context, repository, name),
  };
}

export async function updateRef(context: Context, given: Arguments): Promise<Node> {
  const input = objectOf(given, "input");
  const { repository, name } = await refById(context, textOf(input, "refId"));
  requireWrite(context, repository, "contents");
  const [now, target] = await Promise.all([
    repository.git.info(name),
    repository.git.info(textOf(input, "oid") ?? ""),
  ]);
  if (!now || !target) throw unprocessable("Object does not exist");
  const forward = (await mergeBase(repository.git, now.oid, target.oid)) === now.oid;
  if ((!forward && input.force !== true) || !(await repository.git.move(name, target.oid, now.oid)))
    throw unprocessable("Update is not a fast forward");
  return {
    __typename: "UpdateRefPayload",
    clientMutationId: null,
    ref: () => refNode(context, repository, name),
  };
}

export async function deleteRef(context: Context, given: Arguments): Promise<Node> {
  const { repository, name } = await refById(context, textOf(objectOf(given, "input"), "refId"));
  requireWrite(context, repository, "contents");
  await repository.git.run(["update-ref", "-d", name]);
  return { __typename: "DeleteRefPayload", clientMutationId: null };
}

/** Each ref from exactly `beforeOid`, where it is given; an `afterOid` of zeros deletes it. */
export async function updateRefs(context: Context, given: Arguments): Promise<Node> {
  const input = objectOf(given, "input");
  const repository = repositoryById(context, textOf(input, "repositoryId"));
  requireWrite(context, repository, "contents");
  for (const update of objectsOf(input, "refUpdates")) {
    const name = textOf(update, "name") ?? "";
    const now = await repository.git.info(name);
    const [before = now?.oid, after = noObject] = [textOf(update, "beforeOid"), textOf(update, "afterOid")];
    if (now?.oid !== before || !(await repository.git.move(name, after, before ?? noObject)))
      throw unprocessable(`Reference "${name}" could not be updated: it is not where it was expected.`);
  }
  return { __typename: "UpdateRefsPayload", clientMutationId: null };
}
