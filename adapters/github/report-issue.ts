import type { GitHubClient } from "./client.ts";
import { ownIssues } from "./own-issues.ts";

export type StandingReport = {
  /** Names the report among all that we keep. */
  name: string;
  title: string;
  markdown: string;
};

/** Before there were any of ours. */
const ever = "2020-01-02T00:00:00Z";

/**
 * Keeps a report in one issue: its text is rewritten, and nobody is told of each time. Whoever closed it is not asked
 * again; it goes on being rewritten.
 */
export async function keepReport(
  client: GitHubClient,
  repository: string,
  { name, title, markdown }: StandingReport,
): Promise<string> {
  const issues = ownIssues(client, repository);
  const marker = `<!-- adaptive-deploy:report:${name} -->`;
  const label = `adaptive-deploy-${name}`;
  const body = `${marker}\n${markdown}`;
  const [first] = await issues.find((text) => text.startsWith(marker), ever, label);
  if (first === undefined) return (await issues.open(title, body, [label])).url;
  if (first.body !== body) await issues.rewrite(first.number, body);
  return first.url;
}
