import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pastRolloutsOfFile } from "../../adapters/files/rollouts.ts";
import { measurements } from "../../core/analysis/measurements.ts";
import { type Verdict, verdict } from "../../core/analysis/verdict.ts";
import { exitCodes } from "../../core/errors.ts";
import { freePort, startPrometheus, startTarget, stopped } from "./prometheus-server.ts";

/** `analyze` as a person runs it, against the real Prometheus that scrapes three real processes. */

const cli = join(import.meta.dirname, "../../cli/index.ts");
const folder = mkdtempSync(join(tmpdir(), "adaptive-deploy-analyze-"));
const targets: ChildProcess[] = [];
let server: Awaited<ReturnType<typeof startPrometheus>>;

const thresholds = `schema-version: 1
defaults:
  mode: advisory
  analysis: { window: 2s, healthy-windows: 3, longest: 40s, low-traffic: bake }
`;

/** The slowest tenth lies beyond the last edge of its histogram, so that nobody knows its p95: errors alone are asked. */
const services = `schema-version: 1
services:
  - name: shop
    paths: ["**"]
    telemetry:
      sets: [{ set: red-http, only: [error-rate] }]
      variables: { job: shop }
`;

beforeAll(async () => {
  const [stable, second, alike, worse] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  targets.push(startTarget(stable, 1), startTarget(second, 1), startTarget(alike, 1), startTarget(worse, 5));
  server = await startPrometheus([
    { port: second, version: "1.0" },
    { port: stable, version: "1.0" },
    { port: alike, version: "1.1" },
    { port: worse, version: "2.0" },
  ]);
  mkdirSync(join(folder, "policy"));
  writeFileSync(join(folder, "policy/thresholds-and-windows.yaml"), thresholds);
  writeFileSync(join(folder, "policy/services.yaml"), services);
  // Windows before the first one tell the traffic.
  await sleep(20_000);
});

afterAll(async () => {
  for (const target of targets) await stopped(target);
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Ran = { code: number | null; out: string; note: string; verdict: Verdict };

type Told = Omit<Ran, "verdict">;

async function told(words: string[]): Promise<Told> {
  return cliProcess(words, mkdtempSync(join(folder, "out-"))).ended;
}

function started(words: string[]): { child: ChildProcess; ended: Promise<Ran> } {
  const out = mkdtempSync(join(folder, "out-"));
  const { child, ended } = cliProcess(words, out);
  const read = async (): Promise<Ran> => {
    const ran = await ended;
    const path = join(out, "verdict.json");
    if (!existsSync(path)) throw new Error(`no verdict: ${ran.note}`);
    return { ...ran, verdict: verdict.parse(JSON.parse(readFileSync(path, "utf8"))) };
  };
  return { child, ended: read() };
}

function cliProcess(words: string[], out: string): { child: ChildProcess; ended: Promise<Told> } {
  const child = spawn(
    process.execPath,
    [
      cli,
      "analyze",
      ...["--policy", "policy", "--service", "shop"],
      // A flag that is given twice is refused.
      ...(words.includes("--stable") ? [] : ["--stable", "1.0"]),
      ...["--telemetry-url", server.url, "--weight", "50", "--settle", "1s", "--json", "--out", out],
      ...words,
    ],
    { cwd: folder, env: { PATH: process.env.PATH ?? "", NO_PROXY: "127.0.0.1" } },
  );
  const ran = { out: "", note: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    ran.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    ran.note += text;
  });
  const ended = once(child, "close").then(([code]) => {
    return { ...ran, code };
  });
  return { child, ended };
}

describe("analyze, live", () => {
  it("takes back a candidate with five times the errors, and says so window by window", async () => {
    const { code, out, note, verdict: found } = await started(["--candidate", "2.0"]).ended;
    expect(code, note).toBe(exitCodes.blocked);
    expect(found).toMatchObject({
      verdict: "rollback",
      baseline: { kind: "concurrent", reason_code: "no-fresh-baseline" },
    });
    expect(JSON.parse(out)).toEqual(found);
    const [deciding] = found.metrics;
    expect(deciding).toMatchObject({ name: "error-rate", state: "worse" });
    expect(deciding?.candidate).toBeCloseTo(0.25, 1);
    expect(deciding?.baseline).toBeCloseTo(0.05, 1);
    expect(found.power?.[0]?.metrics.map(({ name }) => name)).toEqual(["error-rate"]);
    expect(note.match(/^window \d+\/\d+, candidate vs baseline: .*error-rate/gm)).toHaveLength(
      found.at_window,
    );
  });

  it("does not take back one that is like stable, and never promotes without evidence enough", async () => {
    const { note, verdict: found } = await started(["--candidate", "1.1", "--windows", "8"]).ended;
    expect(["promote", "hold"], note).toContain(found.verdict);
    if (found.verdict === "promote") expect(found.reason_code).toBe("healthy");
    // The store is younger than an hour, so that the rules of burn rates wait for it.
    else expect(found.reason_code).toMatch(/^(not-enough-(data|evidence)|no-data)$/);
    expect(found.metrics.map(({ state }) => state)).not.toContain("unknown");
  });

  it("writes what stands when it is told to stop, and goes on from there", async () => {
    const first = started(["--candidate", "2.0", "--windows", "20", "--fail-on", "never"]);
    const before = first.child;
    await new Promise<void>((resolve) => {
      before.stderr?.on("data", (text: string) => {
        if (/^window 2\//m.test(text)) resolve();
      });
      before.once("close", () => resolve());
    });
    before.kill("SIGTERM");
    const cut = await first.ended;
    const path = join(cut.note.match(/the report is (.*)report\.html/)?.[1] ?? "", "measurements.json");
    const kept = measurements.parse(JSON.parse(readFileSync(path, "utf8")));
    if (cut.verdict.verdict !== "rollback")
      expect(cut.verdict).toMatchObject({ verdict: "hold", reason_code: "cut-short" });
    const again = await started(["--candidate", "2.0", "--windows", "20", "--resume", path]).ended;
    expect(again.verdict.started_at).toBe(kept.started_at);
    expect(again.verdict.verdict, again.note).toBe("rollback");
    expect(again.code).toBe(exitCodes.blocked);
  });

  it("holds where the store has nothing of the candidate", async () => {
    const { code, verdict: found } = await started(["--candidate", "9.9", "--windows", "3"]).ended;
    expect(found).toMatchObject({ verdict: "hold", reason_code: "one-sided-data" });
    expect(code).toBe(exitCodes.go);
  });

  it("holds where a quantile lies beyond the last edge of its histogram", async () => {
    const words = ["--candidate", "1.1", "--windows", "3", "--sets", "red-http"];
    const { verdict: found } = await started(words).ended;
    expect(found).toMatchObject({ verdict: "hold", reason_code: "no-data" });
    const latency = found.metrics.find(({ name }) => name === "latency-p95");
    expect(latency?.windows.map(({ left_out: why }) => why)).toEqual(
      found.metrics[0]?.windows.map(() => "impossible"),
    );
  });

  it("learns from stable's instances against each other, adds no rollout twice, and judges by it", async () => {
    const history = join(folder, "history.jsonl");
    const words = ["learn", "--windows", "3", "--days", "1", "--history", history];
    const first = await told(words);
    expect(first.code, first.note).toBe(exitCodes.go);
    expect(first.out).toMatch(/^Learnt from \d+ rollouts of stable against itself/);
    const { rollouts } = await pastRolloutsOfFile(history);
    expect(rollouts.length).toBeGreaterThan(2);
    const [learnt] = rollouts;
    expect(learnt).toMatchObject({ window_seconds: 2, outcome: "completed" });
    const again = await told(words);
    expect(again.code, again.note).toBe(exitCodes.go);
    const ids = (await pastRolloutsOfFile(history)).rollouts.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const judged = await started(["--candidate", "2.0", "--history", history, "--append"]).ended;
    expect(judged.verdict).toMatchObject({
      verdict: "rollback",
      false_alarms: { past_rollouts: ids.length },
    });
    const after = (await pastRolloutsOfFile(history)).rollouts;
    expect(after).toHaveLength(ids.length + 1);
    expect(after.at(-1)).toMatchObject({ outcome: "rolled-back", candidate: "2.0", window_seconds: 2 });
  });

  it("says what else to do where there is one instance alone", async () => {
    const { code, note } = await told(["learn", "--windows", "3", "--days", "1", "--stable", "1.1"]);
    expect(code).toBe(exitCodes.badInput);
    expect(note).toMatch(/^adaptive-deploy: Stable had one instance/m);
  });

  it("ends at once with one line where the store refuses the question", async () => {
    const words = ["--candidate", "2.0", "--variables", "job=shop\nrequests=no-name"];
    await expect(started(words).ended).rejects.toThrow(/no-name/);
  });
});
