import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../scripts/build.ts";

/**
 * `npm run bench:score`: facts in, scores out, a line each, through the built command line. What counts is lines a
 * second on one core, and memory that stays flat however long the file is.
 */
const leastLinesASecond = 20_000;
const mostMemoryTimes = 1.5;
const rounds = 3;

const folder = await mkdtemp(join(tmpdir(), "adaptive-deploy-bench-"));

/** The same numbers every time (mulberry32), so that two runs compare. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Facts as `collect` would measure them: a few groups always, the others now and then. */
function factsLine(next: () => number): string {
  const upTo = (most: number): number => Math.floor(next() ** 3 * most);
  const sometimes = <Value>(share: number, value: () => Value): Value | undefined =>
    next() < share ? value() : undefined;
  const files = 1 + upTo(80);
  return JSON.stringify({
    schema_version: 1,
    change: { kind: "change", title: "Change", author_is_bot: next() < 0.1 },
    service: { environment: "production", criticality: next() < 0.2 ? "critical" : "normal" },
    diff: {
      files,
      additions: upTo(4000),
      deletions: upTo(2000),
      directories: 1 + upTo(files),
      entropy: next(),
      churn: upTo(60),
    },
    tests: sometimes(0.7, () => ({
      total: 400,
      failed: upTo(4),
      flaky: upTo(3),
      integration_failed: upTo(2),
    })),
    coverage: sometimes(0.6, () => ({ delta: Math.round((next() - 0.5) * 100) / 10 })),
    dependencies: sometimes(0.5, () => ({
      added: upTo(5),
      updated: upTo(20),
      removed: upTo(3),
      major: upTo(3),
    })),
    vulnerabilities: sometimes(0.4, () => ({ critical: upTo(2), high: upTo(4), medium: upTo(9) })),
    kinds: sometimes(0.3, () => ({ db_schema: next() < 0.1, infrastructure: next() < 0.2 })),
  });
}

async function writeFacts(lines: number): Promise<string> {
  const path = join(folder, `facts-${lines}.jsonl`);
  const stream = createWriteStream(path);
  const next = random(7);
  for (let line = 0; line < lines; line++) {
    if (!stream.write(`${factsLine(next)}\n`)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "finish");
  return path;
}

type Run = { seconds: number; memoryMib: number };

async function score(path: string): Promise<Run> {
  const started = performance.now();
  // The child tells its own peak when it ends: no other way gives it on every system.
  const tell = `process.on("exit", () => process.stderr.write(String(process.resourceUsage().maxRSS)));`;
  const words = [
    "--import",
    `data:text/javascript,${encodeURIComponent(tell)}`,
    join(folder, "cli/index.js"),
  ];
  const child = spawn(process.execPath, [...words, "score", "--inputs", path], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`score ended with ${code}: ${said}`);
  return { seconds: (performance.now() - started) / 1000, memoryMib: Number(said) / 1024 };
}

async function best(lines: number): Promise<Run> {
  const path = await writeFacts(lines);
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round++) runs.push(await score(path));
  const sorted = runs.sort((left, right) => left.seconds - right.seconds);
  const [first] = sorted;
  if (!first) throw new Error("no run");
  console.log(
    `${String(lines).padStart(7)} lines  ${Math.round(lines / first.seconds).toLocaleString("en")} lines/s  ${first.seconds.toFixed(2)} s  peak ${first.memoryMib.toFixed(0)} MiB  (best of ${rounds})`,
  );
  return first;
}

try {
  await build(folder, ["cli/index"]);
  console.log(`node ${process.version}`);
  const few = await best(20_000);
  const many = await best(200_000);
  const linesASecond = 200_000 / many.seconds;
  const memory = many.memoryMib / few.memoryMib;
  console.log(
    `at least ${leastLinesASecond.toLocaleString("en")} lines/s: ${linesASecond >= leastLinesASecond ? "yes" : "no"}`,
  );
  console.log(`memory at ten times the lines: ${memory.toFixed(2)} × (at most ${mostMemoryTimes})`);
  if (linesASecond < leastLinesASecond || memory > mostMemoryTimes) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
