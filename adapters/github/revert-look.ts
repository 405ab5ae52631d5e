import * as z from "zod";
import { ask, type GitHubClient } from "./client.ts";
import { ownerAndName } from "./full-name.ts";

/** A file on its branch with the last commits that changed it, and the same file on the branch of a revert. */

const blob = z.looseObject({ text: z.string().nullish(), isTruncated: z.boolean().nullish() });
const at = z.looseObject({
  oid: z.string(),
  file: z.looseObject({ object: blob.nullish() }).nullish(),
});
const commit = at.extend({
  url: z.string(),
  parents: z.looseObject({ nodes: z.array(at) }),
});
const base = z.looseObject({
  name: z.string(),
  target: at.extend({ history: z.looseObject({ nodes: z.array(commit) }) }),
});
const answer = z.looseObject({
  repository: z.looseObject({
    base: base.nullish(),
    own: z.looseObject({ target: at }).nullish(),
  }),
});

const lastCommits = 20;
const file = "oid file(path: $path) { object { ... on Blob { text isTruncated } } }";
const query = (
  isNamed: boolean,
) => `query RevertLook($owner: String!, $name: String!, ${isNamed ? "$base: String!, " : ""}$own: String!, $path: String!) {
  repository(owner: $owner, name: $name) {
    base: ${isNamed ? "ref(qualifiedName: $base)" : "defaultBranchRef"} {
      name
      target { ... on Commit {
        ${file}
        history(first: ${lastCommits}, path: $path) { nodes { url ${file} parents(first: 1) { nodes { ${file} } } } }
      } }
    }
    own: ref(qualifiedName: $own) { target { ... on Commit { ${file} } } }
  }
}`;

/** Null: there is no such file, or none that is read whole as text. */
export type FileAt = { commit: string; text: string | null };
export type RevertLook = {
  /** Undefined: there is no such branch. */
  base: (FileAt & { name: string }) | undefined;
  /** Undefined: nobody has made it. */
  own: FileAt | undefined;
  /** The newest first. */
  history: (FileAt & { url: string; before: string | null })[];
};

export async function lookForRevert(
  client: GitHubClient,
  {
    repository,
    path,
    branch,
    own,
  }: { repository: string; path: string; branch?: string | undefined; own: string },
): Promise<RevertLook> {
  const found = await ask(`${path} in ${repository} (contents: read)`, async () => {
    const about = { ...ownerAndName(repository), path, own: `refs/heads/${own}` };
    const named = branch === undefined ? {} : { base: `refs/heads/${branch}` };
    const data = await client.graphql(query(branch !== undefined), { ...about, ...named });
    return answer.parse(data).repository;
  });
  return {
    base: found.base ? { name: found.base.name, ...fileAt(found.base.target) } : undefined,
    own: found.own ? fileAt(found.own.target) : undefined,
    history: (found.base?.target.history.nodes ?? []).map((node) => {
      const [parent] = node.parents.nodes;
      return { ...fileAt(node), url: node.url, before: parent === undefined ? null : fileAt(parent).text };
    }),
  };
}

function fileAt({ oid, file: entry }: z.infer<typeof at>): FileAt {
  const { text, isTruncated } = entry?.object ?? {};
  return { commit: oid, text: isTruncated === true ? null : (text ?? null) };
}
