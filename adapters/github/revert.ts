import * as z from "zod";
import { isPolicyPath, saysSecurityFix } from "../../core/change/classify/protection.ts";
import { patchKey, reversePatchKey } from "../../core/change/patch.ts";
import { type ApiFile, apiFile } from "./api-file.ts";
import { ask, type GitHubClient } from "./client.ts";
import type { Subject } from "./subject.ts";
import { whenNeeded } from "./when-needed.ts";

/** A pull request that another says it reverts. */
export type RevertedPull = { mergedSha: string; protects: boolean; files: ApiFile[]; base: string };

const pull = whenNeeded(() =>
  z.object({
    merged: z.boolean().optional(),
    merged_at: z.string().nullish(),
    merge_commit_sha: z.string().nullish(),
    title: z.string(),
    body: z.string().nullish(),
    changed_files: z.int().optional(),
    base: z.object({ ref: z.string() }),
  }),
);

const commits = whenNeeded(() => z.array(z.object({ commit: z.object({ message: z.string() }) })));

const itemsAPage = 100;
/** What was merged longer ago is no longer what ran before: taking it back is a change like any other. */
const recentDays = 30;

/**
 * Asked together with everything else: the text of a revert names the pull request that it takes back. Undefined where
 * that one was not merged lately, is not known whole, or is a revert itself: taking that back lands again what was
 * found wanting.
 */
export async function revertedPull(
  client: GitHubClient,
  { owner, name: repo }: Pick<Subject, "owner" | "name">,
  number: number,
  now: Date,
): Promise<RevertedPull | undefined> {
  const [{ data: said }, { data: listed }, { data: told }] = await Promise.all([
    ask(`${owner}/${repo}#${number}`, () =>
      client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", { owner, repo, pull_number: number }),
    ),
    ask(`the files of ${owner}/${repo}#${number}`, () =>
      client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", {
        owner,
        repo,
        pull_number: number,
        per_page: itemsAPage,
        page: 1,
      }),
    ),
    ask(`the commits of ${owner}/${repo}#${number}`, () =>
      client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}/commits", {
        owner,
        repo,
        pull_number: number,
        per_page: itemsAPage,
        page: 1,
      }),
    ),
  ]);
  const found = pull().parse(said);
  const files = z.array(apiFile()).parse(listed);
  const messages = commits()
    .parse(told)
    .map(({ commit }) => commit.message);
  const texts = [found.title, found.body ?? "", ...messages];
  const isWhole = (found.changed_files ?? files.length) <= files.length;
  const isRecent = now.getTime() - Date.parse(found.merged_at ?? "") <= recentDays * dayMs;
  if (!found.merge_commit_sha || !isWhole || !isRecent || texts.some(saysRevert)) return undefined;
  return {
    mergedSha: found.merge_commit_sha,
    base: found.base.ref,
    files,
    protects:
      messages.length >= itemsAPage ||
      texts.some(saysSecurityFix) ||
      files.some((file) => isPolicyPath(file.filename) || isPolicyPath(file.previous_filename ?? "")),
  };
}

const dayMs = 24 * 60 * 60 * 1000;

function saysRevert(text: string): boolean {
  return /^revert/i.test(text) || /\bThis reverts commit [0-9a-f]{7}/.test(text);
}

const inverseStatus = new Map([
  ["added", "removed"],
  ["removed", "added"],
  ["modified", "modified"],
  ["renamed", "renamed"],
]);

/**
 * True where every file of the change takes back exactly what the other did to it: the lines, and the name and
 * existence of the file, for a move or a deletion beside equal lines would be a change of its own.
 */
export function takesBack(change: ApiFile[], reverted: ApiFile[]): boolean {
  if (change.length === 0 || change.length !== reverted.length) return false;
  const before = new Map(reverted.map((file) => [file.filename, file]));
  return change.every((file) => {
    const other = before.get(file.previous_filename ?? file.filename);
    if (!other || file.filename !== (other.previous_filename ?? other.filename)) return false;
    if (inverseStatus.get(other.status) !== file.status) return false;
    if (file.patch === undefined || other.patch === undefined) return false;
    const key = patchKey(file.patch);
    return key !== undefined && key === reversePatchKey(other.patch);
  });
}
