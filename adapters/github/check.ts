import { ask, type GitHubClient } from "./client.ts";
import type { Subject } from "./subject.ts";

export type CheckOutput = { title: string; summary: string; text?: string };
export type CheckConclusion = "success" | "neutral" | "action_required" | "failure";

/**
 * The check of a workflow. Its name differs from the App's, and one into a base other than the default branch says
 * so: a check is per commit while policy is per base, and one head may have two pull requests.
 */
export function checkName(name: string, subject: Subject, defaultBranch: string): string {
  return subject.baseBranch === defaultBranch ? name : `${name} (${subject.baseBranch})`;
}

export async function writeCheck(
  client: GitHubClient,
  subject: Subject,
  name: string,
  conclusion: CheckConclusion,
  output: CheckOutput,
): Promise<void> {
  await ask(`the check run ${name} (checks: write)`, () =>
    client.request("POST /repos/{owner}/{repo}/check-runs", {
      owner: subject.owner,
      repo: subject.name,
      name,
      head_sha: subject.head,
      status: "completed",
      conclusion,
      output,
    }),
  );
}
