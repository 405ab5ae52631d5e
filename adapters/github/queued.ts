import * as z from "zod";
import { ask, type GitHubClient } from "./client.ts";
import type { Subject } from "./subject.ts";

const comparison = z.object({
  total_commits: z.int().nonnegative(),
  commits: z.array(z.object({ commit: z.object({ message: z.string() }) })),
});
const commitsAPage = 100;
const mostPages = 10;

/** The pull request that GitHub's queue, or its merge button, names in a commit. Anyone could write such a name. */
export function pullNamedIn(message: string): number | undefined {
  const title = message.split("\n", 1)[0] ?? "";
  const [, number] =
    /\(#(\d{1,10})\)$/.exec(title) ?? /^Merge pull request #(\d{1,10}) from /.exec(title) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** The pull requests that a merge group holds, as far as its branch and its commits name them. */
export async function pullsOfGroup(
  client: GitHubClient,
  {
    owner,
    name: repo,
    base,
    head,
    lastQueued,
  }: Pick<Subject, "owner" | "name" | "base" | "head" | "lastQueued">,
): Promise<Set<number>> {
  const pulls = new Set(lastQueued === undefined ? [] : [lastQueued]);
  if (base === undefined) return pulls;
  const what = `the commits of the merge group ${head.slice(0, 12)}`;
  for (let page = 1; page <= mostPages; page += 1) {
    const { data } = await ask(what, () =>
      client.request("GET /repos/{owner}/{repo}/compare/{basehead}", {
        ...{ owner, repo, basehead: `${base}...${head}`, per_page: commitsAPage, page },
      }),
    );
    const { commits, total_commits: total } = comparison.parse(data);
    for (const { commit } of commits) {
      const number = pullNamedIn(commit.message);
      if (number !== undefined) pulls.add(number);
    }
    if (commits.length === 0 || page * commitsAPage >= total) break;
  }
  return pulls;
}
