import * as z from "zod";
import { ask, type GitHubClient } from "./client.ts";
import { whenNeeded } from "./when-needed.ts";

/** GraphQL cuts long texts off; a blob by its object is whole. What an object's name stands for never changes. */

type Blob = { owner: string; name: string; oid: string; path: string };

const answer = whenNeeded(() => z.object({ content: z.string() }));
const known = new Map<string, Promise<string>>();
/** A model may have megabytes, and an App many repositories. */
const mostKnown = 16;

/** The text of a trusted blob: one request more, and in one process once. */
export function wholeText(client: GitHubClient, blob: Blob): Promise<string> {
  const key = `${blob.owner}/${blob.name}:${blob.oid}`;
  const text = known.get(key) ?? blobText(client, blob);
  known.delete(key);
  known.set(key, text);
  text.catch(() => known.delete(key));
  for (const oldest of known.keys()) if (known.size > mostKnown) known.delete(oldest);
  return text;
}

/** Kept nowhere: what a pull request brings would fill the memory, and push out what is trusted. */
export async function blobText(client: GitHubClient, { owner, name, oid, path }: Blob): Promise<string> {
  const route = "GET /repos/{owner}/{repo}/git/blobs/{file_sha}";
  const { data } = await ask(`${path} of ${owner}/${name}`, () =>
    client.request(route, { owner, repo: name, file_sha: oid }),
  );
  return Buffer.from(answer().parse(data).content, "base64").toString();
}
