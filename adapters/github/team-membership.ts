import * as z from "zod";
import type { Membership } from "../../core/approval/may-approve.ts";
import type { GitHubClient } from "./client.ts";
import { mayPass } from "./transient.ts";

/** Whether a person is in "organisation/team" at this moment. */
export type TeamMembership = (team: string, login: string) => Promise<Membership>;

const answer = z.looseObject({ state: z.string() });
const failed = z.looseObject({ status: z.number() });

/**
 * Needs members: read, which no job's token has. Whoever was invited and has not accepted is no member yet. Throws
 * where GitHub may answer later: that makes nobody a stranger.
 */
export function teamMembership(client: GitHubClient): TeamMembership {
  return async (team, login) => {
    const [org = "", slug = ""] = team.split("/");
    const route = "GET /orgs/{org}/teams/{team_slug}/memberships/{username}";
    try {
      const { data } = await client.request(route, { org, team_slug: slug, username: login });
      return answer.parse(data).state === "active" ? "member" : "not-member";
    } catch (error) {
      if (mayPass(error)) throw error;
      return failed.safeParse(error).data?.status === 404 ? "not-member" : "unknown";
    }
  };
}
