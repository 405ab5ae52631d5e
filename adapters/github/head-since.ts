import * as z from "zod";
import type { GitHubClient } from "./client.ts";
import { ownerAndRepo } from "./full-name.ts";

const activity = z.array(z.looseObject({ after: z.string(), timestamp: z.string() }));

/**
 * When a branch was moved to the commit that it names now, as GitHub saw the push. A commit's own dates are written by
 * its author and prove nothing. Undefined where GitHub does not tell, for example of a fork that is gone.
 */
export async function headSince(
  client: GitHubClient,
  head: { repository: string | null; branch: string; sha: string },
): Promise<Date | undefined> {
  if (head.repository === null) return undefined;
  const { owner, repo } = ownerAndRepo(head.repository);
  const ref = `refs/heads/${head.branch}`;
  try {
    const route = "GET /repos/{owner}/{repo}/activity";
    const [newest] = activity.parse((await client.request(route, { owner, repo, ref, per_page: 1 })).data);
    // Where the list lags behind the branch, it does not know of this push yet.
    return newest?.after === head.sha ? new Date(newest.timestamp) : undefined;
  } catch {
    return undefined;
  }
}
