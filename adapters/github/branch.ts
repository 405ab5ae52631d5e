import * as z from "zod";
import { ask, type GitHubClient } from "./client.ts";
import { ownerAndRepo } from "./full-name.ts";

/** What is written to a branch: never a force, and nothing that was not looked at before. */

export type Branch = {
  client: GitHubClient;
  /** "owner/name". */
  repository: string;
  branch: string;
};

const noObject = "0".repeat(40);
const commitMutation = `mutation CommitFiles($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;
const committed = z.looseObject({
  createCommitOnBranch: z.looseObject({ commit: z.looseObject({ oid: z.string() }) }),
});
const deleteMutation = `mutation DeleteBranch($input: UpdateRefsInput!) {
  updateRefs(input: $input) { clientMutationId }
}`;

export async function createBranch({ client, repository, branch }: Branch, sha: string): Promise<void> {
  await ask(`the branch ${branch} of ${repository} (contents: write)`, () =>
    client.request("POST /repos/{owner}/{repo}/git/refs", {
      ...ownerAndRepo(repository),
      ...{ ref: `refs/heads/${branch}`, sha },
    }),
  );
}

export type FilesCommit = {
  /** The branch has to end here, else nothing is written. */
  head: string;
  headline: string;
  body?: string;
  /** Texts by path. */
  files: Readonly<Record<string, string>>;
};

/** One commit, signed by GitHub. Answers with its name. */
export async function commitFiles(
  { client, repository, branch }: Branch,
  { head, headline, body, files }: FilesCommit,
): Promise<string> {
  const input = {
    branch: { repositoryNameWithOwner: repository, branchName: branch },
    expectedHeadOid: head,
    message: { headline, ...(body === undefined ? {} : { body }) },
    fileChanges: {
      additions: Object.entries(files).map(([path, text]) => ({
        path,
        contents: Buffer.from(text).toString("base64"),
      })),
    },
  };
  return ask(`a commit on ${branch} of ${repository} (contents: write)`, async () => {
    const data = await client.graphql(commitMutation, { input });
    return committed.parse(data).createCommitOnBranch.commit.oid;
  });
}

/** Only where the branch still ends at `head`: GitHub compares and swaps. */
export async function deleteBranch(
  { client, repository, branch }: Branch,
  { head, repositoryId }: { head: string; repositoryId: string },
): Promise<void> {
  const refUpdates = [{ name: `refs/heads/${branch}`, beforeOid: head, afterOid: noObject, force: true }];
  await ask(`the branch ${branch} of ${repository} (contents: write)`, () =>
    client.graphql(deleteMutation, { input: { repositoryId, refUpdates } }),
  );
}
