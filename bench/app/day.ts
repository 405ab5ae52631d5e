import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { Database } from "../../adapters/database/database.ts";
import { openDatabase } from "../../adapters/database/index.ts";
import { sqlLedger } from "../../adapters/ledgers/sql.ts";
import { createServiceToken } from "../../app/api/service-tokens.ts";
import { failover, type Replied } from "./failover.ts";
import type { GitHubProcess } from "./github-process.ts";
import { deliveryHeaders, type Replica, startReplica } from "./replica.ts";

export type DaySize = {
  runs: number;
  /** How long the day takes. */
  seconds: number;
  pulls: number;
  /** So many pipeline runs for each delivery about a pull request. */
  runsADelivery: number;
};
export type Day = {
  failed: string[];
  decisionMs: number[];
  /** Answered only after a replica had failed the request. */
  carriedOver: number;
  deliveries: number;
  seconds: number;
  memoryMiB: { start: (number | undefined)[]; end: (number | undefined)[] };
  ledger: Audit;
};
export type Audit = {
  decisions: number;
  /** The same decision recorded twice in one repository. */
  doubled: number;
  faults: string[];
  undelivered: number;
};

/** Shares of a day's runs by hour: little at night, most before noon and in the afternoon. */
const byHour = [1, 1, 1, 1, 1, 2, 4, 8, 14, 18, 20, 18, 12, 16, 20, 19, 16, 11, 7, 5, 4, 3, 2, 1];

/** When each run begins, in milliseconds from the beginning of the day. */
export function arrivals(runs: number, seconds: number): number[] {
  const total = byHour.reduce((sum, share) => sum + share, 0);
  const hourMs = (seconds * 1000) / byHour.length;
  const moments: number[] = [];
  let before = 0;
  for (const [hour, share] of byHour.entries()) {
    const end = before + (share / total) * runs;
    for (let run = Math.ceil(before); run < end; run += 1)
      moments.push((hour + (run - before) / (end - before)) * hourMs);
    before = end;
  }
  return moments.slice(0, runs);
}

/**
 * Pipeline runs as on one day, over two replicas on one database: each measures, asks for a decision about a release,
 * and now and then a pull request moves. In the middle one replica is killed, and started again later.
 */
export async function replayDay(github: GitHubProcess, url: string, size: DaySize): Promise<Day> {
  const database = await openDatabase({ url });
  const replicas = [await startReplica(github, url), await startReplica(github, url)];
  try {
    const tokens = await tokensOf(database, github.repositories);
    const payloads = await payloadsOf(github, size);
    const urls = replicas.map((one) => one.url);
    const send = failover(() => urls);
    const day = { failed: [] as string[], decisionMs: [] as number[], carriedOver: 0 };
    const note = (what: string, replied: Replied, wanted: number): void => {
      if (replied.status !== wanted) day.failed.push(`${what}: ${replied.text.slice(0, 200)}`);
      if (replied.tries > 1) day.carriedOver += 1;
    };
    const run = async (index: number): Promise<void> => {
      const repository = github.repositories[index % github.repositories.length] ?? "";
      const round = Math.floor(index / github.repositories.length);
      const sha = github.heads[round % github.heads.length] ?? "";
      const headers = { authorization: `Bearer ${tokens.get(repository)}` };
      const facts = measured(index);
      note(
        "facts",
        await send({ path: "/v1/facts", headers, body: JSON.stringify({ repository, sha, facts }) }),
        201,
      );
      const environment = index % 3 === 0 ? "staging" : "production";
      const body = JSON.stringify({ repository, head: sha, environment });
      const decided = await send({ path: "/v1/decisions", headers, body });
      note("decision", decided, 201);
      day.decisionMs.push(decided.ms);
    };
    const deliver = async (index: number): Promise<void> => {
      const payload = payloads[index % payloads.length] ?? "";
      const headers = deliveryHeaders(randomUUID(), payload);
      note("delivery", await send({ path: "/webhooks", headers, body: payload }), 202);
    };
    const memory = () => Promise.all(replicas.map((one) => one.memoryMiB()));
    const start = await memory();
    const began = performance.now();
    const failing = failOne(github, url, replicas, size.seconds);
    const under = arrivals(size.runs, size.seconds).map(async (moment, index) => {
      await sleep(moment);
      const also = index % size.runsADelivery === 0 ? deliver(index / size.runsADelivery) : undefined;
      await Promise.all([run(index), also]);
    });
    await Promise.all([...under, failing]);
    const seconds = (performance.now() - began) / 1000;
    const undelivered = await settled(database);
    const end = await memory();
    const ledger = { ...(await audit(database, github.repositories)), undelivered };
    const deliveries = Math.ceil(size.runs / size.runsADelivery);
    return { ...day, deliveries, seconds, memoryMiB: { start, end }, ledger };
  } finally {
    for (const one of replicas) await one.kill();
    await database.close();
  }
}

/** One replica dies in the middle of the day and is back a twentieth of it later, at the same address. */
async function failOne(
  github: GitHubProcess,
  url: string,
  replicas: Replica[],
  seconds: number,
): Promise<void> {
  await sleep(seconds * 1000 * 0.45);
  const port = Number(new URL(replicas[0]?.url ?? "").port);
  await replicas[0]?.kill();
  await sleep(seconds * 1000 * 0.05);
  replicas[0] = await startReplica(github, url, port);
}

async function tokensOf(database: Database, repositories: readonly string[]): Promise<Map<string, string>> {
  const made = repositories.map(async (repository) => {
    const scopes = ["facts:write", "decisions:write"];
    const about = { name: "pipeline", repository, scopes, days: 1, now: new Date() };
    return [repository, (await createServiceToken(database, about)).token] as const;
  });
  return new Map(await Promise.all(made));
}

async function payloadsOf(github: GitHubProcess, { pulls }: DaySize): Promise<string[]> {
  const payloads: string[] = [];
  for (let number = 1; number <= pulls; number += 1)
    for (const repository of github.repositories)
      payloads.push(await github.payload(repository, number, "synchronize"));
  return payloads;
}

/** Facts as a pipeline measures them, other ones for each run. */
const measured = (run: number) => ({
  schema_version: 1,
  tests: { total: 400 + (run % 50), failed: 0, flaky: run % 4 },
  coverage: { percent: 60 + (run % 350) / 10, delta: (run % 21) / 10 - 1 },
});

/** Waits until the inbox is worked off, and says how many deliveries were not. */
async function settled(database: Database): Promise<number> {
  let left = 0;
  for (let turn = 0; turn < 1200; turn += 1) {
    const [row] = await database.query(
      "select count(*)::int as left, count(*) filter (where state = 'waiting')::int as waiting from inbox where state <> 'done'",
    );
    left = Number(row?.left);
    if (Number(row?.waiting) === 0) break;
    await sleep(100);
  }
  return left;
}

const counted = z.object({ decisions: z.number(), doubled: z.number() });

async function audit(
  database: Database,
  repositories: readonly string[],
): Promise<Omit<Audit, "undelivered">> {
  const faults: string[] = [];
  for (const repository of repositories) {
    const ledger = sqlLedger(database, repository);
    for (const stream of await ledger.streams()) {
      const { fault } = await ledger.read(stream);
      if (fault) faults.push(`${repository} ${fault.sentence}`);
    }
  }
  const [row] = await database.query(
    `select coalesce(sum(times), 0)::int as decisions, coalesce(sum(times - 1), 0)::int as doubled from (
       select count(*) as times from ledger_events where kind = 'decision'
       group by repository, stream, (line::json)->'body'->>'decision_id'
     ) each`,
  );
  return { ...counted.parse(row), faults };
}
