import * as z from "zod";
import { UserError } from "../../core/errors.ts";
import { type ApiFile, apiFile } from "./api-file.ts";
import { ask, type GitHubClient, githubError } from "./client.ts";
import type { Subject } from "./subject.ts";
import { isTransient } from "./transient.ts";
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
  for (
    let page = pages + 1;
    isCurrent &&
    known === undefined &&
    listed.at(-1)?.length === filesAPage &&
    page <= mostFiles / filesAPage;
    page++
  ) {
    listed.push(await filePage(client, owner, name, number, page));
  }
  // A push between two answers shows another head's files; where no address tells, the head is asked for once more.
  const isOfHead = isCurrent && (areOf(subject.head, listed) ?? (await isStill(client, subject, number)));
  if (!isOfHead) return { ...ofComparison(subject, comparison), moved: true };
  const files = listed.flat();
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

/** Whether the pages of files are this commit's: undefined where one names no commit, as of removed files alone. */
function areOf(head: string, pages: readonly ApiFile[][]): boolean | undefined {
  const commits = pages.map((page) =>
    page.flatMap(({ status, contents_url: url }) =>
      status === "removed" || !url ? [] : [/[?&]ref=([0-9a-f]+)/.exec(url)?.[1]],
    ),
  );
  if (commits.flat().some((commit) => commit !== undefined && commit !== head)) return false;
  return commits.every((page) => page.includes(head)) ? true : undefined;
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

async function readCommit(
  client: GitHubClient,
  { owner, name, head }: Pick<Subject, "owner" | "name" | "head">,
): Promise<z.infer<ReturnType<typeof commit>>> {
  const { data } = await ask(`the commit ${head.slice(0, 12)}`, () =>
    client.request("GET /repos/{owner}/{repo}/commits/{ref}", { owner, repo: name, ref: head }),
  );
  return commit().parse(data);
}

/** Where no base is known (a new branch, a first deployment), the commit against its first parent. */
async function ofOneCommit(client: GitHubClient, subject: Subject): Promise<ApiChange> {
  const { head } = subject;
  const found = await readCommit(client, subject);
  const base = found.parents[0]?.sha ?? emptyTree;
  const files = found.files ?? [];
  return { base, head, files, commits: 1, ...incompleteWhere(files.length >= mostComparedFiles) };
}

/** Undefined of a root commit, and of one that GitHub shows no more. */
export async function firstParent(client: GitHubClient, subject: Subject): Promise<string | undefined> {
  try {
    return (await readCommit(client, subject)).parents[0]?.sha;
  } catch (error) {
    if (isTransient(error)) throw error;
    return undefined;
  }
}

/** The tree of nothing, which a root commit is measured against. */
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

const deploymentsQuery = `query LastDeployed($owner: String!, $name: String!, $environment: String!) {
  repository(owner: $owner, name: $name) {
    deployments(environments: [$environment], first: 50, orderBy: { field: CREATED_AT, direction: DESC }) {
      nodes { commitOid statuses(first: 20) { nodes { state } } }
    }
  }
}`;
const deployments = whenNeeded(() => {
  const statuses = z.object({ nodes: z.array(z.object({ state: z.string() })) });
  const node = z.object({ commitOid: z.string(), statuses: statuses.nullable() });
  return z.object({ repository: z.object({ deployments: z.object({ nodes: z.array(node) }) }) });
});

/**
 * The commit that was last deployed to an environment with success, for the base of a release: GitHub makes a
 * deployment before anybody let it go. A later one's success makes the earlier ones inactive, which once were one.
 */
export async function lastDeployed(
  client: GitHubClient,
  subject: Subject,
  environment: string,
  again = false,
): Promise<string | undefined> {
  const { owner, name } = subject;
  try {
    const data = await client.graphql(deploymentsQuery, { owner, name, environment });
    return deployments()
      .parse(data)
      .repository.deployments.nodes.find(
        ({ commitOid, statuses }) =>
          commitOid !== subject.head && statuses?.nodes.some(({ state }) => state === "SUCCESS"),
      )?.commitOid;
  } catch (error) {
    const fault = githubError(error, `what was last deployed to ${environment}`);
    if (error instanceof UserError || (again && isTransient(fault))) throw fault;
    return undefined;
  }
}
