import { readCommit } from "../git/commit.ts";
import { fixedIdentity } from "../git/pull-refs.ts";
import { type TreeChange, writeBlob, writeCommit, writeTree } from "../git/write.ts";
import type { Repository } from "../state.ts";
import { commitNode, refNode } from "./git-object.ts";
import { type Arguments, type Context, GitHubError, type Node, objectOf, objectsOf, textOf } from "./node.ts";
import { repositoryByName, requireWrite } from "./write-access.ts";

const stale = (expected: string): GitHubError =>
  // The two spaces are GitHub's.
  new GitHubError(
    "STALE_DATA",
    `Expected branch to point to "${expected}" but it did not.  Pull and try again.`,
  );

function decodeContents(text: string): Buffer {
  const decoded = Buffer.from(text, "base64");
  if (decoded.toString("base64").replace(/=+$/, "") !== text.replace(/[\n\r]/g, "").replace(/=+$/, ""))
    throw new GitHubError("UNPROCESSABLE", "File contents are not valid base64.");
  return decoded;
}

async function changesOf(
  repository: Repository,
  head: string,
  fileChanges: Arguments,
): Promise<TreeChange[]> {
  const deletions = objectsOf(fileChanges, "deletions").map((one) => textOf(one, "path") ?? "");
  for (const path of deletions)
    if (!(await repository.git.info(`${head}:${path}`)))
      throw new GitHubError(
        "UNPROCESSABLE",
        `A path was requested for deletion which does not exist as of commit oid \`${head}\`: ${path}`,
      );
  const additions = await Promise.all(
    objectsOf(fileChanges, "additions").map(async (one): Promise<TreeChange> => {
      const path = textOf(one, "path") ?? "";
      if (
        path === "" ||
        path.startsWith("/") ||
        path.split("/").some((part) => part === ".." || part === "" || part === ".git")
      )
        throw new GitHubError("UNPROCESSABLE", `The path "${path}" is not valid.`);
      return {
        path,
        mode: "100644",
        oid: writeBlob(repository.git, decodeContents(textOf(one, "contents") ?? "")),
      };
    }),
  );
  return [...deletions.map((path) => ({ path, mode: "100644", oid: null })), ...additions];
}

/** One request, one commit, signed by GitHub, on exactly the head that was expected; else nothing is written. */
export async function createCommitOnBranch(context: Context, given: Arguments): Promise<Node> {
  const input = objectOf(given, "input");
  const branch = objectOf(input, "branch");
  const repository = repositoryByName(context, textOf(branch, "repositoryNameWithOwner"));
  const user = requireWrite(context, repository, "contents");
  const name = (textOf(branch, "branchName") ?? "").replace(/^refs\/heads\//, "");
  const ref = `refs/heads/${name}`;
  const expected = textOf(input, "expectedHeadOid") ?? "";
  const now = await repository.git.info(ref);
  if (!now) throw new GitHubError("NOT_FOUND", `Could not resolve to a Branch with the name '${name}'.`);
  if (now.oid !== expected) throw stale(expected);
  const changes = await changesOf(repository, expected, objectOf(input, "fileChanges"));
  const tree = await writeTree(repository.git, expected, changes);
  const message = objectOf(input, "message");
  const text = [textOf(message, "headline") ?? "", textOf(message, "body")].filter(Boolean).join("\n\n");
  const identity = fixedIdentity(context.world.now(), user.name, user.email);
  const oid = writeCommit(repository.git, { tree, parents: [expected], message: text }, identity);
  // Git compares and swaps: of two requests that both saw the expected head one comes second.
  if (!(await repository.git.move(ref, oid, expected))) throw stale(expected);
  const commit = await readCommit(repository.git, oid);
  return {
    __typename: "CreateCommitOnBranchPayload",
    clientMutationId: textOf(input, "clientMutationId") ?? null,
    commit: commit && commitNode(context, repository, commit),
    ref: () => refNode(context, repository, ref),
  };
}
