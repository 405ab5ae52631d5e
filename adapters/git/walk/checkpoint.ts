import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { exitCodes, UserError } from "../../../core/errors.ts";
import { jsonText } from "../../../core/json-text.ts";
import { authorsPast } from "../../../core/learning/walk/authors.ts";
import { ownership } from "../../../core/learning/walk/ownership.ts";
import { filesPast, type PastEntry } from "../../../core/learning/walk/past.ts";
import { type WalkedChange, walkedChange } from "../../../core/learning/walk/walked.ts";
import type { WalkState } from "../../../core/learning/walk/walker.ts";
import { printable } from "../../../core/policy/yaml/quoted.ts";

/** A walk as it is kept in a folder: the changes so far, to which lines are only added, and what the next one needs. */
export type Checkpoint = {
  /** What is kept of a walk along these commits; undefined where nothing is, or what is there does not count. */
  read(line: readonly string[]): Promise<Resumed | undefined>;
  write(state: WalkState, changes: readonly WalkedChange[]): Promise<void>;
};
export type Resumed = { state: WalkState; changes: WalkedChange[]; commits: number };

const head = z.strictObject({
  schema_version: z.literal(1),
  rules: z.string(),
  commits: z.int().positive(),
  last: z.string(),
  at: z.number(),
  shallow: z.boolean(),
  attributes: z.string(),
  changes: z.strictObject({ bytes: z.int().nonnegative(), sha256: z.string() }),
});
const entry = z.union([
  z.tuple([z.literal("lines"), z.string(), z.array(z.int())]),
  z.tuple([
    z.literal("past"),
    z.string(),
    z.array(z.string()).nullable(),
    z.int().nullable(),
    z.number().nullable(),
  ]),
  z.tuple([z.literal("touched"), z.string(), z.array(z.number())]),
  z.tuple([z.literal("author"), z.string(), z.int()]),
]);
const headLine = jsonText.pipe(head);
const entryLine = jsonText.pipe(entry);
const changeLine = jsonText.pipe(walkedChange);

const piece = 1024 * 1024;

export function checkpointIn(folder: string, rules: string, note: (sentence: string) => void): Checkpoint {
  const changesPath = join(folder, "changes.jsonl");
  const statePath = join(folder, "state.jsonl");
  /** What of the changes is on the disk: how many, how many bytes, and what they are. */
  let stored = { count: 0, bytes: 0, hash: createHash("sha256") };
  const ignored = (why: string): undefined => {
    note(`The walk kept in ${printable(folder)} ${why}; it begins anew.`);
    return undefined;
  };
  return {
    async read(line) {
      const lines = await linesOf(statePath);
      if (lines === undefined) return undefined;
      const isSound = lines.pop() === digestOf(lines);
      const told = headLine.safeParse(lines.shift());
      if (!told.success || !isSound) return ignored("is damaged, or of another version");
      const { commits, last, changes, ...kept } = told.data;
      if (kept.rules !== rules) return ignored("was made under other rules");
      if (line[commits - 1] !== last) return ignored("is of another history");
      const rows = await storedChanges(changesPath, changes);
      const state = rows && stateOf(lines, { ...kept, commits: line.slice(0, commits) });
      if (!rows || !state) return ignored("is damaged");
      stored = { count: rows.changes.length, bytes: changes.bytes, hash: rows.hash };
      return { state, changes: rows.changes, commits };
    },
    async write(state, changes) {
      try {
        await mkdir(folder, { recursive: true });
        if (stored.count === 0) await rm(changesPath, { force: true });
        else await truncate(changesPath, stored.bytes);
        const rows = changes.slice(stored.count).map((change) => JSON.stringify(change));
        for (const row of rows) stored.hash.update(`${row}\n`);
        stored.bytes += await added(changesPath, "a", rows);
        stored.count = changes.length;
        const lines = stateLines(state, rules, {
          bytes: stored.bytes,
          sha256: stored.hash.copy().digest("hex"),
        });
        await added(`${statePath}.new`, "w", [...lines, digestOf(lines)]);
        await rename(`${statePath}.new`, statePath);
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        throw new UserError(
          "cannot-write",
          `The walk cannot be kept in ${printable(folder)}: ${printable(said)}. Name a folder that can be written to.`,
          exitCodes.unavailable,
        );
      }
    },
  };
}

async function linesOf(path: string): Promise<string[] | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text?.replace(/\n$/, "").split("\n");
}

function digestOf(lines: readonly string[]): string {
  const hash = createHash("sha256");
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest("hex");
}

/** Lines written and on the disk; gives their bytes. */
async function added(path: string, flags: "a" | "w", lines: readonly string[]): Promise<number> {
  const handle = await open(path, flags);
  let bytes = 0;
  let waiting = "";
  const flush = async () => {
    await handle.appendFile(waiting);
    bytes += Buffer.byteLength(waiting);
    waiting = "";
  };
  try {
    for (const line of lines) {
      waiting += `${line}\n`;
      if (waiting.length > piece) await flush();
    }
    await flush();
    await handle.sync();
  } finally {
    await handle.close();
  }
  return bytes;
}

async function storedChanges(
  path: string,
  told: { bytes: number; sha256: string },
): Promise<{ changes: WalkedChange[]; hash: ReturnType<typeof createHash> } | undefined> {
  const text = await readFile(path).catch(() => Buffer.alloc(0));
  const own = text.subarray(0, told.bytes);
  const hash = createHash("sha256").update(own);
  if (own.length !== told.bytes || hash.copy().digest("hex") !== told.sha256) return undefined;
  const rows = own.toString().split("\n").slice(0, -1);
  const changes: WalkedChange[] = [];
  for (const row of rows) {
    const change = changeLine.safeParse(row).data;
    if (!change) return undefined;
    changes.push(change);
  }
  return { changes, hash };
}

function stateLines(state: WalkState, rules: string, changes: { bytes: number; sha256: string }): string[] {
  const { commits, shallow, attributes } = state;
  const first: z.infer<typeof head> = {
    schema_version: 1,
    rules,
    commits: commits.length,
    last: commits.at(-1) ?? "",
    at: state.at ?? 0,
    shallow,
    attributes,
    changes,
  };
  const entries: z.infer<typeof entry>[] = [];
  for (const [path, runs] of state.ownership.runs()) entries.push(["lines", path, runs]);
  for (const one of state.past.entries())
    if ("touched" in one) entries.push(["touched", one.path, one.touched]);
    else entries.push(["past", one.path, one.people, one.changes, one.last]);
  for (const [person, count] of state.authors.entries()) entries.push(["author", person, count]);
  return [first, ...entries].map((one) => JSON.stringify(one));
}

function stateOf(
  lines: readonly string[],
  kept: Pick<WalkState, "at" | "shallow" | "attributes" | "commits">,
): WalkState | undefined {
  const runs: [string, number[]][] = [];
  const past: PastEntry[] = [];
  const authors: [string, number][] = [];
  for (const line of lines) {
    const read = entryLine.safeParse(line).data;
    if (!read) return undefined;
    if (read[0] === "lines") runs.push([read[1], read[2]]);
    else if (read[0] === "touched") past.push({ path: read[1], touched: read[2] });
    else if (read[0] === "author") authors.push([read[1], read[2]]);
    else past.push({ path: read[1], people: read[2], changes: read[3], last: read[4] });
  }
  const { at, shallow, attributes, commits } = kept;
  return {
    ...{ at, shallow, attributes, commits },
    ...{ ownership: ownership(runs), past: filesPast(past), authors: authorsPast(authors) },
  };
}
