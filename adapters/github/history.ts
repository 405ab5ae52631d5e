import * as z from "zod";
import type { HistorySummary } from "../../core/change/history.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { commitFiles } from "./branch.ts";
import { ask, type GitHubClient, githubError } from "./client.ts";
import { ownerAndRepo } from "./full-name.ts";

/** The summary of the default branch's history, on a branch of its own with one file. */
const branch = "adaptive-deploy/history";
const made = z.object({ sha: z.string() });
const ref = z.object({ object: z.object({ sha: z.string() }) });

/** Replaces the summary behind the branch's head, and answers with the commit. Where another run came first, its summary stands. */
export async function writeHistory(
  client: GitHubClient,
  fullName: string,
  summary: HistorySummary,
): Promise<string> {
  const { owner, repo } = ownerAndRepo(fullName);
  if (!owner || !repo) {
    throw new UserError(
      "no-repository",
      "GITHUB_REPOSITORY does not name a repository as owner/name.",
      exitCodes.usage,
    );
  }
  const text = `${JSON.stringify(summary)}\n`;
  const message = `Summarise the history up to ${summary.base.slice(0, 12)}`;
  const head = await headOf(client, owner, repo);
  if (head === undefined) return firstSummary(client, owner, repo, message, text);
  return commitFiles(
    { client, repository: fullName, branch },
    { head, headline: message, files: { "history.json": text } },
  );
}

async function headOf(client: GitHubClient, owner: string, repo: string): Promise<string | undefined> {
  try {
    const { data } = await client.request("GET /repos/{owner}/{repo}/git/ref/{ref}", {
      owner,
      repo,
      ref: `heads/${branch}`,
    });
    return ref.parse(data).object.sha;
  } catch (error) {
    const fault = githubError(error, `the branch ${branch}`);
    if (fault.reasonCode === "not-found") return undefined;
    throw fault;
  }
}

async function firstSummary(
  client: GitHubClient,
  owner: string,
  repo: string,
  message: string,
  text: string,
): Promise<string> {
  return ask(`the branch ${branch} (contents: write)`, async () => {
    const tree = await client.request("POST /repos/{owner}/{repo}/git/trees", {
      owner,
      repo,
      tree: [{ path: "history.json", mode: "100644", type: "blob", content: text }],
    });
    const commit = await client.request("POST /repos/{owner}/{repo}/git/commits", {
      owner,
      repo,
      message,
      tree: made.parse(tree.data).sha,
      parents: [],
    });
    const { sha } = made.parse(commit.data);
    await client.request("POST /repos/{owner}/{repo}/git/refs", {
      owner,
      repo,
      ref: `refs/heads/${branch}`,
      sha,
    });
    return sha;
  });
}
