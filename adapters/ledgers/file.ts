import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { openChain, seal } from "../../core/evidence/chain.ts";
import { tampered } from "../../core/evidence/fault.ts";
import { HeadMoved } from "../../core/evidence/head-moved.ts";
import {
  firstOfPath,
  isBucket,
  longestSegmentBytes,
  type Segment,
  segmentPath,
  segmentText,
} from "../../core/evidence/segment.ts";
import { parseStream, requireStream } from "../../core/evidence/stream.ts";
import type { Head, Ledger } from "../../core/ports.ts";
import { codeOf, fileFault } from "./file-fault.ts";
import { lastEvent } from "./last-event.ts";

/**
 * A ledger in a folder. One append is one file, named by the sequence of its first event: it is written and synced
 * under a name of its own and then given its place with `link`, which fails where the place is taken. So the file
 * system itself compares and swaps: there is no lock that a killed writer could leave behind, no moment at which a
 * reader could see half an event, and a writer that dies leaves nothing but a stray file in `.pending`.
 */
export function fileLedger(options: { folder: string }): Ledger {
  const root = resolve(options.folder);
  const guarded = <Result>(work: () => Promise<Result>) => work().catch((error) => fileFault(root, error));
  return {
    streams: () => guarded(() => listStreams(root)),
    head: (stream) => guarded(() => readHead(root, stream)),
    read: (stream) =>
      guarded(async () => {
        const paths = (await bucketsOf(root, stream)).map((bucket) => segmentsIn(root, stream, bucket));
        const firsts = (await Promise.all(paths)).flat();
        return openChain(stream, await readInTurn(firsts, (first) => readSegment(root, stream, first)));
      }),
    append: (stream, events, expected) =>
      guarded(async () => {
        const sealed = seal(stream, expected, events);
        const first = sealed[0];
        if (first === undefined) return [];
        if ((await readHead(root, stream))?.hash !== expected?.hash) throw new HeadMoved(stream);
        await place(root, stream, first.sequence, segmentText(sealed));
        return sealed;
      }),
  };
}

function folderOf(root: string, stream: string): string {
  requireStream(stream);
  return join(root, ...stream.split("/"));
}

async function names(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}

async function bucketsOf(root: string, stream: string): Promise<string[]> {
  return (await names(folderOf(root, stream))).filter(isBucket);
}

async function segmentsIn(root: string, stream: string, bucket: string): Promise<number[]> {
  const paths = (await names(join(folderOf(root, stream), bucket))).map((name) =>
    firstOfPath(`${bucket}/${name}`),
  );
  return paths.filter((first) => first !== null);
}

async function readSegment(root: string, stream: string, first: number): Promise<Segment> {
  const file = join(folderOf(root, stream), segmentPath(first));
  const where = segmentPath(first);
  const { size } = await stat(file);
  if (size > longestSegmentBytes) {
    return { first, where, text: "", problem: `is larger than ${longestSegmentBytes} bytes` };
  }
  return { first, where, text: await readFile(file, "utf8") };
}

async function readInTurn<Item, Result>(
  items: Item[],
  read: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const atOnce = 32;
  for (let start = 0; start < items.length; start += atOnce) {
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(read))));
  }
  return results;
}

async function readHead(root: string, stream: string): Promise<Head | null> {
  // A bucket may still be empty: its first writer has made the folder and not yet the file.
  for (const bucket of (await bucketsOf(root, stream)).reverse()) {
    const last = (await segmentsIn(root, stream, bucket)).at(-1);
    if (last === undefined) continue;
    const event = lastEvent(stream, await readSegment(root, stream, last));
    if ("sentence" in event) throw tampered(event);
    return event;
  }
  return null;
}

async function place(root: string, stream: string, first: number, text: string): Promise<void> {
  const target = join(folderOf(root, stream), segmentPath(first));
  const pending = join(root, ".pending", `${process.pid}-${randomUUID()}`);
  await sweep(dirname(pending));
  await makeFolder(dirname(target));
  try {
    await writeDurably(pending, text);
    await link(pending, target);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw new HeadMoved(stream);
    throw error;
  } finally {
    await rm(pending, { force: true });
  }
  await syncFolder(dirname(target));
}

/** Makes the folder for files in the making, and clears it of what writers left that died a day ago or earlier. */
async function sweep(folder: string): Promise<void> {
  await makeFolder(folder);
  const dayMs = 24 * 60 * 60 * 1000;
  for (const name of await names(folder)) {
    const file = join(folder, name);
    const age = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > dayMs) await rm(file, { force: true });
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder and what is missing above it, and syncs each folder that gained an entry. */
async function makeFolder(folder: string): Promise<void> {
  const topmost = await mkdir(folder, { recursive: true });
  if (topmost === undefined) return;
  for (let made = folder; made !== dirname(topmost); made = dirname(made)) await syncFolder(dirname(made));
}

/** A new name survives a power cut once its folder is synced; Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some network and container file systems cannot sync a folder; the event's own bytes are synced all the same.
    if (!["EINVAL", "ENOTSUP", "EPERM", "EACCES"].includes(codeOf(error))) throw error;
  } finally {
    await handle.close();
  }
}

async function listStreams(root: string, above: string[] = []): Promise<string[]> {
  const found: string[] = [];
  const deepest = 64;
  for (const entry of await readdirTyped(join(root, ...above))) {
    const path = [...above, entry];
    const stream = path.join("/");
    if (parseStream(stream) !== null) {
      if ((await bucketsOf(root, stream)).length > 0) found.push(stream);
    } else if (!entry.startsWith(".") && path.length < deepest)
      found.push(...(await listStreams(root, path)));
  }
  return found.sort();
}

async function readdirTyped(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
