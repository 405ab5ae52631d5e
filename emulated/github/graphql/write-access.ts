import { authorize, canSee } from "../access.ts";
import { Refusal } from "../refusal.ts";
import { nodeId } from "../shapes/user.ts";
import { type Repository, repositoryKey, type User } from "../state.ts";
import { type Context, GitHubError } from "./node.ts";

export function repositoryByName(context: Context, fullName: string | undefined): Repository {
  const found = context.world.repositories.get(repositoryKey(fullName ?? ""));
  if (!found || !canSee(context.token, found))
    throw new GitHubError("NOT_FOUND", `Could not resolve to a Repository with the name '${fullName}'.`);
  return found;
}

export function repositoryById(context: Context, id: string | undefined): Repository {
  for (const one of context.world.repositories.values())
    if (nodeId("Repository", one.id) === id && canSee(context.token, one)) return one;
  throw new GitHubError("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}

/** Who writes, or GitHub's refusal in GraphQL's form. */
export function requireWrite(context: Context, repository: Repository, permission: string): User {
  try {
    authorize(context.token, repository, { needs: [`${permission}:write`], anyone: false, appsOnly: false });
  } catch (error) {
    if (error instanceof Refusal) throw new GitHubError("FORBIDDEN", error.message);
    throw error;
  }
  if (context.token === null || context.token.kind === "app")
    throw new GitHubError("FORBIDDEN", "Resource not accessible by integration");
  return context.token.user;
}
