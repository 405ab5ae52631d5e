import { type Answer, type Call, notFound, ok, Refusal, type Route, route } from "../route.ts";

/** Who is in a team. A job's token cannot ask; an App can that may read members. */
function membership(call: Call): Answer {
  const { token, parameters, world } = call;
  const { org = "", team_slug: slug = "", username = "" } = parameters;
  if (token === null) throw new Refusal(401, "Requires authentication");
  if (token.kind === "app" || (token.kind === "installation" && !token.permissions.members))
    throw new Refusal(403, "Resource not accessible by integration", {
      headers: { "x-accepted-github-permissions": "members=read" },
    });
  const members = world.teams.get(`${org}/${slug}`.toLowerCase());
  const state = members?.get(username.toLowerCase());
  if (!state) throw notFound();
  return ok({
    state,
    role: "member",
    url: `${world.url}/organizations/1/team/1/memberships/${username}`,
  });
}

export const teamRoutes: Route[] = [
  route(
    {
      operation: "teams/get-membership-for-user-in-org",
      path: "GET /orgs/{org}/teams/{team_slug}/memberships/{username}",
    },
    membership,
  ),
];
