import {
  bucketOf,
  firstOfPath,
  isBucket,
  longestSegmentBytes,
  type Segment,
} from "../../core/evidence/segment.ts";
import { branchOf, branchPrefix, streamOfBranch } from "../../core/evidence/stream.ts";
import type { Home } from "./github-home.ts";
import {
  blobAnswer,
  branchesAnswer,
  branchesQuery,
  bucketAnswer,
  bucketQuery,
  type FileAnswer,
  readAnswer,
  readQuery,
} from "./github-queries.ts";

/** Buckets that were read, by the id of their tree: what git names by content never has to be read twice. */
export type Known = Map<string, Segment[]>;

/** All event files of a branch, in one request as long as it has gained no more than one folder since last time. */
export async function readBranch(
  home: Home,
  stream: string,
  known: Known,
  nextSequence: number,
): Promise<{ commit: string; message: string; segments: Segment[] } | null> {
  const bucket = bucketOf(nextSequence);
  const variables = { ref: `refs/heads/${branchOf(stream)}`, bucket };
  const { ref } = (await home.query(readQuery, variables, readAnswer)).repository;
  if (!ref) return null;
  const { oid, message, tree, file } = ref.target;
  if (file?.object?.entries) known.set(file.oid, await segmentsOf(home, bucket, file.object.entries));
  const buckets = (tree.entries ?? []).filter((entry) => entry.type === "tree" && isBucket(entry.name));
  const parts = await inTurn(buckets, async (entry) => {
    const read = known.get(entry.oid) ?? (await readBucket(home, entry.name, entry.oid));
    known.set(entry.oid, read);
    return read;
  });
  return { commit: oid, message: message ?? "", segments: parts.flat() };
}

async function readBucket(home: Home, bucket: string, oid: string): Promise<Segment[]> {
  const { object } = (await home.query(bucketQuery, { oid }, bucketAnswer)).repository;
  return await segmentsOf(home, bucket, object?.entries ?? []);
}

async function segmentsOf(home: Home, bucket: string, files: FileAnswer[]): Promise<Segment[]> {
  const named = files.flatMap((file) => {
    const first = firstOfPath(`${bucket}/${file.name}`);
    return first === null ? [] : [{ first, where: `${bucket}/${file.name}`, object: file.object }];
  });
  return await inTurn(named, async ({ first, where, object }) => {
    if (!object?.oid || (object.byteSize ?? 0) > longestSegmentBytes) {
      return { first, where, text: "", problem: `is no file of at most ${longestSegmentBytes} bytes` };
    }
    // GraphQL cuts long texts short and leaves out what it takes for binary; the blob itself is whole.
    const whole = typeof object.text === "string" && object.isTruncated === false;
    return { first, where, text: whole ? String(object.text) : await blobText(home, object.oid) };
  });
}

async function blobText(home: Home, sha: string): Promise<string> {
  const route = "GET /repos/{owner}/{repo}/git/blobs/{file_sha}";
  try {
    const { content } = await home.rest(route, { file_sha: sha }, blobAnswer);
    return Buffer.from(content, "base64").toString();
  } catch (error) {
    throw home.fault(error, false);
  }
}

export async function listStreams(home: Home): Promise<string[]> {
  const found: string[] = [];
  let after: string | null = null;
  do {
    const variables: Record<string, unknown> = { prefix: `refs/heads/${branchPrefix}`, after };
    const { refs } = (await home.query(branchesQuery, variables, branchesAnswer)).repository;
    found.push(...refs.nodes.map((node) => node.name));
    after = refs.pageInfo.hasNextPage ? (refs.pageInfo.endCursor ?? null) : null;
  } while (after !== null);
  return found
    .map((name) => streamOfBranch(branchPrefix + name))
    .filter((stream) => stream !== null)
    .sort();
}

/** A few at a time: GitHub turns away a token that asks for much at once. */
async function inTurn<Item, Result>(items: Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const atOnce = 4;
  for (let start = 0; start < items.length; start += atOnce) {
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(work))));
  }
  return results;
}
