import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "../../adapters/database/index.ts";
import { installations, isTransient } from "../../adapters/github/installations.ts";
import { addressOf } from "../../app/inbox/address.ts";
import { startLanes } from "../../app/inbox/lanes.ts";
import { type Delivery, insertDeliveries } from "../../app/inbox/store.ts";
import { startTimers } from "../../app/timers.ts";
import { webhooks } from "../../app/webhooks/index.ts";
import { workFor } from "../../app/work.ts";
import { covered } from "./figures.ts";
import type { GitHubProcess } from "./github-process.ts";

export type Handled = {
  /** From the moment that a delivery was stored to the moment that it was finished. */
  wallMs: number;
  /** What of it GitHub did not take: no request of this delivery was in GitHub's hands. */
  ownMs: number;
};
export type OwnTime = {
  handled: Handled[];
  /** The App's process alone, of all its threads, for each delivery. */
  cpuMs: number;
  /** How many were under way, on average. */
  underWay: number;
};

/** One delivery for each pull request, so that every one is decided, written and recorded. */
export async function deliveriesOf(
  github: GitHubProcess,
  repositories: readonly string[],
  pulls: number,
): Promise<Delivery[][]> {
  const rounds: Delivery[][] = [];
  for (let number = 1; number <= pulls; number += 1) {
    const round: Delivery[] = [];
    for (const repository of repositories) {
      const payload = await github.payload(repository, number);
      const id = `${repository.replace("/", "-")}-${number}`;
      const address = addressOf("pull_request", JSON.parse(payload));
      if (!address) throw new Error("The inbox has no place for this delivery.");
      round.push({ id, event: "pull_request", address, payload });
    }
    rounds.push(round);
  }
  return rounds;
}

export type Pace = {
  /** So many deliveries a second; absent: a round at once, and the next one when all of it is done. */
  perSecond?: number;
  /** So many rounds before anything is counted: tokens are asked for, and code runs for the first time. */
  warm?: number;
  /** Without the pace that GitHub asks of an installation, to have every answer remembered soon. */
  demo?: boolean;
};

/**
 * The App's own lanes and handlers over its own database, fed from here. GitHub says of each request when it had it, so
 * that network, client, database and waiting for the processor, or for a turn, all count as ours.
 */
export async function ownTime(
  github: Pick<GitHubProcess, "appId" | "privateKey" | "url" | "seen">,
  url: string,
  rounds: readonly Delivery[][],
  { perSecond, warm = 0, demo = false }: Pace = {},
): Promise<OwnTime> {
  const { appId, privateKey } = github;
  const warn = (sentence: string): void => console.error(sentence);
  const now = (): Date => new Date();
  const database = await openDatabase({ url });
  const clients = installations({ appId, privateKey, baseUrl: github.url, warn, demo });
  const timers = await startTimers({ database, due: () => undefined, warn });
  const around = { database, clientOf: (id: number) => clients.client(id), timers, now, warn };
  const answers = webhooks(() => clients.identity());
  const waiting = new Map<string, (ended: number) => void>();
  const lanes = startLanes({
    database,
    now,
    retryAfterMs: (error) => (isTransient(error) ? 500 : undefined),
    warn,
    parked: warn,
    async handle(row, signal) {
      const work = await workFor(around, row.installation_id, signal);
      await answers[row.event]?.(JSON.parse(row.payload), work, () => undefined);
    },
    handled: (row, outcome) => (outcome === "retried" ? undefined : waiting.get(row.delivery_id)?.(clock())),
  });
  const one = async (delivery: Delivery): Promise<Span> => {
    await insertDeliveries(database, [delivery]);
    const { id, address } = delivery;
    const started = clock();
    const ended = new Promise<number>((resolve) => waiting.set(id, resolve));
    lanes.wake({ lane: address.lane, installation_id: address.installation ?? null });
    return { repository: address.repository ?? "", started, ended: await ended };
  };
  for (const round of rounds.slice(0, warm)) await Promise.all(round.map(one));
  await github.seen();
  const before = { cpu: process.cpuUsage(), at: clock() };
  const spans = await fed(rounds.slice(warm), one, perSecond);
  const used = process.cpuUsage(before.cpu);
  const tookMs = clock() - before.at;
  await lanes.drain();
  await timers.stop();
  await database.close();
  const seen = await github.seen();
  const handled = spans.map(({ repository, started, ended }) => {
    const within = seen.filter(
      (asked) => asked.repository === repository && asked.started >= started && asked.ended <= ended,
    );
    const wallMs = ended - started;
    return { wallMs, ownMs: wallMs - covered(within) };
  });
  const allMs = handled.reduce((sum, { wallMs }) => sum + wallMs, 0);
  const cpuMs = (used.user + used.system) / 1000 / handled.length;
  return { handled, cpuMs, underWay: allMs / tookMs };
}

type Span = { repository: string; started: number; ended: number };
const clock = (): number => performance.timeOrigin + performance.now();

async function fed(
  rounds: readonly Delivery[][],
  one: (delivery: Delivery) => Promise<Span>,
  perSecond: number | undefined,
): Promise<Span[]> {
  const spans: Span[] = [];
  if (perSecond === undefined) {
    for (const round of rounds) spans.push(...(await Promise.all(round.map(one))));
    return spans;
  }
  const began = clock();
  const under = rounds.flat().map(async (delivery, index) => {
    await sleep(Math.max(0, began + (index * 1000) / perSecond - clock()));
    spans.push(await one(delivery));
  });
  await Promise.all(under);
  return spans;
}
