import * as z from "zod";
import { isPolicyPath, saysSecurityFix } from "../../core/change/classify/protection.ts";
import { patchKey, reversePatchKey } from "../../core/change/patch.ts";
import { type ApiFile, apiFile } from "./changed-files.ts";
import { ask, type GitHubClient } from "./client.ts";

/** A pull request that another says it reverts. */
export type RevertedPull = { mergedSha: string; protects: boolean; files: ApiFile[]; base: string };

const pull = z.object({
  merged: z.boolean().optional(),
  merged_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  title: z.string(),
  changed_files: z.int().optional(),
  base: z.object({ ref: z.string() }),
});

/** Asked together with everything else: the text of a revert names the pull request that it takes back. */
export async function revertedPull(
  client: GitHubClient,
  owner: string,
  repo: string,
  number: number,
): Promise<RevertedPull | undefined> {
  const [{ data: said }, { data: listed }] = await Promise.all([
    ask(`${owner}/${repo}#${number}`, () =>
      client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", { owner, repo, pull_number: number }),
    ),
    ask(`the files of ${owner}/${repo}#${number}`, () =>
      client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", {
        owner,
        repo,
        pull_number: number,
        per_page: 100,
        page: 1,
      }),
    ),
  ]);
  const found = pull.parse(said);
  const files = z.array(apiFile).parse(listed);
  if (!found.merged_at || !found.merge_commit_sha || (found.changed_files ?? files.length) > files.length)
    return undefined;
  return {
    mergedSha: found.merge_commit_sha,
    base: found.base.ref,
    files,
    protects: saysSecurityFix(found.title) || files.some((file) => isPolicyPath(file.filename)),
  };
}

/** True where every file of the change takes back exactly what the other did to it. */
export function takesBack(change: ApiFile[], reverted: ApiFile[]): boolean {
  if (change.length === 0 || change.length !== reverted.length) return false;
  const before = new Map(reverted.map((file) => [file.filename, file]));
  return change.every((file) => {
    const other = before.get(file.previous_filename ?? file.filename) ?? before.get(file.filename);
    if (!other || file.patch === undefined || other.patch === undefined) return false;
    const key = patchKey(file.patch);
    return key !== undefined && key === reversePatchKey(other.patch);
  });
}
