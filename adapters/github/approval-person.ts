import * as z from "zod";
import type { Asked } from "../../core/approval/asked.ts";
import type { Membership, Person } from "../../core/approval/may-approve.ts";
import type { GitHubClient } from "./client.ts";
import type { TeamMembership } from "./team-membership.ts";

const ownRoles = ["read", "triage", "write", "maintain", "admin"];
const permissionAnswer = z.looseObject({
  /** Of GitHub's own roles the one that gives as much: a custom role inherits from one. */
  permission: z.string().nullish(),
  role_name: z.string().nullish(),
  user: z.looseObject({ login: z.string(), type: z.string().optional() }).nullish(),
});

/**
 * What GitHub says of a person now, because who could approve yesterday may have left today. Without a way to ask
 * about teams their members stay unknown.
 */
export async function askPerson(
  client: GitHubClient,
  { owner, name: repo }: { owner: string; name: string },
  login: string,
  asked: readonly Asked[],
  membership?: TeamMembership,
): Promise<Person> {
  const route = "GET /repos/{owner}/{repo}/collaborators/{username}/permission";
  // An installation belongs to one organisation, and a team of another one gives no rights here.
  const own = `${owner.toLowerCase()}/`;
  const teams = [...new Set(asked.flatMap((one) => one.teams))].filter((team) => team.startsWith(own));
  const [{ data }, ...members] = await Promise.all([
    client.request(route, { owner, repo, username: login }),
    ...teams.map(
      async (team): Promise<[string, Membership]> => [
        team,
        membership ? await membership(team, login) : "unknown",
      ],
    ),
  ]);
  const { role_name: named, permission, user } = permissionAnswer.parse(data);
  const role = named && !ownRoles.includes(named) ? permission : named;
  const isSame = !user || user.login.toLowerCase() === login.toLowerCase();
  return {
    login,
    isPerson: (user?.type ?? "User") === "User",
    role: isSame && role ? role : null,
    teams: new Map(members),
  };
}
