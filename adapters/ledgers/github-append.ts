import { createHash } from "node:crypto";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import { segmentPath, segmentText } from "../../core/evidence/segment.ts";
import { branchOf } from "../../core/evidence/stream.ts";
import { readmeText } from "./git-tree.ts";
import { failureOf } from "./github-fault.ts";
import type { Home } from "./github-home.ts";
import {
  commitAnswer,
  commitMutation,
  createdAnswer,
  landedAnswer,
  landedQuery,
  madeAnswer,
} from "./github-queries.ts";
import { messageFor } from "./message.ts";

/**
 * Writes sealed events behind a commit, or as the branch's first commit where there is none. Gives the new commit,
 * or null where somebody else came first.
 */
export async function writeBehind(
  home: Home,
  stream: string,
  sealed: [LedgerEvent, ...LedgerEvent[]],
  parent: string | null,
): Promise<string | null> {
  const branch = branchOf(stream);
  const file = { path: segmentPath(sealed[0].sequence), text: segmentText(sealed) };
  try {
    return parent === null
      ? await createBranch(home, branch, file, sealed)
      : await commitOnBranch(home, branch, file, sealed, parent);
  } catch (error) {
    const failure = failureOf(error);
    const refused = failure.type !== "" || failure.status === 422;
    if (!refused || failure.type === "FORBIDDEN" || failure.type === "RATE_LIMITED")
      throw home.fault(error, true);
    // A client that sends again after a lost answer is told that the head moved, by its own first attempt.
    const now = await landed(home, branch, file);
    if (now?.holdsOurs) return now.commit;
    if ((now?.commit ?? null) !== parent) return null;
    throw home.fault(error, true);
  }
}

type File = { path: string; text: string };

async function commitOnBranch(
  home: Home,
  branch: string,
  file: File,
  sealed: LedgerEvent[],
  expectedHeadOid: string,
): Promise<string> {
  const input = {
    branch: { repositoryNameWithOwner: `${home.owner}/${home.name}`, branchName: branch },
    expectedHeadOid,
    message: messageFor(sealed),
    fileChanges: { additions: [{ path: file.path, contents: Buffer.from(file.text).toString("base64") }] },
  };
  const { createCommitOnBranch } = await home.mutate(commitMutation, { input }, commitAnswer);
  return createCommitOnBranch.commit.oid;
}

/** The first event: a commit without parents, and a ref whose creation fails where the ref exists. */
async function createBranch(home: Home, branch: string, file: File, sealed: LedgerEvent[]): Promise<string> {
  const entry = (path: string, content: string) => ({ path, mode: "100644", type: "blob", content });
  const tree = await home.rest(
    "POST /repos/{owner}/{repo}/git/trees",
    { tree: [entry(file.path, file.text), entry("README.md", readmeText)] },
    madeAnswer,
  );
  const { headline, body } = messageFor(sealed);
  const commit = await home.rest(
    "POST /repos/{owner}/{repo}/git/commits",
    { message: `${headline}\n\n${body}`, tree: tree.sha, parents: [] },
    madeAnswer,
  );
  const created = { ref: `refs/heads/${branch}`, sha: commit.sha };
  await home.rest("POST /repos/{owner}/{repo}/git/refs", created, createdAnswer);
  return commit.sha;
}

async function landed(
  home: Home,
  branch: string,
  file: File,
): Promise<{ commit: string; holdsOurs: boolean } | null> {
  const variables = { ref: `refs/heads/${branch}`, path: file.path };
  const { ref } = (await home.query(landedQuery, variables, landedAnswer)).repository;
  if (!ref) return null;
  const { oid, file: found } = ref.target;
  // The nonce stands in the text, so an equal blob can only be what was sent here.
  return { commit: oid, holdsOurs: found?.object?.oid === blobId(file.text) };
}

/** The id that git gives a file with this content. */
function blobId(text: string): string {
  return createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest("hex");
}
