import * as z from "zod";
import type { CheckAction } from "../../core/render/actions.ts";
import { ask, type GitHubClient, githubError } from "./client.ts";
import type { Subject } from "./subject.ts";
import { isTransient } from "./transient.ts";
import { whenNeeded } from "./when-needed.ts";

export type CheckOutput = { title: string; summary: string; text?: string };
export type CheckConclusion = "success" | "neutral" | "action_required" | "failure";

/**
 * The check of a workflow. Its name differs from the App's, and one into a base other than the default branch says
 * so: a check is per commit while policy is per base, and one head may have two pull requests.
 */
export function checkName(name: string, subject: Subject, defaultBranch: string): string {
  return subject.baseBranch === defaultBranch ? name : `${name} (${subject.baseBranch})`;
}

const listed = whenNeeded(() =>
  z.object({
    check_runs: z.array(
      z.object({ id: z.int(), name: z.string(), app: z.object({ slug: z.string().nullish() }).nullish() }),
    ),
  }),
);

/** Our own check run of this name on the head; which one is ours is known when GitHub has said who we are. */
export async function findCheckRun(
  client: GitHubClient,
  { owner, name: repo, head }: Subject,
  name: string,
  again = false,
): Promise<(viewer: string) => number | undefined> {
  try {
    const { data } = await client.request("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
      owner,
      repo,
      ref: head,
      check_name: name,
      per_page: 100,
    });
    const { check_runs: runs } = listed().parse(data);
    return (viewer) =>
      runs.find((run) => run.name === name && run.app?.slug === viewer.replace(/\[bot\]$/, ""))?.id;
  } catch (error) {
    const fault = githubError(error, "the check runs");
    if (again && isTransient(fault)) throw fault;
    // A list that cannot be read costs a second run of the same name, of which GitHub shows the newer.
    return () => undefined;
  }
}

export type Check = {
  name: string;
  output: CheckOutput;
  /** Absent: in progress. */
  completed?: { conclusion: CheckConclusion; at: string };
  /** Buttons; absent, those that the check has stay as they are. */
  actions?: readonly CheckAction[];
};

/** Writes the check run, over the one that an earlier run of the same step left. */
export async function writeCheck(
  client: GitHubClient,
  { owner, name: repo, head }: Subject,
  { name, output, completed, actions }: Check,
  before: number | undefined,
): Promise<void> {
  const standing = completed
    ? { status: "completed", conclusion: completed.conclusion, completed_at: completed.at }
    : { status: "in_progress" };
  const body = { owner, repo, name, ...standing, output, ...(actions ? { actions } : {}) };
  await ask(`the check run ${name} (checks: write)`, () =>
    before === undefined
      ? client.request("POST /repos/{owner}/{repo}/check-runs", { ...body, head_sha: head })
      : client.request("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", {
          ...body,
          check_run_id: before,
        }),
  );
}
