import { exitCodes, UserError } from "../../core/errors.ts";
import {
  bucketOf,
  firstOfPath,
  longestSegmentBytes,
  type Segment,
  segmentName,
} from "../../core/evidence/segment.ts";
import type { Git, GitAnswer } from "./git.ts";

/** Reading and writing the ledger's trees with git's plumbing: no work tree, no index, no checkout. */

type Entry = { mode: string; type: string; oid: string; size: number; path: string };

/** Every event file of a commit, in order. A README, or whatever else a person put there, is left alone. */
export async function readSegments(git: Git, commit: string): Promise<Segment[]> {
  const listed = await must(git, ["ls-tree", "-r", "-z", "-l", "--full-tree", commit]);
  return await readBlobs(git, entriesOf(listed.stdout));
}

/** The newest event file alone: the tree is walked along its last names. */
export async function readLastSegment(git: Git, commit: string): Promise<Segment | null> {
  const buckets = entriesOf((await must(git, ["ls-tree", "-z", "-l", "--full-tree", commit])).stdout);
  for (const bucket of buckets
    .filter((entry) => entry.type === "tree" && /^\d{7}$/.test(entry.path))
    .reverse()) {
    const listed = await must(git, ["ls-tree", "-z", "-l", "--full-tree", commit, `${bucket.path}/`]);
    const files = entriesOf(listed.stdout).filter((entry) => firstOfPath(entry.path) !== null);
    if (files.length > 0) return (await readBlobs(git, files.slice(-1)))[0] ?? null;
  }
  return null;
}

/** Writes a tree that holds all of `parent` and one more event file, at a cost that does not grow with the stream. */
export async function treeWith(
  git: Git,
  parent: string | null,
  first: number,
  text: string,
): Promise<string> {
  const bucket = bucketOf(first);
  const [root, files] = await Promise.all([listing(git, parent, []), listing(git, parent, [`${bucket}/`])]);
  const blob = await written(git, ["hash-object", "-w", "--stdin"], text);
  const named = files.map((line) => line.replace(`\t${bucket}/`, "\t"));
  const tree = await makeTree(git, [...named, `100644 blob ${blob}\t${segmentName(first)}`]);
  const kept = root.filter((line) => !line.endsWith(`\t${bucket}`));
  if (parent === null) {
    const readme = await written(git, ["hash-object", "-w", "--stdin"], readmeText);
    kept.push(`100644 blob ${readme}\tREADME.md`);
  }
  return await makeTree(git, [...kept, `040000 tree ${tree}\t${bucket}`]);
}

export const readmeText = `# A ledger of adaptive-deploy

This branch holds events (decisions, approvals, leases, steps and verdicts of rollouts), one JSON line each, in a
hash chain. It is only ever appended to, by programs. \`adaptive-deploy ledger show\` reads it and
\`adaptive-deploy ledger verify\` checks it; \`git log\` tells the same story in short. Do not edit, merge, rebase or
delete it: a ruleset that forbids force pushes and deletion for \`adaptive-deploy/**\` keeps it safe.
`;

async function listing(git: Git, commit: string | null, paths: string[]): Promise<string[]> {
  if (commit === null) return [];
  const listed = await must(git, ["ls-tree", "-z", "--full-tree", commit, ...paths]);
  return listed.stdout.toString().split("\0").filter(Boolean);
}

async function makeTree(git: Git, lines: string[]): Promise<string> {
  return await written(git, ["mktree", "-z", "--missing"], lines.map((line) => `${line}\0`).join(""));
}

async function written(git: Git, args: string[], input: string): Promise<string> {
  return (await must(git, args, input)).stdout.toString().trim();
}

export async function must(git: Git, args: string[], input?: string): Promise<GitAnswer> {
  const answer = await git(args, input);
  if (answer.exitCode === 0) return answer;
  throw new UserError(
    "ledger-unavailable",
    `git ${args[0]} failed on the ledger's branch: ${answer.stderr.slice(0, 500)}. ` +
      "Check that this user may write to the repository and that `git fsck` finds it whole.",
    exitCodes.unavailable,
  );
}

function entriesOf(listed: Buffer): Entry[] {
  const lines = listed.toString().split("\0").filter(Boolean);
  return lines.flatMap((line) => {
    const found = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line);
    if (found === null) return [];
    const [, mode = "", type = "", oid = "", size = "", path = ""] = found;
    return [{ mode, type, oid, size: Number(size), path }];
  });
}

async function readBlobs(git: Git, entries: Entry[]): Promise<Segment[]> {
  const files = entries.flatMap((entry) => {
    const first = firstOfPath(entry.path);
    return first === null ? [] : [{ ...entry, first }];
  });
  const readable = files.filter((file) => file.type === "blob" && file.size <= longestSegmentBytes);
  const ids = [...new Set(readable.map((file) => file.oid))];
  const texts = batchTexts(
    (await must(git, ["cat-file", "--batch"], ids.map((id) => `${id}\n`).join(""))).stdout,
  );
  return files.map(({ first, path, oid }) => {
    const text = texts.get(oid);
    if (text !== undefined) return { first, where: path, text };
    return { first, where: path, text: "", problem: `is no file of at most ${longestSegmentBytes} bytes` };
  });
}

/** `cat-file --batch` answers `<oid> blob <size>`, a line feed, that many bytes and another line feed. */
function batchTexts(answer: Buffer): Map<string, string> {
  const texts = new Map<string, string>();
  for (let at = 0; at < answer.length; ) {
    const end = answer.indexOf(0x0a, at);
    if (end < 0) break;
    const [oid = "", type, size] = answer.subarray(at, end).toString().split(" ");
    const bytes = type === "blob" ? Number(size) : 0;
    if (type === "blob") texts.set(oid, answer.subarray(end + 1, end + 1 + bytes).toString());
    at = end + 1 + (type === "blob" ? bytes + 1 : 0);
  }
  return texts;
}
