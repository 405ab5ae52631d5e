import * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { Deployment } from "../../core/learning/deployments.ts";
import { ask, type GitHubClient } from "./client.ts";
import { whenNeeded } from "./when-needed.ts";

/** GitHub names the newest first; of each its newest statuses. */
const query = `query Deployments($owner: String!, $name: String!, $environment: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    deployments(environments: [$environment], first: 100, after: $after, orderBy: { field: CREATED_AT, direction: DESC }) {
      pageInfo { hasNextPage endCursor }
      nodes { databaseId commitOid createdAt statuses(first: 20) { nodes { state createdAt } } }
    }
  }
}`;
const answer = whenNeeded(() => {
  const status = z.object({ state: z.string(), createdAt: z.iso.datetime() });
  const node = z.object({
    databaseId: z.int().nullable(),
    commitOid: z.string(),
    createdAt: z.iso.datetime(),
    statuses: z.object({ nodes: z.array(status) }).nullable(),
  });
  const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
  const deployments = z.object({ pageInfo, nodes: z.array(node) });
  return z.object({ repository: z.object({ deployments }).nullable() });
});

const mostPages = 100;

export type DeploymentsAsked = {
  repository: string;
  environment: string;
  /** Seconds since 1970: what was deployed before is no change of the history at hand. */
  since: number;
};

/** Every deployment to one environment, oldest first. */
export async function deploymentsSince(
  client: GitHubClient,
  { repository, environment, since }: DeploymentsAsked,
): Promise<Deployment[]> {
  const [owner, name] = repository.split("/");
  const found: Deployment[] = [];
  let after: string | null = null;
  for (let page = 0; page < mostPages; page += 1) {
    const variables = { owner, name, environment, after };
    const asked = await ask(`deployments of ${repository} (deployments: read)`, () =>
      client.graphql(query, variables),
    );
    const { data } = answer().safeParse(asked);
    if (!data?.repository)
      throw new UserError(
        "not-found",
        `GitHub shows no deployments of ${repository}: the token may not see it (deployments: read).`,
        exitCodes.unavailable,
      );
    const { nodes, pageInfo } = data.repository.deployments;
    const read = nodes.map((node) => ({
      id: String(node.databaseId ?? ""),
      commit: node.commitOid,
      at: secondsOf(node.createdAt),
      statuses: (node.statuses?.nodes ?? [])
        .map(({ state, createdAt }) => ({ state: state.toLowerCase(), at: secondsOf(createdAt) }))
        .reverse(),
    }));
    found.push(...read.filter(({ at }) => at >= since));
    if (!pageInfo.hasNextPage || read.some(({ at }) => at < since)) break;
    after = pageInfo.endCursor;
  }
  return found.reverse();
}

function secondsOf(text: string): number {
  return Math.floor(Date.parse(text) / 1000);
}
