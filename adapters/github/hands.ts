import * as z from "zod";
import { type People, peopleOfCommit, peopleOfPull } from "./approval-people.ts";
import { ask, type GitHubClient } from "./client.ts";
import { ownerAndName, ownerAndRepo } from "./full-name.ts";

const pulls = z.array(z.looseObject({ number: z.int(), merged_at: z.string().nullish() }));

/** Who wrote the commit, and everything that the pull requests brought which it came with. */
export async function handsOf(
  client: GitHubClient,
  repository: string,
  sha: string,
): Promise<Pick<People, "authors" | "unknown">> {
  const place = ownerAndName(repository);
  return await ask(`who wrote ${sha} in ${repository}`, async () => {
    const { data } = await client.request("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", {
      ...ownerAndRepo(repository),
      ...{ commit_sha: sha, per_page: 10 },
    });
    const people = await Promise.all([
      peopleOfCommit(client, place, sha),
      ...pulls.parse(data).map(({ number }) => peopleOfPull(client, place, number)),
    ]);
    return {
      authors: new Set(people.flatMap(({ authors }) => [...authors])),
      unknown: people.flatMap(({ unknown }) => unknown),
    };
  });
}
