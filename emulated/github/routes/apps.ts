import { randomBytes } from "node:crypto";
import * as z from "zod";
import { installationToken } from "../build-state.ts";
import { levels } from "../options.ts";
import {
  type Answer,
  bodyOf,
  type Call,
  notFound,
  numberOf,
  ok,
  paged,
  Refusal,
  type Route,
  repositoryRoute,
  route,
} from "../route.ts";
import { renderRepository } from "../shapes/repository.ts";
import { renderApp, renderInstallation, renderUser } from "../shapes/user.ts";
import type { App, Installation } from "../state.ts";

function appOf(call: Call): App {
  if (call.token?.kind !== "app") throw new Refusal(401, "A JSON web token could not be decoded");
  return call.token.app;
}

function installationOf(call: Call): Installation {
  const found = appOf(call).installations.find((one) => one.id === numberOf(call, "installation_id"));
  if (!found) throw notFound();
  return found;
}

const tokenRequest = z.looseObject({
  permissions: z.record(z.string(), z.enum(levels)).optional(),
  repositories: z.array(z.string()).optional(),
  repository_ids: z.array(z.int()).optional(),
});

/** A token may be narrowed below what the App was granted, never widened. */
function createToken(call: Call): Answer {
  const installation = installationOf(call);
  const { app } = installation;
  const wanted = bodyOf(call, tokenRequest);
  for (const [permission, level] of Object.entries(wanted.permissions ?? {})) {
    const granted = app.permissions[permission];
    if (granted === undefined || levels.indexOf(granted) < levels.indexOf(level))
      throw new Refusal(422, "The permissions requested are not granted to this installation.");
  }
  const owned = [...call.world.repositories.values()].filter((one) => one.owner === installation.account);
  const chosen = owned.filter(
    (one) => wanted.repositories?.includes(one.name) || wanted.repository_ids?.includes(one.id),
  );
  const narrowed = wanted.repositories !== undefined || wanted.repository_ids !== undefined;
  const permissions = wanted.permissions ?? app.permissions;
  const token = `ghs_${randomBytes(18).toString("hex")}`;
  const repositories = (narrowed ? chosen : owned).map((one) => one.fullName);
  call.world.tokens.set(token, installationToken(app, { metadata: "read", ...permissions }, repositories));
  return {
    status: 201,
    body: {
      token,
      expires_at: new Date(Date.parse(call.world.now()) + 3_600_000).toISOString().replace(".000Z", "Z"),
      permissions,
      repository_selection: narrowed ? "selected" : "all",
      ...(narrowed ? { repositories: chosen.map((one) => renderRepository(call.world, one)) } : {}),
    },
  };
}

function visibleRepositories(call: Call): Promise<Answer> {
  const { token } = call;
  if (token?.kind !== "installation") throw new Refusal(403, "Resource not accessible by integration");
  const found = [...call.world.repositories.values()].filter(
    (one) => token.repositories === "all" || token.repositories.includes(one.fullName),
  );
  return paged(
    call,
    found,
    (one) => renderRepository(call.world, one),
    (page, total) => ({ total_count: total, repositories: page }),
  );
}

function installationFor(call: Call, owner: string): Answer {
  const found = appOf(call).installations.find((one) => one.account.login === owner);
  if (!found) throw notFound();
  return ok(renderInstallation(call.world, found));
}

function viewer(call: Call): Answer {
  if (call.token === null) throw new Refusal(401, "Requires authentication");
  if (call.token.kind !== "user") throw new Refusal(403, "Resource not accessible by integration");
  const { user } = call.token;
  return ok({
    ...renderUser(call.world, user),
    ...{
      name: user.name,
      company: null,
      blog: null,
      location: null,
      email: user.email,
      hireable: null,
      bio: null,
    },
    ...{ public_repos: 0, public_gists: 0, followers: 0, following: 0 },
    ...{ created_at: call.world.now(), updated_at: call.world.now() },
  });
}

export const appRoutes: Route[] = [
  route({ operation: "apps/get-authenticated", path: "GET /app", appsOnly: true }, (call) =>
    ok(renderApp(call.world, appOf(call))),
  ),
  route({ operation: "apps/list-installations", path: "GET /app/installations", appsOnly: true }, (call) =>
    paged(call, appOf(call).installations, (one) => renderInstallation(call.world, one)),
  ),
  route(
    { operation: "apps/get-installation", path: "GET /app/installations/{installation_id}", appsOnly: true },
    (call) => ok(renderInstallation(call.world, installationOf(call))),
  ),
  route(
    {
      operation: "apps/create-installation-access-token",
      path: "POST /app/installations/{installation_id}/access_tokens",
      appsOnly: true,
    },
    createToken,
  ),
  repositoryRoute(
    {
      operation: "apps/get-repo-installation",
      path: "GET /repos/{owner}/{repo}/installation",
      appsOnly: true,
    },
    (call) => installationFor(call, call.repository.owner.login),
  ),
  route(
    { operation: "apps/list-repos-accessible-to-installation", path: "GET /installation/repositories" },
    visibleRepositories,
  ),
  route({ operation: "users/get-authenticated", path: "GET /user" }, viewer),
];
