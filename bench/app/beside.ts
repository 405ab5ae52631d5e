import { setTimeout as sleep } from "node:timers/promises";
import { longestChain } from "../../emulated/github/round-trips.ts";
import type { Seen } from "./front.ts";
import type { GitHubProcess } from "./github-process.ts";
import { deliveryHeaders, type Replica } from "./replica.ts";

/** Sends deliveries, and says when GitHub had comment and check of one pull request. */

const clock = (): number => performance.timeOrigin + performance.now();
const longestWaitMs = 120_000;

export async function send(replica: Replica, id: string, payload: string): Promise<void> {
  const headers = deliveryHeaders(id, payload);
  const answer = await fetch(`${replica.url}/webhooks`, { method: "POST", headers, body: payload });
  if (answer.status !== 202) throw new Error(`The App answered ${answer.status}: ${await answer.text()}`);
  await answer.text();
}

export type Answered = { ms: number; trips: number; requests: number };

/** From sending the event to both writes done, for the only pull request under way in its repository. */
export async function answeredAfter(
  github: GitHubProcess,
  replica: Replica,
  about: { repository: string; id: string; payload: string },
  between: (seen: Seen[]) => void = () => undefined,
): Promise<Answered> {
  const started = clock();
  await send(replica, about.id, about.payload);
  const own: Seen[] = [];
  while (clock() - started < longestWaitMs) {
    await sleep(10);
    const seen = await github.seen();
    between(seen);
    own.push(...seen.filter(({ repository }) => repository === about.repository));
    const writes = own.filter(({ method, path }) => method !== "GET" && path !== "/graphql");
    if (writes.length < 2) continue;
    const ms = Math.max(...writes.map(({ ended }) => ended)) - started;
    return { ms, trips: longestChain(own).length, requests: own.length };
  }
  throw new Error(`The pull request of ${about.repository} was not answered within two minutes.`);
}
