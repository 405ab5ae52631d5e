import { randomBytes } from "node:crypto";
import type { Octokit } from "@octokit/rest";
import * as z from "zod";

export type Place = { owner: string; name: string };

/** A scratch repository with what every question needs. */
export type Scratch = {
  client: Octokit;
  place: { owner: string; repo: string };
  fullName: string;
  defaultBranch: string;
  head: string;
  login: string;
  /** A new branch name that is deleted afterwards. */
  branchName(): string;
  /** What has to be done at the end, last first; a failure is told and hides none of the others. */
  afterwards(work: () => Promise<unknown>): void;
};

const start = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.object({
    defaultBranchRef: z.object({ name: z.string(), target: z.object({ oid: z.string() }) }).nullable(),
  }),
});

export async function openScratch(client: Octokit, { owner, name }: Place) {
  const { viewer, repository } = start.parse(
    await client.graphql(
      `query ($owner: String!, $name: String!) {
        viewer { login }
        repository(owner: $owner, name: $name) { defaultBranchRef { name target { oid } } }
      }`,
      { owner, name },
    ),
  );
  const branch = repository.defaultBranchRef;
  if (!branch) throw new Error(`${owner}/${name} has no commit yet. Add a README.md first.`);
  const place = { owner, repo: name };
  const run = randomBytes(4).toString("hex");
  const work: (() => Promise<unknown>)[] = [];
  let count = 0;
  const scratch: Scratch = {
    client,
    place,
    fullName: `${owner}/${name}`,
    defaultBranch: branch.name,
    head: branch.target.oid,
    login: viewer.login,
    branchName: () => {
      count += 1;
      const made = `adaptive-deploy-probe/${run}-${count}`;
      work.push(async () => {
        const left = await client.git.listMatchingRefs({ ...place, ref: `heads/${made}` });
        for (const { ref } of left.data)
          await client.git.deleteRef({ ...place, ref: ref.slice("refs/".length) });
      });
      return made;
    },
    afterwards: (one) => void work.push(one),
  };
  const close = async (): Promise<string[]> => {
    const left: string[] = [];
    for (const one of work.reverse())
      await one().catch((error: unknown) =>
        left.push(error instanceof Error ? error.message : String(error)),
      );
    return left;
  };
  return { scratch, close };
}

const refused = z.looseObject({
  status: z.number().optional(),
  errors: z.array(z.looseObject({ type: z.string().optional() })).optional(),
});

/** How the server answered: `done`, the type of a GraphQL error, or the status of a refusal. */
export async function answerOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "done";
  } catch (error) {
    const told = refused.safeParse(error);
    if (!told.success) throw error;
    const type = told.data.errors?.[0]?.type;
    if (type) return type;
    if (told.data.status === undefined) throw error;
    return String(told.data.status);
  }
}

/** Creates a branch at the default branch's head. */
export async function createBranch(scratch: Scratch, sha = scratch.head): Promise<string> {
  const branch = scratch.branchName();
  await scratch.client.git.createRef({ ...scratch.place, ref: `refs/heads/${branch}`, sha });
  return branch;
}

const committed = z.object({
  createCommitOnBranch: z.object({ commit: z.object({ oid: z.string() }) }),
});

/** Adds a file with `createCommitOnBranch`, and gives the new head. */
export async function commitOn(
  { client, fullName }: Scratch,
  branchName: string,
  expectedHeadOid: string,
  text: string,
): Promise<string> {
  const answer = await client.graphql(
    "mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }",
    {
      input: {
        branch: { repositoryNameWithOwner: fullName, branchName },
        expectedHeadOid,
        message: { headline: "Probe [skip ci]" },
        fileChanges: {
          additions: [{ path: "probe.txt", contents: Buffer.from(text).toString("base64") }],
        },
      },
    },
  );
  return committed.parse(answer).createCommitOnBranch.commit.oid;
}

const head = z.object({
  repository: z.object({ ref: z.object({ target: z.object({ oid: z.string() }) }).nullable() }),
});

/** Where a branch points now, asked over GraphQL as the ledger asks. */
export async function headOf({ client, place }: Scratch, branch: string): Promise<string | undefined> {
  const answer = await client.graphql(
    `query ($owner: String!, $repo: String!, $ref: String!) {
      repository(owner: $owner, name: $repo) { ref(qualifiedName: $ref) { target { oid } } }
    }`,
    { ...place, ref: `refs/heads/${branch}` },
  );
  return head.parse(answer).repository.ref?.target.oid;
}
