import * as z from "zod";
import { UserError } from "../../core/errors.ts";
import { type ApiFile, apiFile } from "./api-file.ts";
import { ask, type GitHubClient } from "./client.ts";
import type { Subject } from "./subject.ts";
import { whenNeeded } from "./when-needed.ts";

/** What GitHub says of the diff itself. */
export type ApiChange = {
  base: string;
  head: string;
  files: ApiFile[];
  commits?: number;
  /** Said where GitHub lists only a part. */
  incomplete?: string;
  /** True where the pull request has another head or base by now than the event says. */
  moved?: true;
};

const filesAPage = 100;
const mostFiles = 3000;
const mostComparedFiles = 300;

/**
 * Files of a pull request, all pages at once: the event says how many there are. The list is of the pull request as it
 * is now, and the decision is for the head of the event. Where the two differ (a push meanwhile, an old run that is
 * run again), the comparison speaks, which names both ends.
 */
export async function pullRequestChange(
  client: GitHubClient,
  subject: Subject,
  number: number,
): Promise<ApiChange> {
  const { owner, name } = subject;
  const known = subject.pullRequest?.changedFiles;
  const pages = Math.max(1, Math.ceil(Math.min(known ?? filesAPage, mostFiles) / filesAPage));
  const [comparison, isCurrent, ...listed] = await Promise.all([
    compare(client, subject, subject.base ?? "", 1),
    isStill(client, subject, number),
    ...Array.from({ length: pages }, (_, index) => filePage(client, owner, name, number, index + 1)),
  ]);
  if (!isCurrent) return { ...ofComparison(subject, comparison), moved: true };
  const files = listed.flat();
  for (
    let page = pages + 1;
    known === undefined && files.length === (page - 1) * filesAPage && page <= mostFiles / filesAPage;
    page++
  ) {
    files.push(...(await filePage(client, owner, name, number, page)));
  }
  const cut = files.length >= mostFiles || (known ?? 0) > files.length;
  return {
    base: comparison.merge_base_commit.sha,
    head: subject.head,
    files,
    commits: comparison.total_commits,
    ...(cut
      ? {
          incomplete: `GitHub lists ${files.length} of ${known ?? "more"} changed files (at most ${mostFiles}): counts are lower bounds.`,
        }
      : {}),
  };
}

const ends = whenNeeded(() =>
  z.object({ head: z.object({ sha: z.string() }), base: z.object({ ref: z.string() }) }),
);

/** True where the pull request has the head and the base branch of the event still. */
async function isStill(client: GitHubClient, subject: Subject, number: number): Promise<boolean> {
  const { owner, name: repo } = subject;
  const { data } = await ask(`${owner}/${repo}#${number}`, () =>
    client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", { owner, repo, pull_number: number }),
  );
  const { head, base } = ends().parse(data);
  return head.sha === subject.head && base.ref === subject.baseBranch;
}

async function filePage(
  client: GitHubClient,
  owner: string,
  repo: string,
  number: number,
  page: number,
): Promise<ApiFile[]> {
  const { data } = await ask(`the files of ${owner}/${repo}#${number}`, () =>
    client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", {
      owner,
      repo,
      pull_number: number,
      per_page: filesAPage,
      page,
    }),
  );
  return z.array(apiFile()).parse(data);
}

const comparison = whenNeeded(() =>
  z.object({
    merge_base_commit: z.object({ sha: z.string() }),
    total_commits: z.int().nonnegative(),
    files: z.array(apiFile()).optional(),
  }),
);

async function compare(
  client: GitHubClient,
  subject: Subject,
  base: string,
  perPage: number,
): Promise<z.infer<ReturnType<typeof comparison>>> {
  const { owner, name } = subject;
  const { data } = await ask(`the comparison ${base.slice(0, 12)}...${subject.head.slice(0, 12)}`, () =>
    client.request("GET /repos/{owner}/{repo}/compare/{basehead}", {
      owner,
      repo: name,
      basehead: `${base}...${subject.head}`,
      per_page: perPage,
    }),
  );
  return comparison().parse(data);
}

/** Files between two commits, for a push, a merge group or a release. */
export async function comparedChange(client: GitHubClient, subject: Subject): Promise<ApiChange> {
  if (subject.base === undefined) return ofOneCommit(client, subject);
  return ofComparison(subject, await compare(client, subject, subject.base, filesAPage));
}

function ofComparison(subject: Subject, found: z.infer<ReturnType<typeof comparison>>): ApiChange {
  const files = found.files ?? [];
  return {
    base: found.merge_base_commit.sha,
    head: subject.head,
    files,
    commits: found.total_commits,
    ...incompleteWhere(files.length >= mostComparedFiles),
  };
}

function incompleteWhere(isCut: boolean): { incomplete?: string } {
  if (!isCut) return {};
  return {
    incomplete: `GitHub lists ${mostComparedFiles} files of a comparison at most: counts are lower bounds.`,
  };
}

const commit = whenNeeded(() =>
  z.object({
    parents: z.array(z.object({ sha: z.string() })),
    files: z.array(apiFile()).optional(),
  }),
);

/** Where no base is known (a new branch, a first deployment), the commit against its first parent. */
async function ofOneCommit(client: GitHubClient, subject: Subject): Promise<ApiChange> {
  const { owner, name, head } = subject;
  const { data } = await ask(`the commit ${head.slice(0, 12)}`, () =>
    client.request("GET /repos/{owner}/{repo}/commits/{ref}", { owner, repo: name, ref: head }),
  );
  const found = commit().parse(data);
  const base = found.parents[0]?.sha ?? emptyTree;
  const files = found.files ?? [];
  return { base, head, files, commits: 1, ...incompleteWhere(files.length >= mostComparedFiles) };
}

/** The tree of nothing, which a root commit is measured against. */
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

const deployments = whenNeeded(() => z.array(z.object({ sha: z.string() })));

/** The commit that was last deployed to an environment, for the base of a release. */
export async function lastDeployed(
  client: GitHubClient,
  subject: Subject,
  environment: string,
): Promise<string | undefined> {
  const { owner, name } = subject;
  try {
    const { data } = await client.request("GET /repos/{owner}/{repo}/deployments", {
      owner,
      repo: name,
      environment,
      per_page: 10,
    });
    return deployments()
      .parse(data)
      .find((deployment) => deployment.sha !== subject.head)?.sha;
  } catch (error) {
    if (error instanceof UserError) throw error;
    return undefined;
  }
}
