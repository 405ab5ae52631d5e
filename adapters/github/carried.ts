import * as z from "zod";
import {
  type Carried,
  carry,
  firstParents,
  type JudgedSegment,
  type NotCarried,
  notCarried,
  type PullOfCommit,
  type RangeCommit,
  type Segment,
  segmentsOf,
} from "../../core/approval/carry.ts";
import { patchIdentity } from "../../core/change/patch-identity.ts";
import type { Approval } from "../../core/decision/shape.ts";
import { type GitHubClient, githubError } from "./client.ts";
import { pullNamedIn } from "./queued.ts";
import type { Subject } from "./subject.ts";
import { mayPass } from "./transient.ts";

/** Approvals of a pull request's final head, each asked of GitHub again (standing-approvals.ts). */
export type ApprovalsOf = (head: string, pullRequest: number, mergeBase: string) => Promise<Approval[]>;

const mostCommits = 250;
const mostPulls = 30;

/**
 * The approvals that carry over to a release or a merge group: a squash, a merge or a rebase of what was approved, and
 * nothing beside it. Whatever cannot be found out does not carry; `isIncomplete` says that it may be found out later.
 */
export async function carriedApprovals(
  client: GitHubClient,
  subject: Pick<Subject, "kind" | "owner" | "name" | "head" | "base">,
  needed: number,
  approvalsOf: ApprovalsOf,
): Promise<Carried<Approval> & { isIncomplete?: true }> {
  const { base, head } = subject;
  if (base === undefined)
    return notCarried("No approval carries over: it is not known since which commit there are changes.");
  try {
    const commits = await commitsOf(client, subject, base);
    const line = "carried" in commits ? commits : firstParents(commits, base, head);
    if ("carried" in line) return line;
    const pulls = await Promise.all(
      line.map(
        async ({ sha, message }): Promise<[string, PullOfCommit[]]> => [
          sha,
          await (subject.kind === "group"
            ? queuedPulls(client, subject, message)
            : mergedPulls(client, subject, sha)),
        ],
      ),
    );
    const segments = segmentsOf(line, new Map(pulls));
    if ("carried" in segments) return segments;
    if (segments.length === 0)
      return notCarried(`No approval carries over: ${head.slice(0, 12)} changes nothing.`);
    if (segments.length > mostPulls)
      return notCarried(
        `No approval carries over: the range holds ${segments.length} pull requests, and at most ${mostPulls} are looked at.`,
      );
    const judged = await Promise.all(segments.map((segment) => judge(client, subject, segment, approvalsOf)));
    return carry(judged, needed);
  } catch (error) {
    const why = error instanceof z.ZodError ? "GitHub's answer lacks something" : said(error, head);
    const found = notCarried(`No approval carries over: ${why}`);
    return mayPass(error) ? { ...found, isIncomplete: true } : found;
  }
}

const said = (error: unknown, head: string): string =>
  githubError(error, `what came with ${head.slice(0, 12)}`).message;

const comparison = z.object({
  status: z.string(),
  total_commits: z.int(),
  commits: z.array(
    z.object({
      sha: z.string(),
      parents: z.array(z.object({ sha: z.string() })),
      commit: z.object({ message: z.string() }),
    }),
  ),
});

async function commitsOf(
  client: GitHubClient,
  { owner, name: repo, head }: Pick<Subject, "owner" | "name" | "head">,
  base: string,
): Promise<(RangeCommit & { message: string })[] | NotCarried> {
  const { data } = await client.request("GET /repos/{owner}/{repo}/compare/{basehead}", {
    owner,
    repo,
    basehead: `${base}...${head}`,
    per_page: mostCommits,
  });
  const found = comparison.parse(data);
  if (found.status !== "ahead")
    return notCarried(
      `No approval carries over: ${head.slice(0, 12)} does not lie ahead of ${base.slice(0, 12)}.`,
    );
  if (found.total_commits > found.commits.length)
    return notCarried(
      `No approval carries over: the range holds ${found.total_commits} commits, and at most ${mostCommits} are looked at.`,
    );
  return found.commits.map(({ sha, parents, commit }) => ({
    sha,
    parents: parents.map((parent) => parent.sha),
    message: commit.message,
  }));
}

const pull = z.object({
  number: z.int().positive(),
  merged_at: z.string().nullable(),
  merge_commit_sha: z.string().nullable(),
  head: z.object({ sha: z.string() }),
  base: z.object({ repo: z.object({ full_name: z.string() }) }),
});

/** A release's pull requests are merged, and GitHub says which one made a commit. */
async function mergedPulls(
  client: GitHubClient,
  { owner, name: repo }: Pick<Subject, "owner" | "name">,
  sha: string,
): Promise<PullOfCommit[]> {
  const { data } = await client.request("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", {
    owner,
    repo,
    commit_sha: sha,
    per_page: 100,
  });
  return z
    .array(pull)
    .parse(data)
    .flatMap(({ number, head, base, merged_at: mergedAt, merge_commit_sha: mergeCommit }) => {
      const isHere = base.repo.full_name.toLowerCase() === `${owner}/${repo}`.toLowerCase();
      return isHere && mergedAt !== null && mergeCommit !== null
        ? [{ number, head: head.sha, mergeCommit }]
        : [];
    });
}

/**
 * A group's pull requests are open still, and GitHub's queue names them in its commits. The name is a hint that anyone
 * could write: what counts is that the commit's patch is the one that was approved there.
 */
async function queuedPulls(
  client: GitHubClient,
  { owner, name: repo }: Pick<Subject, "owner" | "name">,
  message: string,
): Promise<PullOfCommit[]> {
  const named = pullNamedIn(message);
  if (named === undefined) return [];
  const { data } = await client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
    owner,
    repo,
    pull_number: named,
  });
  const { number, head } = pull.parse(data);
  return [{ number, head: head.sha }];
}

async function judge(
  client: GitHubClient,
  subject: Pick<Subject, "owner" | "name">,
  segment: Segment,
  approvalsOf: ApprovalsOf,
): Promise<JudgedSegment<Approval>> {
  const { owner, name: repo } = subject;
  const { pull, from, to } = segment;
  const [approvals, approvedPatch, mergedPatch] = await Promise.all([
    mergeBaseOf(client, { owner, repo }, `${from}...${pull.head}`).then((mergeBase) =>
      approvalsOf(pull.head, pull.number, mergeBase),
    ),
    // Both ends by their names: the pull request's own diff could be of a later push.
    patchOf(client, { owner, repo }, `${from}...${pull.head}`),
    patchOf(client, { owner, repo }, `${from}...${to}`),
  ]);
  return { segment, approvedPatch, mergedPatch, approvals };
}

const merging = z.object({ merge_base_commit: z.object({ sha: z.string() }) });

/** Where the pull request began for the merge: a base that was rewound brings in commits that its diff never showed. */
async function mergeBaseOf(
  client: GitHubClient,
  place: { owner: string; repo: string },
  basehead: string,
): Promise<string> {
  const { data } = await client.request("GET /repos/{owner}/{repo}/compare/{basehead}", {
    ...place,
    basehead,
    per_page: 1,
  });
  return merging.parse(data).merge_base_commit.sha;
}

/** GitHub refuses a diff that is too large, also in words of a failure that would pass: then it is unknown. */
async function patchOf(
  client: GitHubClient,
  place: { owner: string; repo: string },
  basehead: string,
): Promise<string | undefined> {
  try {
    const { data } = await client.request("GET /repos/{owner}/{repo}/compare/{basehead}", {
      ...place,
      basehead,
      mediaType: { format: "diff" },
    });
    return typeof data === "string" ? patchIdentity(data) : undefined;
  } catch (error) {
    if (mayPass(error) && !/diff is taking too long to generate/i.test(String(error))) throw error;
    return undefined;
  }
}
