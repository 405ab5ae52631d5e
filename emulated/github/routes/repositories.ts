import { roleOf } from "../access.ts";
import { resolveCommit } from "../git/commit.ts";
import {
  type Answer,
  noContent,
  notFound,
  ok,
  paged,
  Refusal,
  type RepositoryCall,
  repositoryRoute,
} from "../route.ts";
import { renderCommitWithFiles } from "../shapes/commit.ts";
import { apiUrl, fullRepository } from "../shapes/repository.ts";
import { renderUser } from "../shapes/user.ts";

const legacyPermission = {
  read: "read",
  triage: "read",
  write: "write",
  maintain: "write",
  admin: "admin",
} as const;

function permission(call: RepositoryCall): Answer {
  const login = call.parameters.username ?? "";
  const user = call.world.users.get(login.toLowerCase());
  if (!user) throw new Refusal(404, `${login} is not a user`);
  const role = roleOf(call.repository, login) ?? (call.repository.private ? null : "read");
  return ok({
    permission: role ? legacyPermission[role] : "none",
    role_name: role ?? "none",
    user: {
      ...renderUser(call.world, user),
      permissions: permissionsOf(role),
      role_name: role ?? "none",
    },
  });
}

function permissionsOf(role: string | null) {
  const order = ["read", "triage", "write", "maintain", "admin"];
  const level = order.indexOf(role ?? "none");
  return { pull: level >= 0, triage: level >= 1, push: level >= 2, maintain: level >= 3, admin: level >= 4 };
}

/** What the person who asks may do; GitHub leaves it out for who is no person. */
function ownPermissions({ token, repository }: RepositoryCall) {
  if (token?.kind !== "user") return {};
  const role = roleOf(repository, token.user.login) ?? (repository.private ? null : "read");
  return { permissions: permissionsOf(role) };
}

function listCollaborators(call: RepositoryCall): Promise<Answer> {
  const all = [...call.repository.collaborators].flatMap(([login, role]) => {
    const user = call.world.users.get(login);
    return user
      ? [{ ...renderUser(call.world, user), permissions: permissionsOf(role), role_name: role }]
      : [];
  });
  return paged(call, all, (one) => one);
}

function isCollaborator(call: RepositoryCall): Answer {
  if (!roleOf(call.repository, call.parameters.username ?? "")) throw notFound();
  return noContent;
}

async function branches(call: RepositoryCall): Promise<{ name: string; oid: string }[]> {
  const lines = await call.repository.git.text([
    "for-each-ref",
    "--format=%(objectname) %(refname)",
    "refs/heads",
  ]);
  return lines
    .split("\n")
    .filter(Boolean)
    .map((line) => ({ oid: line.slice(0, 40), name: line.slice(41 + "refs/heads/".length) }));
}

async function listBranches(call: RepositoryCall): Promise<Answer> {
  const url = apiUrl(call.world, call.repository);
  return paged(call, await branches(call), ({ name, oid }) => ({
    name,
    commit: { sha: oid, url: `${url}/commits/${oid}` },
    protected: false,
  }));
}

async function getBranch(call: RepositoryCall): Promise<Answer> {
  const name = call.parameters.branch ?? "";
  const { repository, world } = call;
  const known = await repository.git.info(`refs/heads/${name}`);
  const commit = known && (await resolveCommit(repository.git, known.oid));
  if (!commit) throw new Refusal(404, "Branch not found");
  const url = `${apiUrl(world, repository)}/branches/${name}`;
  const { files: _files, ...rendered } = await renderCommitWithFiles(world, repository, commit);
  return ok({
    name,
    commit: rendered,
    _links: { self: url, html: `${world.url}/${repository.fullName}/tree/${name}` },
    protected: false,
    protection: {
      enabled: false,
      required_status_checks: { enforcement_level: "off", contexts: [], checks: [] },
    },
    protection_url: `${url}/protection`,
  });
}

export const repositoryRoutes = [
  repositoryRoute(
    { operation: "repos/get", path: "GET /repos/{owner}/{repo}", needs: ["metadata:read"] },
    (call) => ok({ ...fullRepository(call.world, call.repository), ...ownPermissions(call) }),
  ),
  repositoryRoute(
    {
      operation: "repos/get-collaborator-permission-level",
      path: "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
      needs: ["metadata:read"],
    },
    permission,
  ),
  repositoryRoute(
    {
      operation: "repos/list-collaborators",
      path: "GET /repos/{owner}/{repo}/collaborators",
      needs: ["metadata:read"],
    },
    listCollaborators,
  ),
  repositoryRoute(
    {
      operation: "repos/check-collaborator",
      path: "GET /repos/{owner}/{repo}/collaborators/{username}",
      needs: ["metadata:read"],
    },
    isCollaborator,
  ),
  repositoryRoute(
    {
      operation: "repos/list-branches",
      path: "GET /repos/{owner}/{repo}/branches",
      needs: ["contents:read"],
    },
    listBranches,
  ),
  repositoryRoute(
    {
      operation: "repos/get-branch",
      path: "GET /repos/{owner}/{repo}/branches/{branch}",
      needs: ["contents:read"],
    },
    getBranch,
  ),
];
