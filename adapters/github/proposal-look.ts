import { createHash } from "node:crypto";
import * as z from "zod";
import { ask, type GitHubClient } from "./client.ts";
import { ownerAndName } from "./full-name.ts";

/** Files on the default branch and on the branch of a proposal, by the names that Git gives their contents. */

const entry = z.looseObject({ oid: z.string() }).nullish();
const tip = z.object({ oid: z.string() }).catchall(entry.or(z.string()));
const answer = z.looseObject({
  repository: z.looseObject({
    id: z.string(),
    defaultBranchRef: z.looseObject({ name: z.string(), target: tip }).nullish(),
    own: z.looseObject({ target: tip }).nullish(),
  }),
});

export type Tip = {
  commit: string;
  /** By path; absent where there is no such file. */
  blobs: ReadonlyMap<string, string>;
};
export type ProposalLook = {
  repositoryId: string;
  /** Undefined: the repository is empty. */
  base: (Tip & { name: string }) | undefined;
  /** Undefined: nobody has made it. */
  own: Tip | undefined;
};

export async function lookForProposal(
  client: GitHubClient,
  repository: string,
  branch: string,
  paths: readonly string[],
): Promise<ProposalLook> {
  const names = paths.map((_, index) => `$path${index}: String!`).join(", ");
  const files = paths.map((_, index) => `file${index}: file(path: $path${index}) { oid }`).join(" ");
  const query = `query ProposalLook($owner: String!, $name: String!, $own: String!, ${names}) {
  repository(owner: $owner, name: $name) {
    id
    defaultBranchRef { name target { oid ... on Commit { ${files} } } }
    own: ref(qualifiedName: $own) { target { oid ... on Commit { ${files} } } }
  }
}`;
  const found = await ask(`the default branch of ${repository} (contents: read)`, async () => {
    const variables = Object.fromEntries(paths.map((path, index) => [`path${index}`, path]));
    const about = { ...ownerAndName(repository), own: `refs/heads/${branch}`, ...variables };
    return answer.parse(await client.graphql(query, about)).repository;
  });
  const { defaultBranchRef: base, own } = found;
  return {
    repositoryId: found.id,
    base: base ? { name: base.name, ...tipOf(base.target, paths) } : undefined,
    own: own ? tipOf(own.target, paths) : undefined,
  };
}

function tipOf(target: z.infer<typeof tip>, paths: readonly string[]): Tip {
  const blobs = paths.flatMap((path, index): [string, string][] => {
    const file = entry.parse(target[`file${index}`]);
    return file ? [[path, file.oid]] : [];
  });
  return { commit: target.oid, blobs: new Map(blobs) };
}

/** The name that Git gives a file's content. */
export function blobName(text: string): string {
  const content = Buffer.from(text);
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

export function holds({ blobs }: Tip, files: Readonly<Record<string, string>>): boolean {
  return Object.entries(files).every(([path, text]) => blobs.get(path) === blobName(text));
}
